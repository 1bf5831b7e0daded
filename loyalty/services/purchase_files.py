"""Purchases of a file taken back together."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import F, Q
from django.utils.translation import gettext as _

from ledger.acts import Reversal
from ledger.models import Entry, Grant
from ledger.services import reverse_many
from loyalty.models import Purchase, PurchaseReturn
from loyalty.services.purchases import ORIGIN
from loyalty.states import PointEvent
from tenancy.actors import Actor
from tenancy.ids import new_id


def kept(*, purchases: Mapping[uuid.UUID, Purchase], now: datetime) -> dict[uuid.UUID, str]:
    """Return which of these purchases cannot be taken back as they stand, and why; two queries. ``now`` is UTC."""
    lots = {row.grant_id: row.id for row in purchases.values() if row.grant_id}
    rows = Grant.objects.filter(~Q(remaining=F("amount")) | Q(expires_at__lte=now), id__in=list(lots))
    touched = [lots[lot] for lot in rows.values_list("id", flat=True)]
    found = dict.fromkeys(touched, _("Some of its points were spent, or have expired."))
    entries = {row.entry_id: row.id for row in purchases.values()}
    undone = Entry.objects.filter(reverses_id__in=list(entries)).values_list("reverses_id", flat=True)
    for row in purchases.values():
        if row.returned_amount:
            found[row.id] = _("Something of it was returned.")
    return found | {entries[entry]: _("It was taken back already.") for entry in undone}


def undo(*, purchases: Sequence[Purchase], actor: Actor, now: datetime, reason: str) -> None:
    """Take locked purchases back, all of them or none; ``reason`` stands in the journal.

    1. Reverses their entries, so that each lot goes back whole. 2. Notes that everything of them was returned, with
    the entry. What triggers gave because of them stays, as it does for any return.

    Raises NotReversible where points were spent since, AlreadyReversed.
    """
    reversals = [_reversal(row, reason) for row in purchases]
    posted = reverse_many(reversals=reversals, actor=actor)
    PurchaseReturn.objects.bulk_create(
        [
            PurchaseReturn.made_with(
                id=new_id(),
                purchase=row,
                reference=f"{PointEvent.UNDONE}:{row.id}",
                amount=row.amount,
                points_returned=row.points_earned,
                entry_id=standing.entry_id,
                recorded_at=now,
            )
            for row, standing in zip(purchases, posted, strict=True)
            if row.amount
        ],
        batch_size=1_000,
    )
    ids = [row.id for row in purchases]
    Purchase.objects.filter(id__in=ids).update(returned_amount=F("amount"), points_returned=F("points_earned"))


def _reversal(row: Purchase, reason: str) -> Reversal:
    return Reversal(
        reverses=row.entry_id,
        event=PointEvent.UNDONE.value,
        origin=ORIGIN,
        origin_id=row.id,
        customer_id=row.customer_id,
        key=f"{ORIGIN}:{row.id}:undone",
        note=reason,
    )
