"""What stands in a sandbox from the first moment: members with points, rewards to redeem, offers to use."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from codes.filling import generate
from codes.models import CodePool
from codes.services import save_pool
from codes.states import PoolKind
from customers.models import Customer
from customers.services import enrol
from loyalty.services.catalogue import create_reward, save_settings
from loyalty.services.purchases import record_purchase
from loyalty.states import CodeSource as RewardCodes
from loyalty.states import Expiry, RewardType
from offers.services.catalogue import create_offer, publish_offer
from offers.services.issuing import issue
from offers.states import CodeSource, OfferType, PeriodKind, Source
from tenancy.actors import Actor
from tenancy.models import Merchant

PEOPLE = (("Ada", "Test", "TEST-0001"), ("Ben", "Test", "TEST-0002"), ("Cleo", "Test", "TEST-0003"))
REWARDS: tuple[dict[str, Any], ...] = (
    {"name": "Free shipping", "reward_type": RewardType.FREE_DELIVERY, "cost_in_points": 50},
    {"name": "Enamel mug", "reward_type": RewardType.GIFT, "cost_in_points": 300, "tax_value": Decimal(9)},
    {"name": "Out of reach", "reward_type": RewardType.CUSTOM_CAMPAIGN, "cost_in_points": 1_000_000},
)
OFFERS: tuple[dict[str, Any], ...] = (
    {"name": "10% off", "offer_type": OfferType.PERCENT_OFF, "percent": Decimal(10)},
    {"name": "5 off, to be clipped", "offer_type": OfferType.AMOUNT_OFF, "amount": Decimal(5), "needs_clip": True},
    {"name": "Once only", "offer_type": OfferType.FREE_ITEM, "items": "Sample", "member_limit": 1, "total_limit": 2},
)


def fill(*, merchant: Merchant, actor: Actor, now: datetime) -> None:
    """Put made-up members, rewards and offers into a new sandbox, in its scope and the caller's transaction.

    Three members with card numbers TEST-0001 to TEST-0003 and 500 points each; addresses at example.com, which no mail
    ever reaches. Rewards of every answer: redeemable, with a code, not affordable. An offer that is usable, one that has
    to be clipped, one that is soon sold out, one that has a certificate code and one whose usage period is not yet.
    """
    by: dict[str, Any] = {"actor": actor, "now": now}
    rules = {"points_per_unit": Decimal(5), "expiry": Expiry.AFTER_DAYS, "expiry_days": 365}
    save_settings(values=rules, **by)
    people = [_person(merchant, *told, **by) for told in PEOPLE]
    for values in REWARDS:
        create_reward(values={"tax_value": Decimal(0), "currency": merchant.currency, **values}, **by)
    coded = {"name": "5 off with a code", "reward_type": RewardType.DISCOUNT_CODE, "cost_in_points": 150}
    more = {"amount": Decimal(5), "code_source": RewardCodes.POOL, "pool_id": _pool("REWARD", **by).id}
    create_reward(values={"tax_value": Decimal(5), "currency": merchant.currency, **coded, **more}, **by)
    for values in (*OFFERS, *_special(**by)):
        _offer(merchant, people[0], values, **by)


def _special(*, actor: Actor, now: datetime) -> tuple[dict[str, Any], ...]:
    coded = {"name": "Free item with a certificate", "offer_type": OfferType.FREE_ITEM, "items": "Sample"}
    later = {"name": "Not yet", "offer_type": OfferType.PERCENT_OFF, "percent": Decimal(20)}
    period = {"usage_kind": PeriodKind.FIXED, "usage_from": now + timedelta(days=30)}
    return (
        coded | {"code_source": CodeSource.POOL, "pool_id": _pool("OFFER", actor=actor, now=now).id},
        later | period | {"usage_to": now + timedelta(days=60)},
    )


def _person(merchant: Merchant, first: str, last: str, card: str, *, actor: Actor, now: datetime) -> Customer:
    email = f"{first.lower()}@sandbox.example.com"
    person = enrol(email=email, card_number=card, first_name=first, last_name=last, actor=actor, now=now)
    record_purchase(
        customer_id=person.id,
        reference=f"SANDBOX-{card}",
        amount=Decimal(100),
        currency=merchant.currency,
        occurred_at=now,
        actor=actor,
        now=now,
    )
    return person


def _offer(merchant: Merchant, person: Customer, values: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    """Make an offer, publish it, and give the first member a response to it."""
    known = {"currency": merchant.currency, "member_limit": None, "terms": "For trying a till only."}
    offer = create_offer(values=known | values, actor=actor, now=now)
    publish_offer(offer_id=offer.id, actor=actor, now=now)
    about: dict[str, Any] = {"offer_id": offer.id, "customer_id": person.id, "actor": actor, "now": now}
    issue(op_key=str(uuid.uuid4()), source=Source.STAFF, **about)


def _pool(prefix: str, *, actor: Actor, now: datetime) -> CodePool:
    pool: CodePool = CodePool.made_with(name=f"Sandbox: {prefix.lower()}", kind=PoolKind.GENERATED)
    save_pool(pool=pool, actor=actor, now=now)
    generate(pool_id=pool.id, pattern=f"{prefix}-********", count=100, actor=actor, now=now)
    return pool
