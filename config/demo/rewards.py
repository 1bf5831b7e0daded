"""Points and rewards of the demo: every state that a redeemed reward can be in."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from codes.filling import generate
from codes.models import CodePool
from codes.services import save_pool
from codes.states import PoolKind
from config.demo.base import Stage
from customers.models import Customer
from ledger.services import backdated
from loyalty import coupons
from loyalty.cashback.provider import Answer, Verdict
from loyalty.errors import Refused
from loyalty.models import CashbackPayment, RedeemedReward, Reward
from loyalty.services.adjustments import adjust
from loyalty.services.canceling import cancel
from loyalty.services.cashback import settle
from loyalty.services.catalogue import create_reward, save_settings
from loyalty.services.purchases import record_purchase, record_return
from loyalty.services.redeeming import redeem
from loyalty.services.using import mark_used, set_delivery
from loyalty.states import CodeSource, DeliveryStatus, Expiry, RewardType, Source
from tenancy.actors import Actor

# name, type, cost, tax value, and what else it says
REWARDS: tuple[tuple[str, str, int, str, dict[str, Any]], ...] = (
    ("Free shipping", RewardType.FREE_DELIVERY, 50, "0", {}),
    ("10% off your next order", RewardType.PERCENTAGE_DISCOUNT_CODE, 150, "0", {"percent": 10, "codes": 40}),
    ("5 off from 25", RewardType.DISCOUNT_CODE, 250, "5.00", {"amount": 5, "codes": 30, "days_valid": 30}),
    ("Gift card 10", RewardType.VALUE_CODE, 450, "10.00", {"amount": 10, "codes": 12, "customer_limit": 2}),
    ("Enamel mug", RewardType.GIFT, 600, "14.00", {}),
    ("Field notebook", RewardType.GIFT, 350, "9.00", {"total_limit": 40}),
    ("Cashback 5", RewardType.CASHBACK, 400, "5.00", {"amount": 5, "cashback_provider": "paytm"}),
    ("Evening with the makers", RewardType.INVITATION, 300, "0", {"days_until_active": 3, "days_valid": 60}),
    ("Surprise of the season", RewardType.CUSTOM_CAMPAIGN, 200, "0", {"total_limit": 2}),
    ("Weekend in the mountains", RewardType.CUSTOM_CAMPAIGN, 250_000, "900.00", {}),
)
ENDINGS = (
    "active",
    "active",
    "used",
    "used",
    "shipped",
    "delivered",
    "lost",
    "canceled",
    "kept",
    "paid",
    "failed",
    "open",
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A moment of the past in which staff and customers act."""

    stage: Stage
    at: datetime

    def by(self, role: str = "admin") -> dict[str, Any]:
        """Return who acts, and when."""
        return {"actor": self.stage.actor(role), "now": self.at}


def reward_customers(stage: Stage) -> None:
    """Set up points and rewards half a year ago, and let the customers shop and redeem since then."""
    opened = Earlier(stage, stage.now - timedelta(days=180))
    with backdated(at=opened.at):
        _rules(opened)
        rewards = [_reward(opened, *told) for told in REWARDS]
    people = list(Customer.objects.filter(erased_at=None).order_by("created_at", "id")[:48])
    for number, person in enumerate(people):
        _shop(stage, person, number)
    for number, person in enumerate(people):
        _take(stage, person, rewards[number % (len(rewards) - 1)], ENDINGS[number % len(ENDINGS)])
        if number % 3 == 0:
            _take(stage, person, rewards[(number * 7 + 3) % (len(rewards) - 1)], "active")
    coupons.activate_due(now=stage.now)
    coupons.expire_coupons(now=stage.now)


def told_rewards() -> list[dict[str, Any]]:
    """Return what demo.json says of the rewards."""
    rows = Reward.objects.order_by("cost_in_points", "id").values("id", "name", "cost_in_points")
    return [{**row, "id": str(row["id"])} for row in rows]


def _rules(opened: Earlier) -> None:
    values = {
        "points_per_unit": Decimal(5),
        "expiry": Expiry.AFTER_DAYS,
        "expiry_days": 365,
        "approval_above": 1_000,
        "fulfilment_email": f"fulfilment@{opened.stage.story.slug}.example",
    }
    save_settings(values=values, **opened.by("owner"))


