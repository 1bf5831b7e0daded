"""Triggers, and acts that set them off, for tests."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from customers.models import Customer
from loyalty.models import Purchase, RedeemedReward, Reward
from loyalty.services.purchases import record_purchase
from loyalty.triggers import REWARDS
from offers.models import Offer, OfferResponse
from offers.triggers import OFFERS
from tenancy.actors import Actor
from triggers.kit import Target
from triggers.states import Occasion
from triggers.switching import Wanted, stamp, switch

STAFF = Actor("user", uuid.UUID(int=7))
TILL = Actor.api_key(uuid.UUID(int=8))


def on(what: Offer | Reward, *occasions: Occasion, minimum: Any = None, **values: Any) -> None:
    """Switch on these occasions for an offer or a reward, a moment ago."""
    target = target_of(what)
    wanted = {
        one: Wanted(Decimal(minimum) if minimum and one == Occasion.PURCHASE else None, values.get("flag", False))
        for one in occasions
    }
    switch(
        target=target,
        subject_id=what.id,
        wanted=wanted,
        seen=stamp(target.triggers_of(what.id)),
        actor=STAFF,
        now=values.get("now") or timezone.now() - timedelta(seconds=1),
    )


def target_of(what: Offer | Reward) -> Target:
    """Return the target that this is given by."""
    return OFFERS if isinstance(what, Offer) else REWARDS


def buy(who: Customer, amount: Any = "20.00", *, reference: str = "", now: datetime | None = None) -> Purchase:
    """Record a purchase."""
    at = now or timezone.now()
    return record_purchase(
        customer_id=who.id,
        reference=reference or uuid.uuid4().hex,
        amount=Decimal(amount),
        currency="USD",
        occurred_at=at,
        actor=TILL,
        now=at,
    )


def given(what: Offer | Reward) -> list[Any]:
    """Return what triggers gave of it, the oldest first."""
    if isinstance(what, Offer):
        return list(OfferResponse.objects.filter(offer=what, source="trigger").order_by("issued_at", "id"))
    return list(RedeemedReward.objects.filter(reward=what, source="rule").order_by("redeemed_at", "id"))
