"""Many at once, with real commits: nothing is spent twice, nothing is lost, and without the guards it would be."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection

from ledger import checks, services
from ledger.acts import Act, Posted, Step
from ledger.errors import AlreadyReversed, NotEnough
from ledger.models import Entry
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.ledger.acting import about, ago, ahead, balance, earn, give, left, now, spend
from tests.ledger.conftest import new_customer
from tests.support.threads import Outcome
from tests.support.waiting import until

Together = Callable[..., list[Outcome]]
Superuser = psycopg.Connection[tuple[Any, ...]]

SUPPLY = 300
SUMS = """
SELECT a.balance, (SELECT coalesce(sum(remaining), 0) FROM ledger.grants WHERE account_id = a.id),
    (SELECT coalesce(sum(CASE WHEN target_id = a.id THEN amount ELSE -amount END), 0) FROM ledger.movements
     WHERE a.id IN (source_id, target_id))
FROM ledger.accounts a WHERE a.customer_id = %s AND a.unit = 'POINT'
"""
WAITS = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
END_NOW = "UPDATE ledger.grants SET expires_at = clock_timestamp() WHERE id = %s"


def draw_often(merchant: Merchant, customer_id: uuid.UUID, times: int) -> Counter[str]:
    """Draw one point again and again, each in a transaction of its own, and count how it went."""
    went: Counter[str] = Counter()
    for _ in range(times):
        try:
            with merchant_scope(merchant):
                spend(customer_id, 1)
            went["drawn"] += 1
        except NotEnough:
            went["not enough"] += 1
        except IntegrityError:
            went["stopped by a constraint"] += 1
    return went


def draw_all_at_once(
    together: Together, merchant: Merchant, customer_id: uuid.UUID, drawers: int, times: int
) -> Counter[str]:
    outcomes = together(draw_often, [(merchant, customer_id, times)] * drawers)
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    return sum((outcome.value for outcome in outcomes), Counter())


@contextmanager
def watched(merchant: Merchant, customer_id: uuid.UUID) -> Iterator[list[tuple[int, int, int]]]:
    """Read the customer's three sums all the while, each time by one statement."""
    seen: list[tuple[int, int, int]] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.005):
            with merchant_scope(merchant), connection.cursor() as cursor:
                cursor.execute(SUMS, [customer_id])
                seen.append(cursor.fetchone())
        connection.close()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join(30)


