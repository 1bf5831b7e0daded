"""Any sequence of acts, beside a plain model of what they ought to do.

Every act is dated by the machine's own clock, which it turns forward as it likes, so that lots open and end between
two acts. After each step the books must say what the model says; after each run the checks must find nothing.
"""

# ruff: noqa: D102 - the rules of a machine say by their names what they do

import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger import checks, reports, selectors, services
from ledger.acts import Posted, Step
from ledger.errors import (
    AlreadyReversed,
    GrantNotUsable,
    LedgerConflict,
    LedgerRefused,
    NotEnough,
    NothingLeft,
    NotReversible,
)
from ledger.models import Account, Entry, Grant
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import Merchant
from tenancy.scope import current_merchant_id
from tests.ledger.acting import about
from tests.ledger.conftest import new_customer
from tests.support.searching import examples

FOR_EVER = datetime.max.replace(tzinfo=UTC)
AMOUNTS = st.integers(1, 120)
WAITS = st.sampled_from([0, 0, 0, 3, 30])
LIVES = st.sampled_from([None, 1, 5, 10, 30])
TERMS = st.tuples(AMOUNTS, WAITS, LIVES)


@dataclass
class Lot:
    """A grant as the model knows it."""

    id: uuid.UUID
    unit: Unit
    amount: int
    begin: datetime
    end: datetime | None
    left: int = 0

    @property
    def turn(self) -> tuple[datetime, datetime, uuid.UUID]:
        return (self.end or FOR_EVER, self.begin, self.id)

    def is_usable(self, at: datetime) -> bool:
        return self.begin <= at and not self.has_ended(at)

    def has_ended(self, at: datetime) -> bool:
        return self.end is not None and self.end <= at


@dataclass
class Did:
    """An act as the model knows it: what it moved, by lot, and where the lots' amounts went or came from."""

    told: dict[str, Any]
    steps: list[Step]
    moves: list[tuple[Lot, str, int]]
    posted: Posted
    reverses: "Did | None" = None
    is_reversed: bool = False


@dataclass
class Books:
    """The model: what every bucket should hold."""

    lots: dict[uuid.UUID, Lot] = field(default_factory=dict)
    buckets: dict[tuple[Unit, str], int] = field(default_factory=dict)

    def move(self, lot: Lot, bucket: str, signed: int) -> None:
        lot.left += signed
        key = (lot.unit, bucket)
        self.buckets[key] = self.buckets.get(key, 0) - signed

    def of(self, unit: Unit) -> list[Lot]:
        return sorted((lot for lot in self.lots.values() if lot.unit == unit), key=lambda lot: lot.turn)

    def plan(self, lots: list[Lot], amount: int) -> tuple[list[tuple[Lot, int]], int]:
        """Say how much to take from which lot, and how much is missing."""
        found = []
        for lot in lots:
            part = min(lot.left, amount)
            if part:
                found.append((lot, part))
                amount -= part
        return found, amount


