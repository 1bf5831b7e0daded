"""What customers hold, at any instant."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from customers.models import Customer
from ledger import selectors, services
from ledger.selectors import Holding
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import Merchant
from tests.ledger.acting import about, ago, ahead, earn, give, now, spend
from tests.ledger.conftest import new_customer

Act = Callable[..., dict[str, Any]]


def test_holding_tells_usable_from_locked(customer: Customer) -> None:
    with services.backdated(at=ago(days=9)):
        earn(customer.id, 1, expires_at=ago(days=1))
    earn(customer.id, 20)
    earn(customer.id, 300, valid_from=ahead(days=1), expires_at=ahead(days=3))
    give(customer.id)
    whose: Any = {"customer_id": customer.id, "unit": Unit.POINT}
    assert selectors.holding(**whose, at=now()) == Holding(usable=20, pending=300)
    assert selectors.usable_balance(**whose, at=ahead(days=2)) == 320
    assert selectors.usable_balance(**whose, at=ahead(days=4)) == 20
    assert selectors.pending_balance(**whose, at=now()) == 300


def test_holding_of_a_customer_without_an_account(customer: Customer) -> None:
    assert selectors.holding(customer_id=customer.id, unit=Unit.POINT, at=now()) == Holding(usable=0, pending=0)


def test_usable_balances_by_one_query(scope: Merchant, django_assert_num_queries: Any) -> None:
    one, two, three = (new_customer(f"{number}@example.com").id for number in range(3))
    earn(one, 10)
    earn(one, 5)
    earn(two, 7)
    with django_assert_num_queries(1):
        found = selectors.usable_balances(customer_ids=[one, two, three], unit=Unit.POINT, at=now())
    assert found == {one: 15, two: 7, three: 0}


def test_open_grants_in_the_order_of_drawing(customer: Customer) -> None:
    for_ever, late = earn(customer.id, 1), earn(customer.id, 1, expires_at=ahead(days=9))
    soon, locked = earn(customer.id, 1, expires_at=ahead(days=2)), earn(customer.id, 1, valid_from=ahead(days=1))
    used = earn(customer.id, 1, expires_at=ahead(days=1))
    spend(customer.id, 1)
    whose: Any = {"customer_id": customer.id, "unit": Unit.POINT, "at": now()}
    assert [grant.id for grant in selectors.open_grants(**whose)] == [soon, late, for_ever]
    assert [grant.id for grant in selectors.upcoming_grants(**whose)] == [locked]
    assert [grant.id for grant in selectors.expiring_grants(**whose, until=ahead(days=3))] == [soon]
    assert used not in selectors.open_grants(**whose).values_list("id", flat=True)


def test_timeline_pages_newest_first(customer: Customer, act: Act, django_assert_num_queries: Any) -> None:
    for days in range(7):
        with services.backdated(at=ago(days=days)):
            earn(customer.id, 10, event=f"day.n{'x' * days}")
    seen: list[Any] = []
    before = None
    for _ in range(4):
        with django_assert_num_queries(3 if len(seen) < 7 else 1):
            page = selectors.timeline(customer_id=customer.id, limit=3, before=before)
            seen += [(entry.event, [m.grant.amount for m in entry.movements.all()]) for entry in page]
        before = (page[-1].occurred_at, page[-1].id) if page else before
    assert seen == [(f"day.n{'x' * days}", [10]) for days in range(7)]


def test_timeline_pages_through_entries_of_one_instant(customer: Customer) -> None:
    with services.backdated(at=ago(days=1)):
        ids = {services.record(**about(customer.id)).entry_id for _ in range(5)}
    seen: list[Any] = []
    before = None
    for _ in range(3):
        page = selectors.timeline(customer_id=customer.id, limit=2, before=before)
        seen += [entry.id for entry in page]
        before = (page[-1].occurred_at, page[-1].id)
    assert (len(seen), set(seen)) == (5, ids)


def test_entries_of_a_document(act: Act) -> None:
    claim = new_id()
    submitted = services.record(**act(event="claim.submitted", origin="claim", origin_id=claim))
    verified = services.record(**act(event="claim.verified", origin="claim", origin_id=claim))
    services.record(**act(origin="reward", origin_id=claim))
    services.record(**act(origin="claim"))
    found = [entry.id for entry in selectors.entries_of(origin="claim", origin_id=claim)]
    assert found == [submitted.entry_id, verified.entry_id]


def test_trace_spent_points_to_the_lots_that_paid(customer: Customer) -> None:
    first, second = earn(customer.id, 10, expires_at=ahead(days=1)), earn(customer.id, 10)
    spent = spend(customer.id, 15)
    paid = [(movement.grant.id, movement.amount) for movement in selectors.paid_by(entry_id=spent.entry_id)]
    assert paid == [(first, 10), (second, 5)]
    assert not selectors.is_reversed(entry_id=spent.entry_id)


def test_balance_as_of_a_past_instant(customer: Customer) -> None:
    with services.backdated(at=ago(days=100)):
        earn(customer.id, 100, expires_at=ago(days=10))
        earn(customer.id, 50, valid_from=ago(days=60))
    with services.backdated(at=ago(days=80)):
        spend(customer.id, 30)
    with services.backdated(at=ago(days=40)):
        spent = spend(customer.id, 80)
    with services.backdated(at=ago(days=20)):
        services.reverse(reverses=spent.entry_id, **about(customer.id))

    def held(days: float) -> tuple[int, int]:
        found = selectors.balance_as_of(customer_id=customer.id, unit=Unit.POINT, at=ago(days=days))
        return (found.usable, found.pending)

    before_sweep = {days: held(days) for days in (101, 99, 79, 59, 39, 19, 9, 0)}
    assert before_sweep == {
        101: (0, 0),
        99: (100, 50),
        79: (70, 50),
        59: (120, 0),
        39: (40, 0),
        19: (120, 0),
        9: (50, 0),
        0: (50, 0),
    }
    services.expire_due(unit=Unit.POINT, actor=Actor.system(), now=now())
    # A sweep that comes late changes nothing about the past.
    assert {days: held(days) for days in before_sweep} == before_sweep


def test_balance_as_it_was_known(customer: Customer) -> None:
    with services.backdated(at=ago(days=100)):
        earn(customer.id, 100)
    whose: Any = {"customer_id": customer.id, "unit": Unit.POINT, "at": ago(days=50)}
    assert selectors.balance_as_of(**whose).usable == 100
    assert selectors.balance_as_of(**whose, known_at=now() - timedelta(days=1)).usable == 0
    assert selectors.balance_as_of(**whose, known_at=now()).usable == 100
