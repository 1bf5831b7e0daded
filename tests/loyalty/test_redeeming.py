"""Redeeming: everything at once, or nothing and the reason why."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.utils import timezone

from codes.models import Code
from codes.states import CodeState
from customers.models import Customer
from ledger import checks
from ledger.models import Entry, Grant
from ledger.selectors import paid_by, usable_balance
from ledger.units import Unit
from loyalty.checks import check_rewards
from loyalty.errors import KeyReused, LimitReached, NotActive, NotEnoughPoints, ReasonNeeded, SoldOut
from loyalty.models import RedeemedChange, RedeemedReward, RedeemedToken, Reward, RewardStock
from loyalty.services import rows, stock
from loyalty.states import CouponStatus, RewardType, Source
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make

pytestmark = pytest.mark.django_db


def _active(who: Any) -> int:
    return usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now())


def _nothing_happened(who: Any) -> None:
    assert not RedeemedReward.objects.exists()
    assert not Code.objects.exclude(state=CodeState.FREE).exists()
    assert not Entry.objects.filter(customer_id=who.id, event="reward.redeemed").exists()


def test_redeems_points_code_voucher_and_row_together(scope: Merchant) -> None:
    who, codes = make.customer(), make.pool(3)
    make.points(who, 250)
    what = make.reward(pool=codes)

    redeemed = make.take(what, who)

    assert redeemed.active_points_after == _active(who) == 150
    assert redeemed.code_value == Code.objects.get(state=CodeState.TAKEN).value
    assert Grant.objects.get(id=redeemed.grant_id).code == redeemed.code_value
    assert (redeemed.coupon_status, redeemed.used_at, redeemed.delivery_status) == (CouponStatus.ACTIVE, None, "")
    assert RedeemedChange.objects.get(redeemed=redeemed).entry_id == redeemed.entry_id
    assert RedeemedToken.objects.filter(row=redeemed, token=who.email).exists()
    assert check_rewards(scope.id) == []


def test_spends_soonest_expiring_points_first(scope: Merchant) -> None:
    who, what = make.customer(), make.reward(cost_in_points=130)
    never = make.points(who, 500)
    late = make.points(who, 100, expires_at=make.soon(days=30))
    early = make.points(who, 50, expires_at=make.soon(days=2))

    redeemed = make.take(what, who)

    paid = {row.grant_id: row.amount for row in paid_by(entry_id=redeemed.entry_id) if row.unit == Unit.POINT}
    assert paid == {early: 50, late: 80}
    assert Grant.objects.get(id=never).remaining == 500


def test_does_not_spend_locked_or_expired_points(scope: Merchant) -> None:
    who, what = make.customer(), make.reward(cost_in_points=100)
    make.points(who, 60)
    make.points(who, 90, valid_from=make.soon(days=1))

    with pytest.raises(NotEnoughPoints) as refused:
        make.take(what, who)

    assert refused.value.missing == 40
    assert str(refused.value) == "You must have 40 more points to get reward"
    _nothing_happened(who)


def test_says_one_point_in_the_singular(scope: Merchant) -> None:
    who, what = make.customer(), make.reward()
    make.points(who, 99)

    with pytest.raises(NotEnoughPoints, match=r"^You must have 1 more point to get reward$"):
        make.take(what, who)


def test_refuses_empty_pool_before_points_are_taken(scope: Merchant) -> None:
    who = make.customer()
    make.points(who, 100)
    what = make.reward(pool=make.pool(0))

    with pytest.raises(SoldOut):
        make.take(what, who)

    assert _active(who) == 100
    _nothing_happened(who)


def test_leaves_no_trace_in_pool_and_stock_when_points_are_missing(scope: Merchant) -> None:
    who = make.customer()
    what = make.reward(pool=make.pool(1), total_limit=1, customer_limit=1)

    with pytest.raises(NotEnoughPoints):
        make.take(what, who)

    assert RewardStock.objects.get(reward=what).taken == 0
    _nothing_happened(who)


@pytest.mark.parametrize(
    "when",
    [
        {"active_from": timedelta(hours=1)},
        {"active_to": timedelta(seconds=-1)},
        {"archived_at": timedelta(seconds=-1)},
    ],
)
def test_refuses_reward_outside_its_period(scope: Merchant, when: dict[str, timedelta]) -> None:
    who = make.customer()
    make.points(who, 100)
    what = make.reward(**{name: timezone.now() + delta for name, delta in when.items()})

    with pytest.raises(NotActive):
        make.take(what, who)

    _nothing_happened(who)


def test_reward_ends_at_its_last_instant_not_after(scope: Merchant) -> None:
    who, now = make.customer(), timezone.now()
    make.points(who, 300)
    what = make.reward(active_from=now, active_to=now + timedelta(minutes=1))

    make.take(what, who, now=now)
    make.take(what, who, now=now + timedelta(seconds=59, microseconds=999_999))
    with pytest.raises(NotActive):
        make.take(what, who, now=now + timedelta(minutes=1))


def test_refuses_more_than_one_customer_may_have(scope: Merchant) -> None:
    who, other, what = make.customer(), make.customer(), make.reward(customer_limit=2)
    for one in (who, other):
        make.points(one, 1000)
    make.take(what, who)
    make.take(what, who)

    with pytest.raises(LimitReached):
        make.take(what, who)

    make.take(what, other)


def test_refuses_more_than_there_are(scope: Merchant) -> None:
    who, what = make.customer(), make.reward(total_limit=1)
    make.points(who, 1000)
    make.take(what, who)

    with pytest.raises(SoldOut):
        make.take(what, who)


def test_same_key_redeems_once(scope: Merchant) -> None:
    who, what = make.customer(), make.reward()
    make.points(who, 1000)

    first, second = make.take(what, who, key="k"), make.take(what, who, key="k")

    assert first.id == second.id
    assert _active(who) == 900


def test_same_key_for_somebody_else_is_refused(scope: Merchant) -> None:
    who, other, what = make.customer(), make.customer(), make.reward()
    make.points(who, 1000)
    make.take(what, who, key="k")

    with pytest.raises(KeyReused):
        make.take(what, other, key="k")


def test_grants_free_with_a_reason_and_takes_no_points(scope: Merchant) -> None:
    who, what = make.customer(), make.reward(cost_in_points=500)

    with pytest.raises(ReasonNeeded):
        make.take(what, who, source=Source.GRANTED)
    redeemed = make.take(what, who, source=Source.GRANTED, reason="Wrote to the press about us")

    assert redeemed.cost_in_points == 0
    assert RedeemedChange.objects.get(redeemed=redeemed).event == "reward.granted"


def test_coupon_becomes_active_and_ends_by_calendar_days(scope: Merchant) -> None:
    who, what = make.customer(), make.reward(days_until_active=2, days_valid=30)
    make.points(who, 100)

    redeemed = make.take(what, who)

    assert redeemed.coupon_status == CouponStatus.INACTIVE
    assert redeemed.active_from == redeemed.redeemed_at + timedelta(days=2)
    assert redeemed.expires_at == redeemed.active_from + timedelta(days=30)
    assert Grant.objects.get(id=redeemed.grant_id).usable_from == redeemed.active_from


def test_cashback_starts_with_its_status(scope: Merchant) -> None:
    who, what = make.customer(), make.reward(reward_type=RewardType.CASHBACK)
    make.points(who, 100)

    assert make.take(what, who).cashback_text == "0: INIT: INIT"


def test_generated_code_is_made_when_it_is_needed(scope: Merchant) -> None:
    who, what = make.customer(), make.reward(pool=make.pool(0, pattern="GEN-********"), code_source="generated")
    make.points(who, 200)

    first, second = make.take(what, who), make.take(what, who)

    assert first.code_value != second.code_value
    assert first.code_value.startswith("GEN-")
    assert check_rewards(scope.id) == []


def _prepared(merchant: Merchant, *, points: int, **reward: Any) -> tuple[Any, Any]:
    with merchant_scope(merchant):
        who = make.customer()
        make.points(who, points // 2, expires_at=make.soon(days=3))
        make.points(who, points - points // 2)
        size = reward.pop("codes", None)
        return who, make.reward(**reward, **({"pool": make.pool(size)} if size is not None else {}))


def _race(together: Callable[..., Any], merchant: Merchant, what: Any, buyers: list[tuple[Any, str]]) -> list[Any]:
    def one(who: Any, key: str) -> uuid.UUID:
        with merchant_scope(merchant):
            return make.take(what, who, key=key).id

    return together(one, buyers)


@pytest.mark.django_db(transaction=True)
def test_parallel_redeemers_never_overspend(merchant: Merchant, together: Callable[..., Any]) -> None:
    who, what = _prepared(merchant, points=1000, cost_in_points=100)

    outcomes = _race(together, merchant, what, [(who, f"k{number}") for number in range(16)])

    refused = [one.error for one in outcomes if one.error is not None]
    assert len(refused) == 6
    assert {type(error) for error in refused} == {NotEnoughPoints}
    with merchant_scope(merchant):
        assert _active(who) == 0
        assert RedeemedReward.objects.count() == 10
        assert sorted(RedeemedReward.objects.values_list("active_points_after", flat=True)) == list(range(0, 1000, 100))
        assert check_rewards(merchant.id) == []
        assert checks.run(merchant_id=merchant.id).findings == []


@pytest.mark.django_db(transaction=True)
def test_parallel_presses_of_one_button_redeem_once(merchant: Merchant, together: Callable[..., Any]) -> None:
    who, what = _prepared(merchant, points=1000, codes=5)

    outcomes = _race(together, merchant, what, [(who, "one")] * 10)

    assert [one.error for one in outcomes] == [None] * 10
    assert len({one.value for one in outcomes}) == 1
    with merchant_scope(merchant):
        assert _active(who) == 900
        assert Code.objects.filter(state=CodeState.TAKEN).count() == 1


@pytest.mark.django_db(transaction=True)
def test_last_codes_go_to_one_customer_each(merchant: Merchant, together: Callable[..., Any]) -> None:
    who, what = _prepared(merchant, points=5000, codes=7, cost_in_points=100)

    outcomes = _race(together, merchant, what, [(who, f"k{number}") for number in range(12)])

    assert sum(one.error is None for one in outcomes) == 7
    assert {type(one.error) for one in outcomes if one.error} == {SoldOut}
    with merchant_scope(merchant):
        assert RedeemedReward.objects.values("code_value").distinct().count() == 7
        assert check_rewards(merchant.id) == []


@pytest.mark.django_db(transaction=True)
def test_limits_hold_in_a_race(merchant: Merchant, together: Callable[..., Any]) -> None:
    who, what = _prepared(merchant, points=5000, total_limit=5, customer_limit=3, cost_in_points=10)
    with merchant_scope(merchant):
        other = make.customer()
        make.points(other, 5000)

    outcomes = _race(together, merchant, what, [((who, other)[number % 2], f"k{number}") for number in range(16)])

    assert sum(one.error is None for one in outcomes) == 5
    assert {type(one.error) for one in outcomes if one.error} <= {SoldOut, LimitReached}
    with merchant_scope(merchant):
        assert RewardStock.objects.get(reward=what).taken == 5
        assert all(RedeemedReward.objects.filter(customer=one).count() <= 3 for one in (who, other))


@pytest.mark.django_db(transaction=True)
def test_counter_off_oversells(
    merchant: Merchant, together: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: by looking first and counting later, a race sells what is not there."""
    who, what = _prepared(merchant, points=5000, total_limit=5, cost_in_points=10)
    everybody = Barrier(16)

    def look_only(*, reward: Any, customer_id: uuid.UUID) -> None:
        """Look, and wait until all others have looked too."""
        is_left = RedeemedReward.objects.filter(reward=reward).count() < reward.total_limit
        everybody.wait(timeout=60)
        if not is_left:
            raise SoldOut

    monkeypatch.setattr(stock, "take", look_only)

    outcomes = _race(together, merchant, what, [(who, f"k{number}") for number in range(16)])

    assert sum(one.error is None for one in outcomes) > 5


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Reward, Customer])
def test_read_whole_rows_by_hand(scope: Merchant, model: type[Reward | Customer]) -> None:
    """`rows.read` makes instances of columns as the driver gives them: no field may want to turn them into others."""
    assert [field.name for field in model._meta.concrete_fields if hasattr(field, "from_db_value")] == []
    what, who = make.reward(cost_in_points=7), make.customer()
    found = rows.read(reward_id=what.id, customer_id=who.id, op_key="x", at=timezone.now())
    assert found.customer is not None
    for made, read in ((what, found.reward), (who, found.customer)):
        made.refresh_from_db()
        for field in made._meta.concrete_fields:
            assert getattr(read, field.attname) == getattr(made, field.attname), field
