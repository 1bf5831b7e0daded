"""Triggers of the demo, and what they have given in the last days."""

import uuid
from datetime import timedelta
from decimal import Decimal

from config.demo.base import Stage
from customers.models import Customer
from ledger.services import backdated
from loyalty.models import Reward
from loyalty.services.purchases import record_purchase
from loyalty.triggers import REWARDS
from offers.models import Offer
from offers.triggers import OFFERS
from tenancy.actors import Actor
from tenancy.changes import TransactionId
from triggers.kit import Target
from triggers.models import TriggerState
from triggers.states import Occasion
from triggers.switching import Wanted, stamp, switch

SINCE, MINIMUM = timedelta(days=20), Decimal(150)
# Days ago, and how much was paid.
PURCHASES = ((17, "163.40"), (12, "42.80"), (9, "318.00"), (5, "156.90"), (2, "240.10"))


def arm_triggers(stage: Stage) -> None:
    """Switch some triggers on, and let a few members shop since then."""
    weekend = Offer.objects.get(name="Weekend treat")
    _switch(stage, OFFERS, weekend.id, {Occasion.PURCHASE: Wanted(MINIMUM)})
    cheapest = (
        Reward.objects.filter(archived_at=None, pool=None, cashback_provider="").order_by("cost_in_points").first()
    )
    if cheapest is not None:
        _switch(stage, REWARDS, cheapest.id, {Occasion.BIRTHDAY: Wanted()})
    people = Customer.objects.filter(erased_at=None).order_by("created_at", "id")[: len(PURCHASES)]
    for number, (person, (ago, amount)) in enumerate(zip(people, PURCHASES, strict=False)):
        at = stage.now - timedelta(days=ago)
        with backdated(at=at):
            record_purchase(
                customer_id=person.id,
                reference=f"{4711 + number}",
                amount=Decimal(amount),
                currency=stage.merchant.currency,
                occurred_at=at,
                actor=Actor.system(),
                now=at,
            )
    # What was told before of these days is as it is.
    TriggerState.objects.update(upto=TransactionId() + 1)


def _switch(stage: Stage, target: Target, subject_id: uuid.UUID, wanted: dict[Occasion, Wanted]) -> None:
    actor = Actor.user(stage.staff["owner"])
    since = stage.now - SINCE
    switch(target=target, subject_id=subject_id, wanted=wanted, seen=stamp([]), actor=actor, now=since)
