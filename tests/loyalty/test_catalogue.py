"""Rewards in the catalogue, the rules that explain them, and the labels that jobs keep."""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone

from loyalty import coupons
from loyalty.bulk import batch
from loyalty.checks import check_rewards
from loyalty.errors import NotAllowed, SoldOut, StaleVersion
from loyalty.filters import RedeemedFilter
from loyalty.models import RedeemedReward, Reward, RewardStock, RewardTaken
from loyalty.rules import judge, visible_rewards
from loyalty.services import canceling
from loyalty.services.canceling import cancel
from loyalty.services.catalogue import archive_reward, clone_reward, create_reward, save_settings, update_reward
from loyalty.states import CouponStatus, RewardType
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.loyalty.bulking import begun, run

pytestmark = pytest.mark.django_db
STAFF = Actor("user", uuid.UUID(int=7))
WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def by() -> dict[str, Any]:
    return {"actor": STAFF, "now": timezone.now()}


def change(reward: Reward, **values: Any) -> Reward:
    return update_reward(reward_id=reward.id, values=values, version=values.pop("version", reward.version), **by())


def test_limit_set_later_counts_what_was_taken_before(scope: Merchant) -> None:
    who, what = make.customer(), make.reward()
    make.points(who, 1000)
    for _ in range(2):
        make.take(what, who)

    change(what, total_limit=2)

    assert RewardStock.objects.get().taken == 2
    with pytest.raises(SoldOut):
        make.take(what, who)


def test_limit_that_comes_back_counts_what_was_canceled_without_it(scope: Merchant) -> None:
    who, what = make.customer(), make.reward(customer_limit=1, total_limit=5)
    make.points(who, 1000)
    row = make.take(what, who)
    what = change(what, customer_limit=None, total_limit=None)
    cancel(redeemed_id=row.id, refund=True, **by())

    change(what, customer_limit=1, total_limit=1)

    assert (RewardTaken.objects.get().taken, RewardStock.objects.get().taken) == (0, 0)
    make.take(what, who)
    with pytest.raises(SoldOut):
        make.take(what, who)
    assert check_rewards(scope.id) == []


def test_two_people_do_not_overwrite_each_other(scope: Merchant) -> None:
    what = make.reward()
    change(what, name="First")

    with pytest.raises(StaleVersion):
        change(what, name="Second", version=1)

    assert Reward.objects.get().name == "First"


def test_new_name_reaches_what_was_redeemed(scope: Merchant) -> None:
    who, what = make.customer(), make.reward(name="Book")
    make.points(who, 100)
    make.take(what, who)

    change(what, name="Novel", cost_in_points=500)

    row = RedeemedReward.objects.get()
    assert (row.reward_name, row.cost_in_points) == ("Novel", 100)
    for words in ("novel", "Novel Lind", "book"):
        found = RedeemedFilter(QueryDict(f"q={words}"), queryset=RedeemedReward.objects.all()).qs
        assert list(found) == [row], words


def test_type_of_a_redeemed_reward_stays(scope: Merchant) -> None:
    who, what = make.customer(), make.reward()
    make.points(who, 100)
    make.take(what, who)

    with pytest.raises(NotAllowed):
        change(what, reward_type=RewardType.GIFT)


def test_saving_without_a_change_does_nothing(scope: Merchant) -> None:
    what = make.reward()

    assert change(what, name="Book").version == 1
    assert not AuditEvent.objects.filter(action="reward.changed").exists()


def test_clone_is_made_once_and_not_open_yet(scope: Merchant) -> None:
    what, key = make.reward(total_limit=5), uuid.uuid4()

    first = clone_reward(reward_id=what.id, op_key=key, **by())
    assert clone_reward(reward_id=what.id, op_key=key, **by()).id == first.id

    assert Reward.objects.count() == 2
    assert not visible_rewards(at=timezone.now()).filter(id=first.id).exists()
    assert first.name == "Book (copy)"


def test_archived_reward_leaves_the_catalogue_and_comes_back(scope: Merchant) -> None:
    what = make.reward()
    archive_reward(reward_id=what.id, archived=True, **by())
    archive_reward(reward_id=what.id, archived=True, **by())

    assert not visible_rewards(at=timezone.now()).exists()
    archive_reward(reward_id=what.id, archived=False, **by())
    assert visible_rewards(at=timezone.now()).exists()
    assert AuditEvent.objects.filter(action="reward.archived").count() == 1


def test_created_reward_and_settings_are_audited(scope: Merchant) -> None:
    values = {"name": "Tea", "reward_type": RewardType.GIFT, "cost_in_points": 5, "currency": "USD"}
    create_reward(values=values, **by())
    save_settings(values={"points_per_unit": Decimal(2)}, **by())
    save_settings(values={"points_per_unit": Decimal(2)}, **by())

    assert sorted(AuditEvent.objects.values_list("action", flat=True)) == ["loyalty.settings_changed", "reward.created"]


