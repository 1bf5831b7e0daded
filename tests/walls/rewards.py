"""The buttons of redeemed rewards."""

import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from loyalty.cashback.provider import Answer, Verdict
from loyalty.models import CashbackPayment, RedeemedReward
from loyalty.services.cashback import settle
from loyalty.services.using import mark_used
from loyalty.states import RewardType
from tenancy.actors import Actor
from tests.loyalty import factories as make
from tests.walls.prepared import Target

STAFF = Actor("user", uuid.UUID(int=7))


def redeemed(kind: str = RewardType.GIFT) -> RedeemedReward:
    """A reward that was redeemed just now; nobody is told by e-mail."""
    who = make.customer(phone="+919876543201")
    make.points(who, 500)
    return make.take(make.reward(reward_type=kind), who)


def unused(**body: Any) -> Callable[[], Target]:
    return lambda: ([redeemed().id], body)


def used(**body: Any) -> Callable[[], Target]:
    def prepare() -> Target:
        row = redeemed()
        mark_used(redeemed_id=row.id, actor=STAFF, now=timezone.now())
        return [row.id], body

    return prepare


def failed_cashback() -> Target:
    row = redeemed(RewardType.CASHBACK)
    answer = Answer(Verdict.FAILURE, "DE_602", "Wallet is blocked")
    settle(payment_id=CashbackPayment.objects.get(redeemed=row).id, answer=answer, now=timezone.now())
    return [row.id], {}


REWARD: dict[str, Any] = {
    "name": "Apron",
    "reward_type": "gift",
    "cost_in_points": "300",
    "tax_value": "4.50",
    "code_source": "none",
    "days_until_active": "0",
    "version": "1",
}


def in_catalogue(*, archived: bool = False, **body: Any) -> Callable[[], Target]:
    def prepare() -> Target:
        return [make.reward(archived_at=timezone.now() if archived else None).id], body

    return prepare
