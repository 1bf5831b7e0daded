"""Bulk acts on redeemed rewards as the tests begin and run them."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from jobs.bulk import choosing
from jobs.models import Job
from jobs.runner import run_one
from ledger.models import Entry, Grant, Movement
from loyalty.bulk.kit import REWARDS
from loyalty.models import BulkAct, BulkRow, LoyaltySettings, RedeemedChange, RedeemedReward
from loyalty.services.canceling import cancel
from loyalty.services.using import mark_used, set_delivery
from loyalty.states import DeliveryStatus, RewardType
from messaging.models import Message
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from ui.bulk import Selection

STAFF = Actor("user", uuid.UUID(int=7))
PAST = timedelta(minutes=10)
STEPS = {
    "shipped": (DeliveryStatus.SHIPPED,),
    "delivered": (DeliveryStatus.SHIPPED, DeliveryStatus.DELIVERED),
    "stopped": (DeliveryStatus.CANCELED,),
}


def by(**more: Any) -> dict[str, Any]:
    return {"actor": STAFF, "now": timezone.now()} | more


def drafted(act: str, rows: Iterable[RedeemedReward] | None = None, *, query: str = "") -> BulkAct:
    """The draft of an act on these, or on all that match; in the scope that is open."""
    ids = tuple(str(row.id) for row in rows or ())
    selection = Selection(ids, everything=rows is None, query=query)
    found: BulkAct = choosing.draft(kit=REWARDS, act=act, selection=selection, **by())
    return found


def begun(act: str, rows: Iterable[RedeemedReward] | None = None, *, query: str = "", **given: Any) -> BulkAct:
    """An act that was begun; its job waits."""
    found: BulkAct = choosing.start(kit=REWARDS, bulk_id=drafted(act, rows, query=query).id, given=given, **by())
    return found


def again(merchant: Merchant, bulk: BulkAct) -> BulkAct:
    with merchant_scope(merchant):
        found: BulkAct = BulkAct.objects.get(id=bulk.id)
        return found


def run(merchant: Merchant, bulk: BulkAct) -> BulkAct:
    """Run an act's job to its end, outside any scope."""
    assert bulk.job_id is not None
    run_one(merchant.id, bulk.job_id)
    return again(merchant, bulk)


def done(merchant: Merchant, act: str, rows: Iterable[RedeemedReward] | None = None, **given: Any) -> BulkAct:
    with merchant_scope(merchant):
        bulk = begun(act, rows, **given)
    return run(merchant, bulk)


def undone(merchant: Merchant, bulk: BulkAct) -> BulkAct:
    """The undo of an act, begun and run."""
    with merchant_scope(merchant):
        undo = choosing.draft_undo(kit=REWARDS, bulk_id=bulk.id, **by())
        undo = choosing.start(kit=REWARDS, bulk_id=undo.id, given={}, **by())
    return run(merchant, undo)


def outcomes_of(merchant: Merchant, bulk: BulkAct) -> dict[uuid.UUID, str]:
    with merchant_scope(merchant):
        return dict(BulkRow.objects.filter(bulk_id=bulk.id).values_list("redeemed_id", "outcome"))


def let_leases_pass(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        Job.objects.filter(state="running").update(lease_until=timezone.now() - PAST)
        Job.objects.filter(state="due").update(next_at=timezone.now() - PAST)


class Shelf:
    """Rewards of every kind; `row` makes redeemed ones in any state. In the scope that is open."""

    def __init__(self, *, codes: int = 40) -> None:
        settings = LoyaltySettings.made_with(fulfilment_email="parcels@brew-bloom.example")
        settings.save()
        pool = make.pool(codes)
        self.rewards = {
            "gift": make.reward(name="Mug", reward_type=RewardType.GIFT),
            "code": make.reward(name="Ten off", pool=pool, burns_code=False),
            "burnt": make.reward(name="Five off", pool=pool, burns_code=True),
            "limited": make.reward(name="Rare", total_limit=50, customer_limit=5),
            "short": make.reward(name="Brief", days_valid=1),
            "later": make.reward(name="Soon", days_until_active=3),
            "cashback": make.reward(name="Money", reward_type=RewardType.CASHBACK, amount=Decimal(5)),
            "free": make.reward(name="Smile", cost_in_points=0),
        }

    def row(self, kind: str = "gift", state: str = "") -> RedeemedReward:
        """A redeemed reward of its own customer, brought into a state by the services."""
        who = make.customer(phone="+919876543201")
        make.points(who, 60, expires_at=make.soon(days=30))
        make.points(who, 200)
        row = make.take(self.rewards[kind], who)
        if state == "canceled":
            cancel(redeemed_id=row.id, refund=True, **by())
        elif state:
            mark_used(redeemed_id=row.id, **by())
        for status in STEPS.get(state, ()):
            set_delivery(redeemed_id=row.id, status=status, **by())
        if kind == "short" and state != "canceled":
            RedeemedReward.objects.filter(id=row.id).update(
                active_from=make.soon(days=-3), expires_at=make.soon(hours=-1)
            )
        return fresh(row)


def fresh(row: RedeemedReward) -> RedeemedReward:
    found: RedeemedReward = RedeemedReward.objects.get(id=row.id)
    return found


def written(row: RedeemedReward) -> dict[str, Any]:
    """Everything that stands about a redeemed reward anywhere, but for who it is and when."""
    own = ("id", "op_key", "customer_id", "customer_email", "grant_id", "code_value", "change_xid")
    columns: Any = RedeemedReward.objects.filter(id=row.id).values().get()
    shown = {name: value for name, value in columns.items() if name not in own}
    moved = Movement.objects.filter(entry__origin_id=row.id).order_by("entry__recorded_at", "entry_id", "position")
    return {
        "row": {
            name: bool(value) if name.endswith(("_at", "_id", "_from", "_rank")) else value
            for name, value in shown.items()
        },
        "history": [
            (one.seq, one.event, one.actor.partition(":")[0], one.reason, one.detail, bool(one.entry_id))
            for one in RedeemedChange.objects.filter(redeemed=row).order_by("seq")
        ],
        "ledger": [
            (one.event, one.actor.partition(":")[0], bool(one.reverses_id), one.subject_id)
            for one in Entry.objects.filter(origin_id=row.id).order_by("recorded_at", "id")
        ],
        "moved": [(one.amount, one.unit, one.source.bucket, one.target.bucket, one.held_after) for one in moved],
        "mails": [(one.kind, one.status, one.to_address) for one in Message.objects.filter(origin_id=row.id)],
        "code": row.code.state if row.code else "",
        "lots": list(
            Grant.objects.filter(account__customer_id=row.customer_id)
            .order_by("unit", "expires_at", "earned_at")
            .values_list("unit", "remaining")
        ),
    }