def test_rules_name_what_is_missing_and_what_would_fix_it(scope: Merchant) -> None:
    who = make.customer()
    make.points(who, 60)
    what = make.reward(total_limit=0, customer_limit=0, active_to=timezone.now() - timedelta(days=1))

    (judged,) = judge(rewards=[what], customer_id=who.id, at=timezone.now())

    assert [rule.code for rule in judged.rules if not rule.passed] == [
        "not_active",
        "sold_out",
        "limit_reached",
        "not_enough_points",
    ]
    assert all(rule.fix for rule in judged.rules)
    assert judged.missing_points == 40


def test_rules_and_redeeming_agree(scope: Merchant) -> None:
    """Whatever the rules say is what redeeming does, with the same code."""
    who = make.customer()
    make.points(who, 100)
    empty = make.pool(0)
    rewards = [
        make.reward(),
        make.reward(cost_in_points=101),
        make.reward(pool=empty),
        make.reward(pool=make.pool(1)),
        make.reward(pool=make.pool(1, archived_at=timezone.now())),
        make.reward(pool=make.pool(0, pattern="N-********"), code_source="generated"),
        make.reward(pool=make.pool(0, pattern="N-********", archived_at=timezone.now()), code_source="generated"),
        make.reward(total_limit=0),
        make.reward(customer_limit=0),
        make.reward(active_from=make.soon(days=1)),
        make.reward(archived_at=timezone.now()),
    ]

    for judged in judge(rewards=rewards, customer_id=who.id, at=timezone.now()):
        assert _refusal_of(judged.reward, who) == (judged.refusal.code if judged.refusal else "")


def _refusal_of(reward: Reward, who: Any) -> str:
    try:
        with transaction.atomic():
            make.take(reward, who)
            transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001 - its code is what is compared
        return str(getattr(error, "code", error))
    return ""


def test_rules_cost_the_same_for_many_rewards(scope: Merchant, django_assert_num_queries: Any) -> None:
    who, codes = make.customer(), make.pool(3)
    rewards = [make.reward(pool=codes) for _ in range(5)]

    with django_assert_num_queries(4):
        judge(rewards=rewards, customer_id=who.id, at=timezone.now())


def test_labels_follow_the_clock(scope: Merchant) -> None:
    who = make.customer()
    make.points(who, 500)
    late = make.take(make.reward(days_until_active=1, days_valid=1), who)
    ends = make.take(make.reward(days_valid=1), who)
    make.take(make.reward(), who)
    at, end = late.active_from, ends.expires_at
    assert end is not None

    assert coupons.activate_due(now=at) == 1
    assert coupons.activate_due(now=at) == 0
    assert coupons.expire_coupons(now=end) == 1
    assert coupons.expire_coupons(now=end) == 0
    stored = dict(RedeemedReward.objects.values_list("id", "coupon_status"))
    assert (stored[late.id], stored[ends.id]) == (CouponStatus.ACTIVE, CouponStatus.EXPIRED)


@pytest.mark.django_db(transaction=True)
def test_changing_a_limit_beside_redeemers_counts_each(merchant: Merchant, together: Callable[..., Any]) -> None:
    with merchant_scope(merchant):
        who, what = make.customer(), make.reward(cost_in_points=1)
        make.points(who, 100)

    def act(number: int) -> None:
        with merchant_scope(merchant):
            if number == 5:
                change(Reward.objects.get(id=what.id), total_limit=7)
            else:
                make.take(what, who)

    together(act, [(number,) for number in range(14)])

    with merchant_scope(merchant):
        assert RewardStock.objects.get().taken == RedeemedReward.objects.count() <= 13


@pytest.mark.parametrize("is_bulk", [False, True])
def test_limit_set_while_a_cancelation_is_under_way_counts_it(
    merchant: Merchant, together: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, is_bulk: bool
) -> None:
    with merchant_scope(merchant):
        who, what = make.customer(), make.reward()
        make.points(who, 1000)
        row = make.take(what, who)
        bulk = begun("cancel", [row], points="refund")
    held, settled = threading.Event(), threading.Event()
    room, name = (batch, "write") if is_bulk else (canceling, "keep")
    write = getattr(room, name)

    def slowly(**kwargs: Any) -> Any:
        held.set()
        while not settled.is_set() and not is_anybody_waiting():
            time.sleep(0.01)
        return write(**kwargs)

    monkeypatch.setattr(room, name, slowly)

    def act(what_to_do: str) -> None:
        if what_to_do == "cancel" and is_bulk:
            run(merchant, bulk)
        elif what_to_do == "cancel":
            with merchant_scope(merchant):
                cancel(redeemed_id=row.id, refund=True, **by())
        else:
            assert held.wait(30)
            with merchant_scope(merchant):
                change(what, total_limit=5)
            settled.set()

    outcomes = together(act, [("cancel",), ("limit",)])

    assert [one.error for one in outcomes] == [None, None]
    with merchant_scope(merchant):
        assert RewardStock.objects.get().taken == 0
        assert check_rewards(merchant.id) == []


def is_anybody_waiting() -> bool:
    with connection.cursor() as cursor:
        # What a transaction has seen of the others it would see again and again.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING)
        return cursor.fetchone() is not None
