"""Earning by purchases, giving back by returns, and points by hand."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from ledger.models import Entry, Grant
from ledger.selectors import holding, usable_balance
from ledger.services import backdated, expire_due
from ledger.units import Unit
from loyalty.checks import check_rewards
from loyalty.earning import points_for, returned_in_all, validity
from loyalty.errors import (
    CurrencyMismatch,
    KeyReused,
    NotAllowed,
    NotEnoughPoints,
    PurchaseExists,
    ReasonNeeded,
    ReturnExceedsPurchase,
)
from loyalty.models import LoyaltySettings, PointAdjustment, Purchase, PurchaseReturn
from loyalty.services.adjustments import adjust, approve, decline
from loyalty.services.purchases import record_purchase, record_return
from loyalty.statement import statement
from loyalty.states import AdjustmentState, Expiry, Rounding
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make

ANN, BEN = Actor("user", uuid.UUID(int=1)), Actor("user", uuid.UUID(int=2))


def rules(**values: Any) -> LoyaltySettings:
    made: LoyaltySettings = LoyaltySettings.made_with(**values)
    made.save()
    return made


def buy(who: Any, amount: str = "20.00", reference: str = "", **values: Any) -> Purchase:
    now = values.pop("now", None) or timezone.now()
    return record_purchase(
        customer_id=who.id,
        reference=reference or uuid.uuid4().hex,
        amount=Decimal(amount),
        currency=values.pop("currency", "USD"),
        occurred_at=now,
        actor=ANN,
        now=now,
    )


def bring_back(purchase: Purchase, amount: str, reference: str = "") -> PurchaseReturn:
    return record_return(
        purchase_id=purchase.id,
        reference=reference or uuid.uuid4().hex,
        amount=Decimal(amount),
        actor=ANN,
        now=timezone.now(),
    )


def active(who: Any) -> int:
    return usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now())


@pytest.mark.parametrize(
    ("amount", "per_unit", "minimum", "rounding", "points"),
    [
        ("19.99", "1", "0", Rounding.DOWN, 19),
        ("19.50", "1", "0", Rounding.NEAREST, 20),
        ("19.49", "1", "0", Rounding.NEAREST, 19),
        ("19.01", "1", "0", Rounding.UP, 20),
        ("19.99", "0.5", "20", Rounding.UP, 0),
        ("20.00", "0.5", "20", Rounding.DOWN, 10),
        ("0.00", "3", "0", Rounding.UP, 0),
        ("100.00", "0", "0", Rounding.UP, 0),
    ],
)
def test_counts_points_by_the_rule(amount: str, per_unit: str, minimum: str, rounding: str, points: int) -> None:
    rule = LoyaltySettings(points_per_unit=Decimal(per_unit), minimum_amount=Decimal(minimum), rounding=rounding)

    assert points_for(Decimal(amount), rule) == points


def test_points_never_expire_before_they_can_be_spent() -> None:
    rule = LoyaltySettings(lock_days=14, expiry=Expiry.END_OF_MONTH, expiry_months=0)
    earned = datetime(2026, 1, 31, 12, tzinfo=UTC)

    lasts = validity(earned, rule, ZoneInfo("UTC"))

    assert lasts.valid_from == datetime(2026, 2, 14, 12, tzinfo=UTC)
    assert lasts.expires_at == datetime(2026, 3, 1, tzinfo=UTC)


@given(
    points=st.integers(0, 100_000),
    cents=st.integers(1, 1_000_000),
    parts=st.lists(st.integers(1, 400_000), max_size=6),
)
def test_returns_in_parts_take_what_one_return_takes(points: int, cents: int, parts: list[int]) -> None:
    amount, returned, taken = Decimal(cents) / 100, Decimal(0), 0
    for part in parts:
        if returned + Decimal(part) / 100 > amount:
            break
        returned += Decimal(part) / 100
        now = returned_in_all(points, amount=amount, returned=returned)
        assert now >= taken
        taken = now
    assert taken <= points
    assert returned_in_all(points, amount=amount, returned=amount) == points


@pytest.mark.django_db
def test_purchase_earns_one_lot_with_lock_and_end(scope: Merchant) -> None:
    rules(points_per_unit=2, lock_days=3, expiry=Expiry.AFTER_DAYS, expiry_days=10)
    who = make.customer()

    purchase = buy(who, "12.60")

    lot = Grant.objects.get(id=purchase.grant_id)
    assert purchase.points_earned == lot.amount == 25
    assert lot.expires_at == purchase.occurred_at + timedelta(days=10)
    assert holding(customer_id=who.id, unit=Unit.POINT, at=timezone.now()).pending == 25
    assert active(who) == 0
    assert usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now() + timedelta(days=3, seconds=5)) == 25
    assert check_rewards(scope.id) == []


@pytest.mark.django_db
def test_purchase_without_rules_is_recorded_and_earns_nothing(scope: Merchant) -> None:
    purchase = buy(make.customer())

    assert (purchase.points_earned, purchase.grant_id) == (0, None)
    assert Entry.objects.get(id=purchase.entry_id).event == "purchase.recorded"


@pytest.mark.django_db
def test_same_purchase_twice_is_one_and_another_is_refused(scope: Merchant) -> None:
    rules()
    who = make.customer()

    assert buy(who, reference="4711").id == buy(who, reference="4711").id
    with pytest.raises(PurchaseExists):
        buy(who, "21.00", reference="4711")
    with pytest.raises(PurchaseExists):
        buy(make.customer(), reference="4711")
    assert active(who) == 20


@pytest.mark.django_db
def test_foreign_currency_is_refused(scope: Merchant) -> None:
    with pytest.raises(CurrencyMismatch, match="USD"):
        buy(make.customer(), currency="EUR")


@pytest.mark.django_db
def test_return_takes_its_share_from_the_purchases_own_lot(scope: Merchant) -> None:
    rules()
    who = make.customer()
    other = buy(who, "100.00")
    purchase = buy(who, "30.00")

    back = bring_back(purchase, "10.00")

    assert (back.points_returned, back.shortfall) == (10, 0)
    assert Grant.objects.get(id=purchase.grant_id).remaining == 20
    assert Grant.objects.get(id=other.grant_id).remaining == 100
    assert check_rewards(scope.id) == []


@pytest.mark.django_db
def test_return_of_spent_points_records_the_shortfall(scope: Merchant) -> None:
    rules()
    who = make.customer()
    purchase = buy(who, "100.00")
    make.take(make.reward(cost_in_points=70), who)

    back = bring_back(purchase, "100.00")

    assert (back.points_returned, back.shortfall) == (30, 70)
    assert active(who) == 0
    assert check_rewards(scope.id) == []


@pytest.mark.django_db
@pytest.mark.parametrize("is_swept", [False, True])
def test_return_takes_nothing_of_points_that_have_ended(scope: Merchant, is_swept: bool) -> None:
    rules(expiry=Expiry.AFTER_DAYS, expiry_days=10)
    who = make.customer()
    with backdated(at=make.soon(days=-20)):
        purchase = buy(who, "100.00", now=make.soon(days=-20))
    if is_swept:
        expire_due(unit=Unit.POINT, actor=ANN, now=timezone.now())

    back = bring_back(purchase, "40.00")

    assert (back.points_returned, back.shortfall) == (0, 40)
    lines = statement(customer_id=who.id)
    assert [(line.event, line.points, line.points_after) for line in lines] == [
        ("grant.expired", -100, 0),
        ("purchase.recorded", 100, 100),
    ]
    assert check_rewards(scope.id) == []


@pytest.mark.django_db
def test_more_cannot_be_returned_than_was_bought(scope: Merchant) -> None:
    rules()
    purchase = buy(make.customer(), "30.00")
    bring_back(purchase, "20.00", reference="r1")

    assert bring_back(purchase, "20.00", reference="r1").amount == 20
    with pytest.raises(ReturnExceedsPurchase):
        bring_back(purchase, "10.01")
    with pytest.raises(PurchaseExists):
        bring_back(purchase, "5.00", reference="r1")


@pytest.mark.django_db(transaction=True)
def test_parallel_returns_never_exceed_the_purchase(merchant: Merchant, together: Callable[..., Any]) -> None:
    with merchant_scope(merchant):
        rules()
        purchase = buy(make.customer(), "30.00")

    def one() -> None:
        with merchant_scope(merchant):
            bring_back(purchase, "10.00")

    outcomes = together(one, [()] * 8)

    assert sum(one.error is None for one in outcomes) == 3
    with merchant_scope(merchant):
        assert Grant.objects.get(id=purchase.grant_id).remaining == 0
        assert check_rewards(merchant.id) == []


@pytest.mark.django_db(transaction=True)
def test_parallel_messages_of_one_purchase_earn_once(merchant: Merchant, together: Callable[..., Any]) -> None:
    with merchant_scope(merchant):
        rules()
        who = make.customer()

    def one() -> uuid.UUID:
        with merchant_scope(merchant):
            return buy(who, reference="4711").id

    outcomes = together(one, [()] * 10)

    assert [one.error for one in outcomes] == [None] * 10
    assert len({one.value for one in outcomes}) == 1
    with merchant_scope(merchant):
        assert active(who) == 20


def ask(who: Any, points: int, *, actor: Actor = ANN, key: str = "", reason: str = "Goodwill") -> PointAdjustment:
    return adjust(
        customer_id=who.id,
        points=points,
        reason=reason,
        op_key=key or uuid.uuid4().hex,
        actor=actor,
        now=timezone.now(),
    )


@pytest.mark.django_db
def test_adjustment_below_the_limit_happens_at_once(scope: Merchant) -> None:
    rules(approval_above=500)
    who = make.customer()

    given, taken = ask(who, 500), ask(who, -120)

    assert (given.state, taken.state) == (AdjustmentState.DONE, AdjustmentState.DONE)
    assert active(who) == 380


@pytest.mark.django_db
def test_adjustment_above_the_limit_waits_for_a_second_person(scope: Merchant) -> None:
    rules(approval_above=500)
    who = make.customer()
    row = ask(who, 501)

    assert (row.state, active(who)) == (AdjustmentState.WAITING, 0)
    with pytest.raises(NotAllowed, match="Somebody else"):
        approve(adjustment_id=row.id, actor=ANN, now=timezone.now())
    approve(adjustment_id=row.id, actor=BEN, now=timezone.now())
    approve(adjustment_id=row.id, actor=BEN, now=timezone.now())
    with pytest.raises(NotAllowed, match="decided"):
        decline(adjustment_id=row.id, actor=BEN, now=timezone.now())
    assert active(who) == 501


@pytest.mark.django_db
def test_database_holds_that_two_people_decide(scope: Merchant) -> None:
    rules(approval_above=1)
    row = ask(make.customer(), 5)

    with pytest.raises(IntegrityError), transaction.atomic():
        PointAdjustment.objects.filter(id=row.id).update(decided_by=str(ANN))


@pytest.mark.django_db
def test_declined_adjustment_moves_nothing(scope: Merchant) -> None:
    rules(approval_above=0)
    who = make.customer()
    row = ask(who, 5)

    assert decline(adjustment_id=row.id, actor=BEN, now=timezone.now()).state == AdjustmentState.DECLINED
    assert active(who) == 0


@pytest.mark.django_db
def test_no_more_is_taken_than_there_is(scope: Merchant) -> None:
    who = make.customer()
    make.points(who, 30)

    with pytest.raises(NotEnoughPoints) as refused:
        ask(who, -50)

    assert refused.value.missing == 20
    assert active(who) == 30
    assert not PointAdjustment.objects.exists()


@pytest.mark.django_db
def test_adjustment_needs_a_reason_a_number_and_its_own_key(scope: Merchant) -> None:
    who = make.customer()

    with pytest.raises(ReasonNeeded):
        ask(who, 5, reason="  ")
    with pytest.raises(NotAllowed):
        ask(who, 0)
    assert ask(who, 5, key="k").id == ask(who, 5, key="k").id
    with pytest.raises(KeyReused):
        ask(who, 6, key="k")
