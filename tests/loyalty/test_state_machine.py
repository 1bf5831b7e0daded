"""Any sequence of shopping, redeeming, using, canceling and sweeping, beside a plain model of the points.

Every act is dated by the machine's own clock, which it turns forward as it likes, so that lots and coupons open and end
between two acts. After each step the points must be what the model says; after each run `check_ledger` finds nothing.
"""

# ruff: noqa: D102 - the rules of a machine say by their names what they do

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger import checks, selectors
from ledger.models import Grant
from ledger.services import backdated, expire_due
from ledger.units import Unit
from loyalty import coupons
from loyalty.coupon import status_of
from loyalty.earning import points_for, returned_in_all, validity
from loyalty.errors import NotEnoughPoints, Refused
from loyalty.models import LoyaltySettings, Purchase, PurchaseReturn, RedeemedReward
from loyalty.services.adjustments import adjust
from loyalty.services.canceling import cancel
from loyalty.services.purchases import record_purchase, record_return
from loyalty.services.redeeming import redeem
from loyalty.services.using import mark_unused, mark_used, set_delivery
from loyalty.states import CouponStatus, DeliveryStatus, Expiry, RewardType, Source
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import current_merchant_id
from tenancy.selectors import merchant_zone
from tests.loyalty import factories as make
from tests.support.searching import examples

FOR_EVER = datetime.max.replace(tzinfo=UTC)
ANN = Actor("user", uuid.UUID(int=1))
REWARDS: tuple[dict[str, Any], ...] = (
    {"cost_in_points": 30, "days_valid": 5},
    {"cost_in_points": 55, "reward_type": RewardType.GIFT, "total_limit": 4},
    {"cost_in_points": 80, "days_until_active": 2, "days_valid": 9, "customer_limit": 3},
    {"cost_in_points": 10},
)


@dataclass
class Lot:
    """A lot as the model knows it."""

    id: uuid.UUID
    begin: datetime
    end: datetime | None
    left: int

    @property
    def turn(self) -> tuple[datetime, datetime, uuid.UUID]:
        return (self.end or FOR_EVER, self.begin, self.id)

    def has_ended(self, at: datetime) -> bool:
        return self.end is not None and self.end <= at


@dataclass
class Bought:
    """A purchase as the model knows it: its lot, its amount, what came back, and which points returns did not find."""

    row: Purchase
    lot: Lot | None
    returned: Decimal = Decimal(0)
    missing: int = 0


@dataclass
class Taken:
    """A redeemed reward as the model knows it, and which lots paid for it."""

    id: uuid.UUID
    key: str
    reward: Any
    paid: list[tuple[Lot, int]] = field(default_factory=list)


