"""Taking a bulk act back: each redeemed reward becomes what it was before, as far as nobody has touched it since.

The ledger's entry is reversed; what was a reversal itself is drawn anew, and fulfilment is told of its gift again. What
was canceled stays so (its points may be spent, its code burnt or given to somebody else), and a mail that was sent stays
sent.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from jobs.bulk.outcomes import DONE
from ledger.acts import Step
from ledger.units import Unit
from loyalty.bulk.changes import Change
from loyalty.bulk.making import Desk, unused
from loyalty.models import RedeemedReward
from loyalty.models.bulk import BulkKind, BulkRow
from loyalty.services.using import DELIVERY
from loyalty.states import DeliveryStatus, Event


class Undo:
    """One batch of an undo: what the act left of its redeemed rewards."""

    def __init__(self, kind: str, original_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> None:
        self.kind = kind
        rows = BulkRow.objects.filter(bulk_id=original_id, redeemed_id__in=list(ids), outcome=DONE)
        self.rows: dict[uuid.UUID, BulkRow] = {row.redeemed_id: row for row in rows}

    def is_kept(self, redeemed: RedeemedReward) -> bool:
        """Say whether it is known what stood before."""
        row = self.rows.get(redeemed.id)
        return row is not None and row.before is not None

    def make(self, rows: Sequence[RedeemedReward], desk: Desk) -> list[Change]:
        """Put them back."""
        changes = [self._back(row, desk) for row in rows]
        if self.kind == BulkKind.UNUSE:
            desk.tell([one for one in changes if one.redeemed.delivery_status == DeliveryStatus.ORDERED])
        return changes

    def _back(self, redeemed: RedeemedReward, desk: Desk) -> Change:
        before = restored(self.rows[redeemed.id])
        if self.kind == BulkKind.USE:
            return unused(redeemed, desk)
        if self.kind == BulkKind.UNUSE:
            change = Change(redeemed, Event.USED)
            step = Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=redeemed.grant_id)
            before["used_entry_id"] = change.post(desk.actor, step)
        else:
            change = Change(redeemed, DELIVERY[DeliveryStatus(before["delivery_status"])][1])
            change.post(desk.actor)
        for name, value in before.items():
            setattr(redeemed, name, value)
        return change


def restored(row: BulkRow) -> dict[str, Any]:
    """Return the columns that the act changed as they were, fit to be set on a redeemed reward."""
    before: dict[str, Any] = row.before or {}
    fields: dict[str, Any] = {field.attname: field for field in RedeemedReward._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in before.items()}