def _reward(opened: Earlier, name: str, kind: str, cost: int, tax: str, more: dict[str, Any]) -> Reward:
    values = {
        "name": name,
        "reward_type": kind,
        "cost_in_points": cost,
        "tax_value": Decimal(tax),
        "currency": opened.stage.story.currency,
        "description": f"{name}, with our thanks.",
        **{key: value for key, value in more.items() if key != "codes"},
    }
    if "codes" in more:
        values |= {"code_source": CodeSource.POOL, "pool_id": _pool(opened, name, more["codes"]).id}
    return create_reward(values=values, **opened.by())


def _pool(opened: Earlier, name: str, size: int) -> CodePool:
    pool: CodePool = CodePool.made_with(name=f"Reward: {name}", kind=PoolKind.GENERATED, low_mark=5)
    save_pool(pool=pool, **opened.by())
    generate(pool_id=pool.id, pattern="THANKS-********", count=size, **opened.by())
    return pool


def _shop(stage: Stage, person: Customer, number: int) -> None:
    for turn in range(2 + number % 3):
        at = stage.now - timedelta(days=150 - turn * 31 - number % 17, hours=number % 9)
        with backdated(at=at):
            purchase = record_purchase(
                customer_id=person.id,
                reference=f"S-{stage.dice.randrange(10**7, 10**8)}",
                amount=Decimal(stage.dice.randrange(2500, 14000)) / 100,
                currency=stage.story.currency,
                occurred_at=at,
                **Earlier(stage, at).by(),
            )
            if turn and number % 11 == 0:
                record_return(
                    purchase_id=purchase.id, reference="R-1", amount=purchase.amount / 2, **Earlier(stage, at).by()
                )
    if not number % 8:
        at = stage.now - timedelta(days=40)
        with backdated(at=at):
            key = str(uuid.UUID(int=stage.dice.getrandbits(128)))
            adjust(
                customer_id=person.id,
                points=300,
                reason="Sorry for the late parcel",
                op_key=key,
                **Earlier(stage, at).by(),
            )


def _take(stage: Stage, person: Customer, reward: Reward, ending: str) -> None:
    at = stage.past(stage.now - timedelta(days=stage.dice.randrange(1, 60), minutes=stage.dice.randrange(600)))
    try:
        with backdated(at=at):
            row = redeem(
                reward_id=reward.id,
                customer_id=person.id,
                op_key=str(uuid.UUID(int=stage.dice.getrandbits(128))),
                source=Source.COCKPIT,
                actor=Actor.customer(person.id),
                now=at,
            )
    except Refused:
        return
    later = Earlier(stage, stage.past(at + timedelta(hours=stage.dice.randrange(2, 30))))
    with backdated(at=later.at):
        _go_on(row, ending, later)


def _go_on(row: RedeemedReward, ending: str, later: Earlier) -> None:
    """Let a redeemed reward meet its end, as far as its type and its coupon allow."""
    if row.reward_type == RewardType.CASHBACK:
        answer = {
            "failed": Answer(Verdict.FAILURE, "DE_602", "Wallet is blocked"),
            "open": Answer(Verdict.PENDING, "DE_101", "Waiting for the bank"),
        }.get(ending, Answer(Verdict.SUCCESS, "DE_001", "Paid", f"PTM{row.id.hex[-10:]}"))
        settle(payment_id=CashbackPayment.objects.get(redeemed=row).id, answer=answer, now=later.at)
        return
    using: dict[str, tuple[DeliveryStatus, ...]] = {
        "used": (),
        "shipped": (DeliveryStatus.SHIPPED,),
        "delivered": (DeliveryStatus.SHIPPED, DeliveryStatus.DELIVERED),
        "lost": (DeliveryStatus.CANCELED,),
    }
    canceling: dict[str, Callable[[], Any]] = {
        "canceled": lambda: cancel(redeemed_id=row.id, refund=True, reason="Ordered by mistake", **later.by()),
        "kept": lambda: cancel(redeemed_id=row.id, refund=False, reason="Broke the rules", **later.by()),
    }
    try:
        if ending in using:
            mark_used(redeemed_id=row.id, **later.by())
            steps = using[ending] if row.reward_type == RewardType.GIFT else ()
            for status in steps:
                set_delivery(redeemed_id=row.id, status=status, **later.by())
        elif ending in canceling:
            canceling[ending]()
    except Refused:
        return
