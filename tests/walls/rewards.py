"""The buttons of redeemed rewards."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone

from jobs.bulk import choosing
from jobs.runner import run_one
from loyalty.bulk.kit import REWARDS
from loyalty.cashback.provider import Answer, Verdict
from loyalty.models import CashbackPayment, LoyaltySettings, RedeemedReward
from loyalty.services.accounts import save_account
from loyalty.services.adjustments import adjust
from loyalty.services.cashback import settle
from loyalty.services.purchases import record_purchase
from loyalty.services.using import mark_used
from loyalty.states import RewardType
from tenancy.actors import Actor
from tenancy.scope import current_merchant_id
from tests.loyalty import factories as make
from tests.walls.prepared import Target
from ui.bulk import Selection

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


def for_a_customer() -> Target:
    """A reward and a customer who can pay for it."""
    who = make.customer()
    make.points(who, 500)
    return [who.id, make.reward().id], {"key": str(uuid.uuid4()), "way": "points", "reason": ""}


def in_bulk() -> Target:
    return ["use"], {"id": [str(redeemed().id)], "query": ""}


def a_bulk_act(state: str) -> Callable[[], Target]:
    """A draft to mark a reward as used, the same begun, or done."""

    def prepare() -> Target:
        by: dict[str, Any] = {"actor": STAFF, "now": timezone.now()}
        chosen = Selection((str(redeemed().id),), everything=False, query="")
        bulk = choosing.draft(kit=REWARDS, act="use", selection=chosen, **by)
        if state != "draft":
            bulk = choosing.start(kit=REWARDS, bulk_id=bulk.id, given={}, **by)
        if state == "done":
            run_one(current_merchant_id(), bulk.job_id)
        return [bulk.id], {"confirm": "1"} if state == "draft" else {}

    return prepare


ACCOUNT: dict[str, Any] = {
    "base_url": "https://dashboard.paytm.com",
    "merchant_code": "MID",
    "wallet": "guid",
    "key": "0123456789abcdef",
}


def an_account() -> Target:
    values = {name: value for name, value in ACCOUNT.items() if name != "key"}
    save_account(provider="paytm", values=values, key=ACCOUNT["key"], actor=STAFF, now=timezone.now())
    return [], {}


def open_cashback() -> Target:
    return [redeemed(RewardType.CASHBACK).id], {}


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


RULES: dict[str, Any] = {
    "points_per_unit": "2",
    "minimum_amount": "0",
    "rounding": "down",
    "lock_days": "0",
    "expiry": "never",
    "expiry_days": "365",
    "expiry_months": "0",
    "reminder_days": "14",
    "fulfilment_email": "",
}


def to_adjust() -> Target:
    return [make.customer().id], {"way": "give", "points": "50", "reason": "Goodwill"}


def waiting(**body: Any) -> Callable[[], Target]:
    """An adjustment that a colleague has asked for."""

    def prepare() -> Target:
        LoyaltySettings.made_with(approval_above=10).save()
        asked = Actor("user", uuid.UUID(int=8))
        facts: dict[str, Any] = {
            "reason": "Goodwill",
            "op_key": str(uuid.uuid4()),
            "actor": asked,
            "now": timezone.now(),
        }
        return [adjust(customer_id=make.customer().id, points=50, **facts).id], body

    return prepare


def bought() -> Target:
    """A purchase of which something is brought back."""
    LoyaltySettings.made_with().save()
    facts: dict[str, Any] = {"currency": "USD", "occurred_at": timezone.now(), "actor": STAFF, "now": timezone.now()}
    row = record_purchase(customer_id=make.customer().id, reference="P-1", amount=Decimal(20), **facts)
    return [row.id], {"reference": "R-1", "amount": "5.00"}
