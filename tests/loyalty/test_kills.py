"""A worker is killed with SIGKILL in a sweep or while it pays: it goes on, and nothing happens twice."""

import signal
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from config.fakes.paytm import FakePayTM
from jobs.models import Job
from jobs.services import enqueue
from jobs.states import State
from ledger import checks
from ledger import handlers as ledger_handlers
from ledger.models import Entry, Grant
from ledger.services import backdated
from ledger.units import Unit
from loyalty import coupons
from loyalty.models import CashbackPayment, RedeemedReward
from loyalty.states import CashbackStatus, CouponStatus, RewardType
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.messaging.test_kills import let_time_pass
from tests.messaging.workers import run_worker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=["default", "aside"])]
NUMBER, BATCH = 7, 3


def kill_and_go_on(merchant: Merchant, point: str, nth: int) -> None:
    """Let a worker die at the nth passage of a point, and another one take over when the lease has passed."""
    killed = run_worker(**{f"FAULT_{point.replace('.', '_')}": f"sigkill@{nth}"})
    let_time_pass(merchant)
    ended = run_worker()
    assert (killed, ended) == (-signal.SIGKILL, 0)
    with merchant_scope(merchant):
        assert set(Job.objects.values_list("state", flat=True)) == {State.DONE}


@pytest.mark.parametrize(
    ("point", "nth"),
    [("jobs.claimed", 1), ("expiry.worked", 2), ("expiry.committed", 2), ("jobs.handled", 1)],
)
def test_expiry_goes_on_where_it_was_killed(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch, point: str, nth: int
) -> None:
    monkeypatch.setattr(ledger_handlers, "BATCH", BATCH)
    with merchant_scope(merchant):
        with backdated(at=make.soon(days=-9)):
            due = {make.points(make.customer(), 10, expires_at=make.soon(days=-1)) for _ in range(NUMBER)}
        kept = make.points(make.customer(), 10, expires_at=make.soon(days=1))
        enqueue(kind="ledger.expire", payload={}, now=timezone.now())

    kill_and_go_on(merchant, point, nth)

    with merchant_scope(merchant):
        assert set(Grant.objects.filter(remaining=0).values_list("id", flat=True)) == due
        assert Grant.objects.get(id=kept).remaining == 10
        assert Entry.objects.filter(event="grant.expired").count() == NUMBER
    assert checks.run(merchant.id).findings == []


@pytest.mark.parametrize(
    ("point", "nth"),
    [("jobs.claimed", 1), ("coupons.worked", 2), ("coupons.committed", 4), ("coupons.worked", 8), ("jobs.handled", 1)],
)
def test_coupon_sweep_goes_on_where_it_was_killed(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch, point: str, nth: int
) -> None:
    monkeypatch.setattr(coupons, "BATCH", BATCH)
    for step in ("activate_due", "expire_coupons", "expire_vouchers"):
        monkeypatch.setattr(coupons, step, _in_batches(getattr(coupons, step)))
    with merchant_scope(merchant):
        with backdated(at=make.soon(days=-30)):
            opening = [_taken(days_until_active=10, days_valid=90) for _ in range(NUMBER)]
            ending = [_taken(days_valid=7) for _ in range(NUMBER)]
        enqueue(kind="coupons.sweep", payload={}, now=timezone.now())

    kill_and_go_on(merchant, point, nth)

    with merchant_scope(merchant):
        assert _labels(opening) == {CouponStatus.ACTIVE}
        assert _labels(ending) == {CouponStatus.EXPIRED}
        gone = Grant.objects.filter(unit=Unit.VOUCHER, remaining=0).values_list("id", flat=True)
        assert set(gone) == {row.grant_id for row in ending}
        assert Entry.objects.filter(event="grant.expired").count() == NUMBER
    assert checks.run(merchant.id).findings == []


def _in_batches(step: Any) -> Any:
    """Return a step of the sweep that does three at a time, as its job does two thousand."""
    return lambda *, now: step(now=now, limit=BATCH)


def _taken(**reward: Any) -> RedeemedReward:
    who = make.customer()
    make.points(who, 100)
    return make.take(make.reward(**reward), who, now=make.soon(days=-30))


def _labels(rows: list[RedeemedReward]) -> set[str]:
    return set(RedeemedReward.objects.filter(id__in=[row.id for row in rows]).values_list("coupon_status", flat=True))


@pytest.mark.parametrize("point", ["jobs.claimed", "cashback.turned", "cashback.answered", "jobs.handled"])
def test_cashback_is_paid_once_though_the_worker_dies(merchant: Merchant, paytm: FakePayTM, point: str) -> None:
    with merchant_scope(merchant):
        who = make.customer(phone="+44 20 7946 0010")
        make.points(who, 500)
        row = make.take(make.reward(reward_type=RewardType.CASHBACK, amount=Decimal("12.50")), who)

    killed = run_worker(**{f"FAULT_{point.replace('.', '_')}": "sigkill@1"})
    for _turn in range(3):
        let_time_pass(merchant)
        assert run_worker() == 0

    assert killed == -signal.SIGKILL
    with merchant_scope(merchant):
        payment = CashbackPayment.objects.get()
        assert (payment.status, RedeemedReward.objects.get().cashback_status) == (CashbackStatus.SUCCESS,) * 2
        assert Grant.objects.get(id=row.grant_id).remaining == 0
        assert Entry.objects.filter(event="cashback.paid").count() == 1
    # The provider has heard of one order, under one id.
    assert set(paytm.orders) == {payment.order_id}
    assert checks.run(merchant.id).findings == []


def test_a_merchants_day_is_not_lost_with_its_worker(merchant: Merchant) -> None:
    """Reads judge the end of points and coupons themselves: a sweep that died changes nothing that anybody sees."""
    with merchant_scope(merchant):
        with backdated(at=make.soon(days=-9)):
            who = make.customer()
            make.points(who, 40, expires_at=timezone.now() - timedelta(days=1))
        make.points(who, 60)
        enqueue(kind="ledger.expire", payload={}, dedupe_key=uuid.uuid4().hex, now=timezone.now())
    assert run_worker(FAULT_expiry_worked="sigkill@1") == -signal.SIGKILL
    with merchant_scope(merchant):
        taken = make.take(make.reward(cost_in_points=60), who)
        assert taken.active_points_after == 0
    assert checks.run(merchant.id).findings == []