@pytest.fixture
def rich(merchant: Merchant, committed_customer: uuid.UUID) -> uuid.UUID:
    """A customer with points in thirty lots."""
    with merchant_scope(merchant):
        for number in range(30):
            earn(committed_customer, SUPPLY // 30, expires_at=ahead(days=number + 1))
    return committed_customer


@pytest.mark.slow
def test_fifty_drawers_spend_exactly_what_is_there(merchant: Merchant, rich: uuid.UUID, together: Together) -> None:
    with watched(merchant, rich) as seen:
        went = draw_all_at_once(together, merchant, rich, drawers=50, times=10)
    assert went == {"drawn": SUPPLY, "not enough": 500 - SUPPLY}
    assert len(seen) >= 3  # it was read in the middle, however slow the machine
    assert [sums for sums in seen if len({int(one) for one in sums}) != 1] == []
    with merchant_scope(merchant):
        assert balance(rich) == 0
    assert checks.run(merchant.id).findings == []


# ---- The same with the guards taken away, in this worker's throwaway database.

LIMITS = {
    "accounts": "accounts_never_below_zero",
    "grants": "grants_remaining_within",
    "movements": "movements_never_below_zero",
}


@contextmanager
def changed_function(superuser: Superuser, name: str, old: str, new: str) -> Iterator[None]:
    """Replace a part of a function for a while."""
    row = superuser.execute("SELECT pg_get_functiondef(%s::regproc)", [f"ledger.{name}"]).fetchone()
    assert row is not None
    assert old in row[0]
    superuser.execute(row[0].replace(old, new))
    try:
        yield
    finally:
        superuser.execute(row[0])


@contextmanager
def without_limits(superuser: Superuser) -> Iterator[None]:
    """Drop the CHECK constraints that keep amounts from going below zero."""
    rules = {}
    for table, name in LIMITS.items():
        row = superuser.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        rules[table] = row.fetchone()[0].removesuffix(" NOT VALID")  # type: ignore[index]
        superuser.execute(f"ALTER TABLE ledger.{table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        for table, name in LIMITS.items():
            superuser.execute(f"ALTER TABLE ledger.{table} ADD CONSTRAINT {name} {rules[table]} NOT VALID")


@contextmanager
def without(superuser: Superuser, *, lock: bool, limits: bool) -> Iterator[None]:
    """Take guards away; make every draw dawdle between looking and taking, so that the others can get in between."""
    look = "v_part := least(v_grant.remaining, v_need);"
    with ExitStack() as stack:
        stack.enter_context(changed_function(superuser, "take_in_order", look, f"PERFORM pg_sleep(0.03); {look}"))
        if lock:
            stack.enter_context(changed_function(superuser, "hold", "FOR NO KEY UPDATE", ""))
        if limits:
            stack.enter_context(without_limits(superuser))
        yield


@pytest.fixture
def poor(merchant: Merchant, committed_customer: uuid.UUID) -> uuid.UUID:
    """A customer with ten points in one lot."""
    with merchant_scope(merchant):
        earn(committed_customer, 10)
    return committed_customer


def drawn(together: Together, merchant: Merchant, customer_id: uuid.UUID) -> Counter[str]:
    return draw_all_at_once(together, merchant, customer_id, drawers=12, times=5)


def test_dawdling_alone_changes_nothing(
    merchant: Merchant, poor: uuid.UUID, together: Together, superuser_connection: Superuser
) -> None:
    with without(superuser_connection, lock=False, limits=False):
        assert drawn(together, merchant, poor) == {"drawn": 10, "not enough": 50}


def test_without_the_lock_the_constraints_still_hold(
    merchant: Merchant, poor: uuid.UUID, together: Together, superuser_connection: Superuser
) -> None:
    with without(superuser_connection, lock=True, limits=False):
        went = drawn(together, merchant, poor)
    assert went["drawn"] == 10
    # The lock is for the good answer.
    assert went["stopped by a constraint"] > 0


def test_without_lock_and_constraints_points_are_spent_twice(
    merchant: Merchant, poor: uuid.UUID, together: Together, superuser_connection: Superuser
) -> None:
    with without(superuser_connection, lock=True, limits=True):
        went = drawn(together, merchant, poor)
    assert went["drawn"] > 10
    assert not checks.run(merchant.id).ok


# ---- One act, whoever asks how often


def in_scope(merchant: Merchant, act: Callable[..., Posted], **told: Any) -> Posted:
    with merchant_scope(merchant):
        return act(**told)


def test_twenty_senders_of_one_key_have_one_effect(merchant: Merchant, poor: uuid.UUID, together: Together) -> None:
    told = about(poor, key="reward:1:redeemed")

    def redeem() -> Posted:
        steps = [Step.draw(unit=Unit.POINT, amount=10), Step.grant(unit=Unit.VOUCHER, amount=1, code="ABC")]
        return in_scope(merchant, services.post, steps=steps, **told)

    outcomes = together(redeem, [()] * 20)
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    answers = [outcome.value for outcome in outcomes]
    assert Counter(answer.replayed for answer in answers) == {False: 1, True: 19}
    assert len({(answer.entry_id, answer.moved) for answer in answers}) == 1
    with merchant_scope(merchant):
        assert (balance(poor), balance(poor, Unit.VOUCHER)) == (0, 1)


def test_twenty_senders_of_one_memorandum_write_one(
    merchant: Merchant, committed_customer: uuid.UUID, together: Together
) -> None:
    told = about(committed_customer, key="claim:1:verified")
    answers = together(lambda: in_scope(merchant, services.record, **told), [()] * 20)
    assert len({answer.value.entry_id for answer in answers}) == 1
    with merchant_scope(merchant):
        assert Entry.objects.count() == 1


def test_twenty_reversals_restore_once(merchant: Merchant, poor: uuid.UUID, together: Together) -> None:
    with merchant_scope(merchant):
        spent = spend(poor, 7)
    outcomes = together(lambda: in_scope(merchant, services.reverse, reverses=spent.entry_id, **about(poor)), [()] * 20)
    assert Counter(type(outcome.error) for outcome in outcomes) == {type(None): 1, AlreadyReversed: 19}
    with merchant_scope(merchant):
        assert balance(poor) == 10


def test_a_voucher_is_used_by_one(merchant: Merchant, committed_customer: uuid.UUID, together: Together) -> None:
    with merchant_scope(merchant):
        voucher = give(committed_customer)

    def use() -> Posted:
        told = about(committed_customer)
        return in_scope(merchant, services.draw, unit=Unit.VOUCHER, amount=1, grant_id=voucher, **told)

    assert sum(outcome.error is None for outcome in together(use, [()] * 20)) == 1


def test_first_grants_of_a_new_customer_at_once(
    merchant: Merchant, committed_customer: uuid.UUID, together: Together
) -> None:
    def grant() -> Posted:
        return in_scope(merchant, services.grant, unit=Unit.POINT, amount=5, **about(committed_customer))

    assert [outcome.error for outcome in together(grant, [()] * 20)] == [None] * 20
    with merchant_scope(merchant):
        assert balance(committed_customer) == 100
    assert checks.run(merchant.id).findings == []


def test_batches_and_single_acts_do_not_lock_each_other_out(merchant: Merchant, together: Together) -> None:
    with merchant_scope(merchant):
        people = [new_customer(f"{number}@example.com").id for number in range(12)]
        for person in people:
            earn(person, 100)

    def batch(order: list[uuid.UUID]) -> None:
        for _ in range(5):
            acts = [_earning(person) for person in order]
            with merchant_scope(merchant):
                services.post_many(acts=acts, actor=Actor.system())

    def single(order: list[uuid.UUID]) -> None:
        for person in order:
            with merchant_scope(merchant):
                spend(person, 10)

    def work(act: Callable[[list[uuid.UUID]], None], order: list[uuid.UUID]) -> None:
        act(order)

    orders = [people, people[::-1], people[6:] + people[:6]]
    outcomes = together(work, [(act, order) for act in (batch, single) for order in orders])
    assert [outcome.error for outcome in outcomes] == [None] * 6
    with merchant_scope(merchant):
        assert [balance(person) for person in people] == [100 + 3 * 5 - 3 * 10] * 12
    assert checks.run(merchant.id).findings == []


def _earning(customer_id: uuid.UUID) -> Act:
    told = about(customer_id)
    del told["actor"]
    return Act(steps=(Step.grant(unit=Unit.POINT, amount=1),), **told)


def test_two_sweeps_at_once_expire_once(merchant: Merchant, together: Together) -> None:
    with merchant_scope(merchant), services.backdated(at=ago(days=9)):
        for number in range(20):
            earn(new_customer(f"{number}@example.com").id, 5, expires_at=ago(days=1))

    def sweep() -> int:
        with merchant_scope(merchant):
            return services.expire_due(unit=Unit.POINT, actor=Actor.system(), now=now()).grants

    swept = [outcome.value for outcome in together(sweep, [()] * 4)]
    with merchant_scope(merchant):
        rest = services.expire_due(unit=Unit.POINT, actor=Actor.system(), now=now()).grants
        assert Entry.objects.filter(event="grant.expired").count() == 20
    assert sum(swept) + rest == 20
    assert checks.run(merchant.id).findings == []


def test_points_that_end_while_a_draw_waits_are_not_spent(
    merchant: Merchant,
    committed_customer: uuid.UUID,
    together: Together,
    superuser_connection: Superuser,
) -> None:
    with merchant_scope(merchant):
        lot = earn(committed_customer, 100, expires_at=ahead(days=1))
    ready = threading.Event()

    def hold_on() -> None:
        with merchant_scope(merchant):
            earn(committed_customer, 1)
            ready.set()
            # It has asked in time, and comes to its turn too late, however slow the machine is.
            until(lambda: superuser_connection.execute(WAITS).fetchall())
            superuser_connection.execute(END_NOW, [lot])

    def wait_and_draw() -> Posted:
        assert ready.wait(30)
        with merchant_scope(merchant):
            return spend(committed_customer, 50)

    def run(act: Callable[[], Any]) -> Any:
        return act()

    outcomes = together(run, [(hold_on,), (wait_and_draw,)])
    assert outcomes[0].error is None
    assert isinstance(outcomes[1].error, NotEnough)
    assert outcomes[1].error.missing == 49
    with merchant_scope(merchant):
        assert left(lot) == 100
