"""Used, unused, shipped, canceled: what each of the four dimensions allows."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from codes.models import Code
from ledger import checks
from ledger.models import Entry, Grant
from ledger.selectors import usable_balance
from ledger.services import backdated, expire, expire_due
from ledger.units import Unit
from loyalty.checks import check_rewards
from loyalty.coupon import having, status_at, status_of
from loyalty.errors import AlreadyUsed, NotActive, NotAllowed, NotUsed, Shipped, WrongType
from loyalty.models import RedeemedChange, RedeemedReward, RewardStock
from loyalty.redeemed_page import facts
from loyalty.services.canceling import cancel, effect_of
from loyalty.services.forgetting import forget
from loyalty.services.using import mark_unused, mark_used, set_delivery
from loyalty.states import CouponStatus, DeliveryStatus, RewardType
from messaging.models import Message
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make

pytestmark = pytest.mark.django_db
STAFF = Actor("user", uuid.UUID(int=7))
EVERY_TYPE = [kind for kind in RewardType if kind != RewardType.CASHBACK]


def by(**more: Any) -> dict[str, Any]:
    return {"actor": STAFF, "now": timezone.now()} | more


def redeemed_now(now: datetime | None = None, **reward: Any) -> RedeemedReward:
    who = make.customer()
    make.points(who, 1000)
    return make.take(make.reward(**reward), who, now=now)


def about(row: RedeemedReward) -> dict[str, Any]:
    return {"customer_id": row.customer_id, "actor": STAFF, "key": f"test:{row.id}"}


def code_of(row: RedeemedReward) -> Code:
    assert row.code_id is not None
    found: Code = Code.objects.get(id=row.code_id)
    return found


def fresh(row: RedeemedReward) -> RedeemedReward:
    found: RedeemedReward = RedeemedReward.objects.get(id=row.id)
    return found


@pytest.mark.parametrize("kind", EVERY_TYPE)
def test_used_reward_is_ordered_and_draws_its_voucher(scope: Merchant, kind: str) -> None:
    row = redeemed_now(reward_type=kind)

    mark_used(redeemed_id=row.id, **by())

    found = fresh(row)
    assert found.used_at is not None
    assert found.delivery_status == DeliveryStatus.ORDERED
    assert found.ship_to is not None
    assert found.ship_to["street"] == "Long Lane"
    assert Grant.objects.get(id=row.grant_id).remaining == 0
    assert check_rewards(scope.id) == []


def test_gift_marked_as_used_tells_fulfilment_once(scope: Merchant) -> None:
    scope.reply_to = "parcels@brew-bloom.example"
    scope.save()
    row = redeemed_now(reward_type=RewardType.GIFT)

    mark_used(redeemed_id=row.id, **by())
    mark_used(redeemed_id=row.id, **by())

    assert Message.objects.get().to_address == "parcels@brew-bloom.example"
    assert Entry.objects.filter(event="reward.used").count() == 1


def test_other_types_send_no_mail(scope: Merchant) -> None:
    scope.reply_to = "parcels@brew-bloom.example"
    scope.save()

    mark_used(redeemed_id=redeemed_now().id, **by())

    assert not Message.objects.exists()


def test_unmarking_gives_the_voucher_back_and_clears_delivery(scope: Merchant) -> None:
    row = redeemed_now(reward_type=RewardType.GIFT)
    mark_used(redeemed_id=row.id, **by())

    mark_unused(redeemed_id=row.id, **by())

    found = fresh(row)
    assert (found.used_at, found.used_entry_id, found.delivery_status, found.ship_to) == (None, None, "", None)
    assert Grant.objects.get(id=row.grant_id).remaining == 1
    assert [change.event for change in found.changes.order_by("seq")] == [
        "reward.redeemed",
        "reward.used",
        "reward.unused",
    ]
    assert check_rewards(scope.id) == []


def test_strict_calls_say_what_stands_already(scope: Merchant) -> None:
    row = redeemed_now()

    with pytest.raises(NotUsed):
        mark_unused(redeemed_id=row.id, is_strict=True, **by())
    mark_used(redeemed_id=row.id, **by())
    with pytest.raises(AlreadyUsed):
        mark_used(redeemed_id=row.id, is_strict=True, **by())


def test_inactive_coupon_cannot_be_used_yet(scope: Merchant) -> None:
    row = redeemed_now(days_until_active=1)

    with pytest.raises(NotActive, match="not active yet"):
        mark_used(redeemed_id=row.id, **by())


def test_expired_coupon_can_be_neither_marked_nor_unmarked(scope: Merchant) -> None:
    unused, used = redeemed_now(days_valid=1), redeemed_now(days_valid=1)
    mark_used(redeemed_id=used.id, **by())
    after = timezone.now() + timedelta(days=1, seconds=1)
    before = {row.id: (fresh(row).version, fresh(row).used_at) for row in (unused, used)}

    with pytest.raises(NotActive, match="expired"):
        mark_used(redeemed_id=unused.id, actor=STAFF, now=after)
    with pytest.raises(NotActive, match="expired"):
        mark_unused(redeemed_id=used.id, actor=STAFF, now=after)

    assert {row.id: (fresh(row).version, fresh(row).used_at) for row in (unused, used)} == before


def test_shipped_gift_cannot_be_unmarked(scope: Merchant) -> None:
    row = redeemed_now(reward_type=RewardType.GIFT)
    mark_used(redeemed_id=row.id, **by())
    set_delivery(redeemed_id=row.id, status=DeliveryStatus.SHIPPED, carrier="DHL", tracking_number="123", **by())

    with pytest.raises(Shipped):
        mark_unused(redeemed_id=row.id, **by())

    assert (fresh(row).carrier, fresh(row).tracking_number) == ("DHL", "123")


STEPS = {
    (DeliveryStatus.ORDERED, DeliveryStatus.SHIPPED): True,
    (DeliveryStatus.ORDERED, DeliveryStatus.DELIVERED): False,
    (DeliveryStatus.ORDERED, DeliveryStatus.CANCELED): True,
    (DeliveryStatus.SHIPPED, DeliveryStatus.ORDERED): True,
    (DeliveryStatus.SHIPPED, DeliveryStatus.DELIVERED): True,
    (DeliveryStatus.SHIPPED, DeliveryStatus.CANCELED): True,
    (DeliveryStatus.DELIVERED, DeliveryStatus.ORDERED): False,
    (DeliveryStatus.DELIVERED, DeliveryStatus.SHIPPED): True,
    (DeliveryStatus.DELIVERED, DeliveryStatus.CANCELED): False,
    (DeliveryStatus.CANCELED, DeliveryStatus.ORDERED): True,
    (DeliveryStatus.CANCELED, DeliveryStatus.SHIPPED): False,
    (DeliveryStatus.CANCELED, DeliveryStatus.DELIVERED): False,
}
WAY_TO = {
    DeliveryStatus.ORDERED: (),
    DeliveryStatus.SHIPPED: (DeliveryStatus.SHIPPED,),
    DeliveryStatus.DELIVERED: (DeliveryStatus.SHIPPED, DeliveryStatus.DELIVERED),
    DeliveryStatus.CANCELED: (DeliveryStatus.CANCELED,),
}


@pytest.mark.parametrize(("step", "is_possible"), STEPS.items())
def test_gift_goes_only_the_ways_there_are(scope: Merchant, step: tuple[str, str], is_possible: bool) -> None:
    start, end = step
    row = redeemed_now(reward_type=RewardType.GIFT)
    mark_used(redeemed_id=row.id, **by())
    for status in WAY_TO[DeliveryStatus(start)]:
        set_delivery(redeemed_id=row.id, status=status, **by())
    wanted = DeliveryStatus(end)

    if is_possible:
        assert set_delivery(redeemed_id=row.id, status=wanted, **by()).delivery_status == end
    else:
        with pytest.raises(NotAllowed):
            set_delivery(redeemed_id=row.id, status=wanted, **by())


def test_parcel_stays_where_delivered_was_said_too_early_and_goes_where_it_was_not_sent(scope: Merchant) -> None:
    row = redeemed_now(reward_type=RewardType.GIFT)
    mark_used(redeemed_id=row.id, **by())

    def becomes(status: DeliveryStatus, **parcel: str) -> tuple[str, str]:
        found = set_delivery(redeemed_id=row.id, status=status, **by(**parcel))
        return found.carrier, found.tracking_number

    assert becomes(DeliveryStatus.SHIPPED, tracking_number="123") == ("", "123")
    assert RedeemedChange.objects.order_by("-seq")[0].detail == {"carrier": "", "tracking_number": "123"}
    assert becomes(DeliveryStatus.DELIVERED) == ("", "123")
    assert becomes(DeliveryStatus.SHIPPED) == ("", "123")
    assert becomes(DeliveryStatus.CANCELED) == ("", "123")
    assert becomes(DeliveryStatus.ORDERED) == ("", "")
    assert becomes(DeliveryStatus.SHIPPED, carrier="DHL") == ("DHL", "")


def test_parcel_is_shown_to_staff_and_forgotten_with_the_person(scope: Merchant) -> None:
    row = redeemed_now(reward_type=RewardType.GIFT)
    mark_used(redeemed_id=row.id, **by())

    def shown() -> dict[str, str]:
        named = facts(fresh(row), slug=scope.slug, now=timezone.now())
        return {str(one.label): str(one.value) for one in named if one.label in ("Carrier", "Tracking number")}

    assert shown() == {}
    set_delivery(redeemed_id=row.id, status=DeliveryStatus.SHIPPED, carrier="DHL", tracking_number="123", **by())
    assert shown() == {"Carrier": "DHL", "Tracking number": "123"}
    forget(customer_id=row.customer_id)
    assert shown() == {}


def test_only_used_gifts_are_shipped(scope: Merchant) -> None:
    gift, code = redeemed_now(reward_type=RewardType.GIFT), redeemed_now()
    mark_used(redeemed_id=code.id, **by())

    with pytest.raises(NotUsed):
        set_delivery(redeemed_id=gift.id, status=DeliveryStatus.SHIPPED, **by())
    with pytest.raises(WrongType):
        set_delivery(redeemed_id=code.id, status=DeliveryStatus.SHIPPED, **by())


def test_cashback_has_no_use(scope: Merchant) -> None:
    row = redeemed_now(reward_type=RewardType.CASHBACK)

    with pytest.raises(WrongType):
        mark_used(redeemed_id=row.id, **by())


@pytest.mark.parametrize(
    ("seconds", "status"), [(-1, "inactive"), (0, "active"), (86_399, "active"), (86_400, "expired")]
)
def test_row_and_database_judge_the_coupon_alike(scope: Merchant, seconds: int, status: str) -> None:
    row = redeemed_now(days_until_active=1, days_valid=1)
    at = row.active_from + timedelta(seconds=seconds)

    assert status_of(row, at=at) == status
    assert RedeemedReward.objects.annotate(now_status=status_at(at)).get().now_status == status
    assert [one.value for one in CouponStatus if RedeemedReward.objects.filter(having(one, at=at)).exists()] == [status]


def test_cancel_gives_points_back_to_the_lots_they_came_from(scope: Merchant) -> None:
    who = make.customer()
    early = make.points(who, 60, expires_at=make.soon(days=1))
    late = make.points(who, 100)
    row = make.take(make.reward(total_limit=5, pool=make.pool(2)), who)

    cancel(redeemed_id=row.id, refund=True, **by())
    cancel(redeemed_id=row.id, refund=True, **by())

    assert [Grant.objects.get(id=lot).remaining for lot in (early, late)] == [60, 100]
    assert code_of(row).state == "burnt"
    assert RewardStock.objects.get().taken == 0
    assert (fresh(row).coupon_status, fresh(row).is_refunded) == ("canceled", True)
    assert check_rewards(scope.id) == []


def test_cancel_without_points_keeps_them_and_frees_the_code(scope: Merchant) -> None:
    who = make.customer()
    make.points(who, 160)
    row = make.take(make.reward(pool=make.pool(2), burns_code=False), who)

    cancel(redeemed_id=row.id, refund=False, **by())

    assert usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now()) == 60
    assert code_of(row).state == "free"
    assert Grant.objects.get(id=row.grant_id).remaining == 0
    assert check_rewards(scope.id) == []


def test_effect_is_shown_before_it_happens(scope: Merchant) -> None:
    who = make.customer()
    ends = make.soon(minutes=10)
    make.points(who, 60, expires_at=ends)
    make.points(who, 100)
    row = make.take(make.reward(), who)

    assert effect_of(redeemed=row, now=timezone.now()).lapsing == 0
    assert effect_of(redeemed=row, now=ends).lapsing == 60
    assert effect_of(redeemed=row, now=ends).points == 100


def test_used_or_expired_reward_cannot_be_canceled(scope: Merchant) -> None:
    used, expired = redeemed_now(), redeemed_now(days_valid=1)
    mark_used(redeemed_id=used.id, **by())

    with pytest.raises(AlreadyUsed):
        cancel(redeemed_id=used.id, refund=True, **by())
    with pytest.raises(NotActive):
        cancel(redeemed_id=expired.id, refund=True, actor=STAFF, now=timezone.now() + timedelta(days=2))


def test_canceled_reward_can_be_neither_used_nor_canceled_strictly(scope: Merchant) -> None:
    row = redeemed_now()
    cancel(redeemed_id=row.id, refund=True, **by())

    with pytest.raises(NotActive):
        mark_used(redeemed_id=row.id, **by())
    with pytest.raises(NotActive):
        cancel(redeemed_id=row.id, refund=True, is_strict=True, **by())


def test_voucher_that_is_gone_cannot_be_used_whatever_the_clock_says(scope: Merchant) -> None:
    row = redeemed_now(days_valid=1)
    assert expire_due(unit=Unit.VOUCHER, actor=STAFF, now=timezone.now() + timedelta(days=9)).grants == 0
    expire(grant_id=row.grant_id, event="grant.expired", origin="grant", origin_id=row.grant_id, **about(row))

    with pytest.raises(NotActive, match="expired"), transaction.atomic():
        mark_used(redeemed_id=row.id, **by())
    with pytest.raises(NotActive, match="expired"), transaction.atomic():
        cancel(redeemed_id=row.id, refund=True, **by())


def test_coupon_that_ended_or_begins_while_somebody_waited_is_refused_in_words(scope: Merchant) -> None:
    coming = redeemed_now(days_until_active=1)
    with backdated(at=make.soon(days=-2)):
        ended = redeemed_now(days_valid=1, now=make.soon(days=-2))

    with pytest.raises(NotActive, match="expired"), transaction.atomic():
        mark_used(redeemed_id=ended.id, **by(now=make.soon(days=-1, hours=-1)))
    with pytest.raises(NotActive, match="not active yet"), transaction.atomic():
        mark_used(redeemed_id=coming.id, **by(now=make.soon(days=1, seconds=1)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["use", "cancel"])
def test_ten_presses_are_one(merchant: Merchant, together: Callable[..., Any], act: str) -> None:
    with merchant_scope(merchant):
        row = redeemed_now(reward_type=RewardType.GIFT)

    def press() -> None:
        with merchant_scope(merchant):
            if act == "use":
                mark_used(redeemed_id=row.id, **by())
            else:
                cancel(redeemed_id=row.id, refund=True, **by())

    outcomes = together(press, [()] * 10)

    assert [one.error for one in outcomes] == [None] * 10
    with merchant_scope(merchant):
        assert RedeemedChange.objects.filter(redeemed=row).count() == 2
        assert check_rewards(merchant.id) == []
        assert checks.run(merchant_id=merchant.id).findings == []


@pytest.mark.django_db(transaction=True)
def test_use_and_cancel_at_once_end_in_one_of_the_two(merchant: Merchant, together: Callable[..., Any]) -> None:
    with merchant_scope(merchant):
        row = redeemed_now()

    def act(name: str) -> None:
        with merchant_scope(merchant):
            if name == "use":
                mark_used(redeemed_id=row.id, **by())
            else:
                cancel(redeemed_id=row.id, refund=True, **by())

    outcomes = together(act, [("use",), ("cancel",)] * 4)

    with merchant_scope(merchant):
        found = fresh(row)
        assert (found.used_at is None) != (found.canceled_at is None)
        assert sum(one.error is not None for one in outcomes) == 4
        assert check_rewards(merchant.id) == []
