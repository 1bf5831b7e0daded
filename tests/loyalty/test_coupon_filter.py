"""The coupon filter goes by labels and says what the rule says, however far the labels are behind."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from ledger.services import backdated
from loyalty import coupon, coupons
from loyalty.coupon import narrowed, status_of
from loyalty.filters import RedeemedFilter
from loyalty.models import RedeemedReward
from loyalty.services.canceling import cancel
from loyalty.services.using import mark_used
from loyalty.states import CouponStatus
from tenancy.actors import Actor
from tenancy.models import Merchant
from tests.loyalty import factories as make

pytestmark = pytest.mark.django_db
SUBSETS = [subset for size in (1, 2, 3, 4) for subset in itertools.combinations(CouponStatus, size)]


def taken(at: datetime, **reward: Any) -> RedeemedReward:
    """Return what was redeemed at a past instant, with the label of then."""
    with backdated(at=at):
        who = make.customer()
        make.points(who, 100)
        return make.take(make.reward(**reward), who, now=at)


@pytest.fixture
def rows(scope: Merchant) -> list[RedeemedReward]:
    """Coupons of every status, labelled as they were five days ago."""
    past = make.soon(days=-5)
    told: list[dict[str, Any]] = [
        {},
        {"days_valid": 2},
        {"days_valid": 9},
        {"days_until_active": 3},
        {"days_until_active": 9},
        {"days_until_active": 1, "days_valid": 1},
    ]
    found = [taken(past, **reward) for reward in told]
    gone = taken(past)
    return [*found, cancel(redeemed_id=gone.id, refund=True, actor=Actor.system(), now=timezone.now())]


def wanted(rows: list[RedeemedReward], statuses: tuple[CouponStatus, ...], at: datetime) -> set[Any]:
    """Return the ids of those whose coupon has one of these statuses, by the rule for one row."""
    return {row.id for row in rows if status_of(row, at=at) in statuses}


@pytest.mark.parametrize("few", [2000, 1], ids=["labels a little behind", "labels far behind"])
def test_filter_says_what_the_rule_says(rows: list[RedeemedReward], monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(coupon, "FEW", few)
    for statuses, days in itertools.product(SUBSETS, (-5, -3, 0, 4, 30)):
        at = make.soon(days=days)
        found = narrowed(RedeemedReward.objects.all(), statuses, at=at)
        assert set(found.values_list("id", flat=True)) == wanted(rows, statuses, at), (statuses, days)


def test_filter_goes_by_the_label_alone_once_the_sweep_has_run(rows: list[RedeemedReward]) -> None:
    at = timezone.now()
    coupons.activate_due(now=at)
    coupons.expire_coupons(now=at)
    for status in CouponStatus:
        found = narrowed(RedeemedReward.objects.all(), [status], at=at)
        assert "expires_at" not in str(found.query).partition("WHERE")[2]
        assert set(found.values_list("id", flat=True)) == wanted(rows, (status,), at)


def test_without_a_status_nothing_is_left_out(rows: list[RedeemedReward]) -> None:
    assert narrowed(RedeemedReward.objects.all(), [], at=timezone.now()).count() == len(rows)


def test_sweep_keeps_to_its_batch(scope: Merchant) -> None:
    for _ in range(5):
        taken(make.soon(days=-9), days_until_active=1)
        taken(make.soon(days=-9), days_valid=1)
    now = timezone.now()
    assert [coupons.activate_due(now=now, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert [coupons.expire_coupons(now=now, limit=3) for _ in range(3)] == [3, 2, 0]


def test_usage_period_finds_what_was_used_in_it(scope: Merchant) -> None:
    row = taken(make.soon(days=-60))
    with backdated(at=make.soon(days=-2)):
        mark_used(redeemed_id=row.id, actor=Actor.system(), now=make.soon(days=-2))
    for first, last, is_found in ((-3, 0, True), (-60, -1, True), (-60, -10, False), (-90, -59, False)):
        days = [f"{timezone.now() + timedelta(days=one):%Y-%m-%d}" for one in (first, last)]
        data = QueryDict(f"used_on_from={days[0]}&used_on_to={days[1]}")
        assert RedeemedFilter(data, queryset=RedeemedReward.objects.all()).qs.exists() == is_found