class Shop(RuleBasedStateMachine):
    """One customer of the merchant in scope."""

    @initialize(rules=st.tuples(st.sampled_from([0, 2]), st.sampled_from(list(Expiry))))
    def begin(self, rules: tuple[int, str]) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.clock = datetime(2020, 2, 1, 9, tzinfo=UTC)
        self.customer = make.customer()
        lock_days, expiry = rules
        self.terms = LoyaltySettings.made_with(lock_days=lock_days, expiry=expiry, expiry_days=12)
        self.terms.save()
        self.rewards = [make.reward(**told) for told in REWARDS]
        self.lots: list[Lot] = []
        self.bought: list[Bought] = []
        self.taken: list[Taken] = []
        self.buy(cents=15_000)

    def teardown(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        try:
            assert checks.run(current_merchant_id()).findings == []
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    # ---- The model

    def usable(self) -> list[Lot]:
        at = self.clock
        return sorted((lot for lot in self.lots if lot.begin <= at and not lot.has_ended(at)), key=lambda lot: lot.turn)

    def plan(self, lots: list[Lot], points: int) -> tuple[list[tuple[Lot, int]], int]:
        found = []
        for lot in lots:
            part = min(lot.left, points)
            if part:
                found.append((lot, part))
                points -= part
        return found, points

    def earned(self, grant_id: Any, points: int, *, is_locked: bool) -> Lot:
        lasts = validity(self.clock, self.terms, merchant_zone())
        lot = Lot(grant_id, lasts.valid_from if is_locked else self.clock, lasts.expires_at, points)
        self.lots.append(lot)
        return lot

    def done(self, act: Callable[[], Any]) -> Any:
        """Do it at the machine's time; return what came of it, or the refusal, of which nothing stays."""
        try:
            with transaction.atomic(), backdated(at=self.clock):
                return act()
        except Refused as refused:
            return refused

    # ---- Acting

    @rule(days=st.sampled_from([0, 1, 1, 3, 12]), seconds=st.integers(0, 86_400))
    def wait(self, days: int, seconds: int) -> None:
        self.clock += timedelta(days=days, seconds=seconds)

    @rule(cents=st.integers(0, 12_000))
    def buy(self, cents: int) -> None:
        told: dict[str, Any] = {"customer_id": self.customer.id, "reference": uuid.uuid4().hex}
        told |= {"amount": Decimal(cents) / 100, "currency": "USD", "occurred_at": self.clock, "now": self.clock}
        row = self.done(lambda: record_purchase(**told, actor=ANN))
        points = points_for(row.amount, self.terms)
        assert row.points_earned == points
        self.bought.append(Bought(row, self.earned(row.grant_id, points, is_locked=True) if points else None))

    @precondition(lambda self: self.bought)
    @rule(data=st.data(), share=st.integers(1, 100))
    def bring_back(self, data: Any, share: int) -> None:
        one = data.draw(st.sampled_from(self.bought))
        amount = (one.row.amount * share / 100).quantize(Decimal("0.01"))
        if not amount:
            return
        told: dict[str, Any] = {
            "purchase_id": one.row.id,
            "reference": uuid.uuid4().hex,
            "amount": amount,
            "actor": ANN,
        }
        row = self.done(lambda: record_return(**told, now=self.clock))
        if one.returned + amount > one.row.amount:
            assert isinstance(row, Refused)
            return
        before, after = (
            returned_in_all(one.row.points_earned, amount=one.row.amount, returned=sum_)
            for sum_ in (one.returned, one.returned + amount)
        )
        one.returned += amount
        # What is left in a lot that has ended is no longer the customer's to give back.
        part = min(after - before, one.lot.left) if one.lot and not one.lot.has_ended(self.clock) else 0
        assert (row.points_returned, row.shortfall) == (part, after - before - part)
        one.missing += row.shortfall
        if one.lot:
            one.lot.left -= part

    @rule(points=st.integers(-90, 90).filter(bool))
    def adjust(self, points: int) -> None:
        told: dict[str, Any] = {"customer_id": self.customer.id, "points": points, "op_key": uuid.uuid4().hex}
        row = self.done(lambda: adjust(**told, reason="Sorry", actor=ANN, now=self.clock))
        if points > 0:
            self.earned(Grant.objects.get(entry_id=row.entry_id).id, points, is_locked=False)
            return
        standing = sorted((lot for lot in self.lots if not lot.has_ended(self.clock)), key=lambda lot: lot.turn)
        paid, missing = self.plan(standing, -points)
        assert isinstance(row, NotEnoughPoints) == bool(missing)
        if not missing:
            self.spend(paid)

    def spend(self, paid: list[tuple[Lot, int]]) -> None:
        for lot, part in paid:
            lot.left -= part

    @rule(number=st.integers(0, len(REWARDS) - 1), is_free=st.booleans())
    def redeem(self, number: int, is_free: bool) -> None:
        reward, key = self.rewards[number], uuid.uuid4().hex
        source = Source.GRANTED if is_free else Source.COCKPIT
        row = self.done(lambda: self.ask(reward, key, source))
        paid, missing = self.plan(self.usable(), 0 if is_free else reward.cost_in_points)
        if isinstance(row, Refused):
            assert missing or row.code in {"sold_out", "limit_reached"}
            return
        assert not missing
        self.spend(paid)
        assert row.active_points_after == sum(lot.left for lot in self.usable())
        self.taken.append(Taken(row.id, key, reward, paid))

    def ask(self, reward: Any, key: str, source: Source) -> RedeemedReward:
        told: dict[str, Any] = {
            "reward_id": reward.id,
            "customer_id": self.customer.id,
            "op_key": key,
            "source": source,
        }
        return redeem(**told, actor=ANN, now=self.clock, reason="For the birthday")

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def redeem_again_by_the_same_key(self, data: Any) -> None:
        one = data.draw(st.sampled_from(self.taken))
        assert self.done(lambda: self.ask(one.reward, one.key, Source.COCKPIT)).id == one.id

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), refund=st.booleans())
    def cancel(self, data: Any, refund: bool) -> None:
        one = data.draw(st.sampled_from(self.taken))
        row = RedeemedReward.objects.get(id=one.id)
        status, is_used = status_of(row, at=self.clock), row.used_at is not None
        after = self.done(lambda: cancel(redeemed_id=one.id, refund=refund, actor=ANN, now=self.clock))
        if status == CouponStatus.CANCELED:
            assert after.is_refunded == row.is_refunded
            return
        assert isinstance(after, Refused) == (status == CouponStatus.EXPIRED or is_used)
        if refund and not isinstance(after, Refused):
            for lot, part in one.paid:
                # What comes back to a lot that has ended expires again at once.
                lot.left += 0 if lot.has_ended(self.clock) else part
            self.claw_back()

    def claw_back(self) -> None:
        """What comes back to the lot of a purchase goes to its returns first."""
        for one in self.bought:
            if one.lot and not one.lot.has_ended(self.clock):
                part = min(one.missing, one.lot.left)
                one.missing, one.lot.left = one.missing - part, one.lot.left - part
        found = PurchaseReturn.objects.aggregate(missing=Sum("shortfall"))["missing"]
        assert (found or 0) == sum(one.missing for one in self.bought)

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def use_or_take_back(self, data: Any) -> None:
        one = data.draw(st.sampled_from(self.taken))
        row = RedeemedReward.objects.get(id=one.id)
        act = mark_unused if row.used_at else mark_used
        after = self.done(lambda: act(redeemed_id=one.id, actor=ANN, now=self.clock))
        is_fixed = row.delivery_status in (DeliveryStatus.SHIPPED, DeliveryStatus.DELIVERED)
        wanted = status_of(row, at=self.clock) == CouponStatus.ACTIVE and not is_fixed
        assert isinstance(after, Refused) != wanted

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), status=st.sampled_from([one for one in DeliveryStatus if one]))
    def ship(self, data: Any, status: DeliveryStatus) -> None:
        one = data.draw(st.sampled_from(self.taken))
        self.done(lambda: set_delivery(redeemed_id=one.id, status=status, actor=ANN, now=self.clock))

    @rule(limit=st.sampled_from([1, 100]))
    def sweep(self, limit: int) -> None:
        due = sorted((lot for lot in self.lots if lot.has_ended(self.clock) and lot.left), key=lambda lot: lot.turn)
        swept = expire_due(unit=Unit.POINT, actor=Actor.system(), now=self.clock, limit=limit)
        assert swept.grants == min(len(due), limit)
        gone = Grant.objects.filter(id__in=[lot.id for lot in due], remaining=0).values_list("id", flat=True)
        for lot in due:
            lot.left = 0 if lot.id in set(gone) else lot.left

    @rule()
    def sweep_coupons(self) -> None:
        for step in (coupons.activate_due, coupons.expire_coupons, coupons.expire_vouchers):
            step(now=self.clock)
        for row in RedeemedReward.objects.all():
            assert row.coupon_status == status_of(row, at=self.clock)

    # ---- What must hold

    @invariant()
    def hold_what_the_model_holds(self) -> None:
        if not hasattr(self, "lots"):
            return
        found = dict(Grant.objects.filter(unit=Unit.POINT).values_list("id", "remaining"))
        assert found == {lot.id: lot.left for lot in self.lots}
        told: dict[str, Any] = {"customer_id": self.customer.id, "unit": Unit.POINT, "at": self.clock}
        assert selectors.usable_balance(**told) == sum(lot.left for lot in self.usable())
        order = [lot.id for lot in self.usable() if lot.left]
        assert [grant.id for grant in selectors.open_grants(**told)] == order


@pytest.mark.proof
@pytest.mark.slow
@pytest.mark.django_db
def test_any_sequence_of_acts_keeps_points_rewards_and_books(scope: Merchant) -> None:
    run_state_machine_as_test(
        Shop,
        settings=examples(8),
    )
