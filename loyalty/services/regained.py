"""Points that have just come back to their lots, and who was waiting for them."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import cast

from django.db.models import Q, QuerySet, Sum

from ledger.models import Grant
from ledger.services import revoke
from loyalty.models import PurchaseReturn
from loyalty.services.forfeiting import forfeit_again
from loyalty.services.purchases import ORIGIN
from loyalty.states import PointEvent
from tenancy.actors import Actor
from tenancy.ids import new_id


def settle_regained(*, customer_ids: Collection[uuid.UUID], actor: Actor, now: datetime) -> None:
    """Take from what has just come back to these customers what is not theirs to keep.

    1. Goods were returned whose points had been spent: what comes back to the purchase's lot goes to its returns, the
       earliest first, until nothing is missing there any more. A lot that has ended gives nothing.
    2. What came back to customers who were erased is forfeited.

    Call it in the transaction that reversed the spending, which holds the customers' accounts: a return that is under
    way has either been written, or finds the points itself. ``now`` is UTC.
    """
    left: dict[uuid.UUID, int] = {}
    for row in _missing(customer_ids, now):
        lot = cast("Grant", row.purchase.grant)
        there = left.get(lot.id, lot.remaining)
        points = min(there, row.shortfall)
        if points:
            _claw_back(row, points, actor)
        left[lot.id] = there - points
    forfeit_again(customer_ids=customer_ids, actor=actor, now=now)


def missing_by_lot(*, grant_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many points returns did not find in these lots; lots where none are missing are left out."""
    rows = PurchaseReturn.objects.filter(purchase__grant_id__in=list(grant_ids), shortfall__gt=0)
    return dict(rows.values_list("purchase__grant_id").annotate(Sum("shortfall")))


def _missing(customer_ids: Collection[uuid.UUID], now: datetime) -> QuerySet[PurchaseReturn]:
    has_ended = Q(purchase__grant__expires_at__lte=now)
    rows = PurchaseReturn.objects.filter(purchase__customer_id__in=customer_ids, purchase__grant__is_open=True)
    rows = rows.filter(shortfall__gt=0).exclude(has_ended).select_related("purchase__grant")
    return rows.order_by("purchase__customer_id", "recorded_at", "id")


def _claw_back(row: PurchaseReturn, points: int, actor: Actor) -> None:
    purchase = row.purchase
    revoke(
        grant_id=purchase.grant_id,
        amount=points,
        event=PointEvent.RETURN.value,
        origin=ORIGIN,
        origin_id=purchase.id,
        customer_id=purchase.customer_id,
        actor=actor,
        # What a lot holds can be taken once: no key has to see to it.
        key=f"{ORIGIN}:{purchase.id}:return:{new_id()}",
    )
    row.points_returned, row.shortfall = row.points_returned + points, row.shortfall - points
    row.save(update_fields=["points_returned", "shortfall"])
