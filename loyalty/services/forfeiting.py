"""Points that nobody can ask for any more: those of customers who were erased."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from customers.models import Customer
from ledger.acts import Step
from ledger.errors import NothingLeft
from ledger.models import Account, Grant
from ledger.services import post
from ledger.units import Unit
from loyalty.states import PointEvent
from tenancy.actors import Actor
from tenancy.ids import new_id

ORIGIN = "customer"


def forfeit(*, customer_id: uuid.UUID, actor: Actor, now: datetime) -> int:
    """Let what is left of a customer's points expire, and return how many they were.

    1. Looks for the lots that something is left of, those that are still locked among them. What is past its end is
       owed no more, and waits for its sweep.
    2. Empties them by one entry `points.forfeited`, all or none; where a redemption was quicker, looks again. From
       then on the ledger holds the customer's account until the end of the transaction.

    Where nothing is left nothing is written, so that it may be done again. ``now`` is UTC.
    """
    taken = 0
    while lots := _left(customer_id, now):
        try:
            with transaction.atomic():
                posted = post(
                    steps=[Step.expire(grant_id=lot) for lot in lots],
                    event=PointEvent.FORFEITED.value,
                    origin=ORIGIN,
                    origin_id=customer_id,
                    customer_id=customer_id,
                    actor=actor,
                    # What a lot holds can be emptied once: no key has to see to it.
                    key=f"forfeit:{new_id()}",
                )
        except NothingLeft:
            continue
        taken -= sum(moved.amount for moved in posted.moved)
    return taken


def forfeit_again(*, customer_ids: Collection[uuid.UUID], actor: Actor, now: datetime) -> None:
    """Forfeit what has just come back to those of these customers who were erased; one query where none was."""
    erased = Customer.objects.filter(id__in=customer_ids, erased_at__isnull=False).order_by("id")
    for customer_id in erased.values_list("id", flat=True):
        forfeit(customer_id=customer_id, actor=actor, now=now)


def forfeit_left(*, now: datetime, limit: int) -> int:
    """Forfeit what up to ``limit`` erased customers still hold; return how many of them did.

    For those who were erased before points were forfeited, and for points that came on the way while they were.
    """
    holding = Account.objects.filter(unit=Unit.POINT, balance__gt=0, customer__erased_at__isnull=False)
    found = holding.order_by("customer_id").values_list("customer_id", flat=True)[:limit]
    actor = Actor.system()
    return sum(forfeit(customer_id=customer_id, actor=actor, now=now) > 0 for customer_id in found)


def _left(customer_id: uuid.UUID, now: datetime) -> list[uuid.UUID]:
    lots = Grant.objects.filter(account__customer_id=customer_id, unit=Unit.POINT, is_open=True)
    return list(lots.exclude(expires_at__lte=now).order_by("expires_at", "id").values_list("id", flat=True))