class Ledger(RuleBasedStateMachine):
    """Acts on one customer of the merchant in scope."""

    @initialize(terms=st.lists(TERMS, min_size=3, max_size=6))
    def begin(self, terms: list[tuple[int, int, int | None]]) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.customer_id = new_customer(f"{new_id()}@example.com").id
        self.clock = datetime(2020, 1, 1, tzinfo=UTC)
        self.books = Books()
        self.done: list[Did] = []
        for amount, wait, life in terms:
            self.grant(Unit.POINT, amount, wait, life)
        self.grant(Unit.VOUCHER, 1, 0, 5)

    def teardown(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        try:
            assert checks.run(current_merchant_id()).findings == []
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    # ---- Acting

    def post(self, steps: list[Step], moves: list[tuple[Lot, str, int]], error: type[LedgerRefused] | None) -> Any:
        """Do it for real; apply the moves to the model, or expect the error and no change."""
        told = about(self.customer_id)
        if error:
            with services.backdated(at=self.clock), pytest.raises(error) as refused, transaction.atomic():
                services.post(steps=steps, **told)
            return refused.value
        with services.backdated(at=self.clock):
            posted = services.post(steps=steps, **told)
        self.remember(Did(told, steps, moves, posted))
        return posted

    def remember(self, did: Did) -> None:
        for lot, bucket, signed in did.moves:
            self.books.move(lot, bucket, signed)
        self.done.append(did)
        assert [(moved.grant_id, moved.amount) for moved in did.posted.moved] == [
            (lot.id, signed) for lot, _, signed in did.moves
        ]

    def new_lot(self, unit: Unit, amount: int, wait: int, life: int | None) -> tuple[Step, Lot]:
        begin = self.clock + timedelta(days=wait) if wait else None
        end = (begin or self.clock) + timedelta(days=life) if life else None
        step = Step.grant(unit=unit, amount=amount, valid_from=begin, expires_at=end)
        assert step.grant_id
        lot = Lot(step.grant_id, unit, amount, begin or self.clock, end)
        self.books.lots[lot.id] = lot
        return step, lot

    def grant(self, unit: Unit, amount: int, wait: int, life: int | None) -> None:
        step, lot = self.new_lot(unit, amount, wait, life)
        self.post([step], [(lot, "ISSUED", amount)], None)

    @rule(days=st.sampled_from([0, 1, 1, 3, 12]), seconds=st.integers(0, 86400))
    def wait(self, days: int, seconds: int) -> None:
        self.clock += timedelta(days=days, seconds=seconds)

    @rule(terms=TERMS)
    def earn(self, terms: tuple[int, int, int | None]) -> None:
        self.grant(Unit.POINT, *terms)

    @rule(life=LIVES)
    def issue_and_use(self, life: int | None) -> None:
        step, lot = self.new_lot(Unit.VOUCHER, 1, 0, life)
        draw = Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=lot.id)
        self.post([step, draw], [(lot, "ISSUED", 1), (lot, "REDEEMED", -1)], None)

    @rule(wait=WAITS, life=LIVES)
    def give(self, wait: int, life: int | None) -> None:
        self.grant(Unit.VOUCHER, 1, wait, life)

    @rule(amount=AMOUNTS)
    def spend(self, amount: int) -> None:
        steps = [Step.draw(unit=Unit.POINT, amount=amount)]
        usable = [lot for lot in self.books.of(Unit.POINT) if lot.is_usable(self.clock)]
        taken, missing = self.books.plan(usable, amount)
        if missing:
            assert self.post(steps, [], NotEnough).missing == missing
        else:
            self.post(steps, [(lot, "REDEEMED", -part) for lot, part in taken], None)

    @rule(amount=AMOUNTS)
    def redeem(self, amount: int) -> None:
        usable = [lot for lot in self.books.of(Unit.POINT) if lot.is_usable(self.clock)]
        taken, missing = self.books.plan(usable, amount)
        draw = Step.draw(unit=Unit.POINT, amount=amount)
        if missing:
            self.post([draw, Step.grant(unit=Unit.VOUCHER, amount=1)], [], NotEnough)
            return
        step, lot = self.new_lot(Unit.VOUCHER, 1, 0, 10)
        self.post([draw, step], [*((lot, "REDEEMED", -part) for lot, part in taken), (lot, "ISSUED", 1)], None)

    @precondition(lambda self: self.books.of(Unit.VOUCHER))
    @rule(data=st.data())
    def use(self, data: Any) -> None:
        lot = data.draw(st.sampled_from(self.books.of(Unit.VOUCHER)))
        steps = [Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=lot.id)]
        reason = (
            "expired" if lot.has_ended(self.clock) else "empty" if not lot.left else "pending"
            if lot.begin > self.clock else ""
        )  # fmt: skip
        if reason:
            assert self.post(steps, [], GrantNotUsable).reason == reason
        else:
            self.post(steps, [(lot, "REDEEMED", -1)], None)

    @precondition(lambda self: self.books.lots)
    @rule(data=st.data())
    def expire(self, data: Any) -> None:
        lot = data.draw(st.sampled_from(list(self.books.lots.values())))
        steps = [Step.expire(grant_id=lot.id)]
        if lot.left:
            self.post(steps, [(lot, "EXPIRED", -lot.left)], None)
        else:
            self.post(steps, [], NothingLeft)

    @precondition(lambda self: self.books.lots)
    @rule(data=st.data(), amount=AMOUNTS | st.none())
    def revoke(self, data: Any, amount: int | None) -> None:
        lot = data.draw(st.sampled_from(list(self.books.lots.values())))
        part = min(lot.left, amount or lot.left)
        moves = [(lot, "REVOKED", -part)] if part else []
        posted = self.post([Step.revoke(grant_id=lot.id, amount=amount)], moves, None)
        assert posted.shortfall == (amount - part if amount else 0)

    @rule(amount=AMOUNTS)
    def revoke_points(self, amount: int) -> None:
        standing = [lot for lot in self.books.of(Unit.POINT) if not lot.has_ended(self.clock)]
        taken, missing = self.books.plan(standing, amount)
        moves = [(lot, "REVOKED", -part) for lot, part in taken]
        posted = self.post([Step.revoke(unit=Unit.POINT, amount=amount)], moves, None)
        assert posted.shortfall == missing

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def undo(self, data: Any) -> None:
        did = data.draw(st.sampled_from(self.done))
        error, back, lapsed = self.expect_of_undo(did)
        told = about(self.customer_id)
        if error:
            with services.backdated(at=self.clock), pytest.raises(error), transaction.atomic():
                services.reverse(reverses=did.posted.entry_id, **told)
            return
        with services.backdated(at=self.clock):
            posted = services.reverse(reverses=did.posted.entry_id, **told)
        did.is_reversed = True
        self.remember(Did(told, [], back + lapsed, posted, reverses=did))

    def expect_of_undo(self, did: Did) -> tuple[type[LedgerRefused] | None, list[Any], list[Any]]:
        if did.reverses:
            return NotReversible, [], []
        if did.is_reversed:
            return AlreadyReversed, [], []
        left = {lot.id: lot.left for lot, _, _ in did.moves}
        back = [(lot, bucket, -signed) for lot, bucket, signed in reversed(did.moves)]
        for lot, bucket, signed in back:
            left[lot.id] += signed
            if left[lot.id] < 0 or (bucket == "EXPIRED" and lot.has_ended(self.clock)):
                return NotReversible, [], []
        issued = {lot.id for lot, bucket, _ in did.moves if bucket == "ISSUED"}
        lapsed = [
            (lot, "EXPIRED", -signed)
            for lot, _, signed in back
            if signed > 0 and lot.has_ended(self.clock) and lot.id not in issued
        ]
        return None, back, lapsed

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def say_again(self, data: Any) -> None:
        did = data.draw(st.sampled_from(self.done))
        with services.backdated(at=self.clock):
            if did.reverses:
                again = services.reverse(reverses=did.reverses.posted.entry_id, **did.told)
            else:
                again = services.post(steps=did.steps, **did.told)
        assert again == replace(did.posted, replayed=True)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def say_otherwise(self, data: Any) -> None:
        did = data.draw(st.sampled_from([did for did in self.done if not did.reverses]))
        with services.backdated(at=self.clock), pytest.raises(LedgerConflict), transaction.atomic():
            services.post(steps=did.steps, **did.told | {"event": "test.other"})

    @rule(limit=st.sampled_from([1, 100]))
    def sweep(self, limit: int) -> None:
        due = [lot for lot in self.books.of(Unit.POINT) if lot.has_ended(self.clock) and lot.left]
        due = sorted(due, key=lambda lot: (lot.end, lot.id))[:limit]
        swept = services.expire_due(unit=Unit.POINT, actor=Actor.system(), now=self.clock, limit=limit)
        assert (swept.grants, swept.amount) == (len(due), sum(lot.left for lot in due))
        for lot in due:
            self.books.move(lot, "EXPIRED", -lot.left)

    # ---- What must hold

    @invariant()
    def hold_what_the_model_holds(self) -> None:
        if not hasattr(self, "books"):
            return
        lots = self.books.lots
        assert dict(Grant.objects.filter(id__in=lots).values_list("id", "remaining")) == {
            lot.id: lot.left for lot in lots.values()
        }
        for unit in Unit:
            held = sum(lot.left for lot in self.books.of(unit))
            account = Account.objects.filter(customer_id=self.customer_id, unit=unit).first()
            assert (account.balance if account else 0) == held
            found = selectors.holding(customer_id=self.customer_id, unit=unit, at=self.clock)
            assert found.usable == sum(lot.left for lot in self.books.of(unit) if lot.is_usable(self.clock))
            assert found.usable + found.pending == sum(
                lot.left for lot in self.books.of(unit) if not lot.has_ended(self.clock)
            )

    @invariant()
    def draw_in_the_order_of_the_model(self) -> None:
        if not hasattr(self, "books"):
            return
        usable = [lot.id for lot in self.books.of(Unit.POINT) if lot.left and lot.is_usable(self.clock)]
        found = selectors.open_grants(customer_id=self.customer_id, unit=Unit.POINT, at=self.clock)
        assert [grant.id for grant in found] == usable

    @invariant()
    def account_for_everything(self) -> None:
        if not hasattr(self, "books"):
            return
        for unit in Unit:
            want = {bucket: self.books.buckets.get((unit, bucket), 0) for bucket in ("REDEEMED", "EXPIRED", "REVOKED")}
            found = reports.turnover(unit=unit)
            assert {"REDEEMED": found.spent, "EXPIRED": found.expired, "REVOKED": found.revoked} == want
            assert found.issued == -self.books.buckets.get((unit, "ISSUED"), 0)

    @invariant()
    def keep_one_entry_for_each_act(self) -> None:
        if not hasattr(self, "done"):
            return
        keys = {did.told["key"] for did in self.done}
        assert Entry.objects.filter(idempotency_key__in=keys).count() == len(self.done)


@pytest.mark.proof
def test_any_sequence_of_acts_keeps_the_books(scope: Merchant) -> None:
    run_state_machine_as_test(
        Ledger,
        settings=examples(10),
    )
