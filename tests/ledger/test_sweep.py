"""The sweep brings the books up to what reads say already."""

import uuid
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from customers.models import Customer
from ledger import handlers, services
from ledger.models import Entry, Grant
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.ledger.acting import about, ago, ahead, balance, earn, give, left, now, spend, ways
from tests.ledger.conftest import new_customer


def sweep(limit: int = 100, at: datetime | None = None) -> tuple[int, int]:
    swept = services.expire_due(unit=Unit.POINT, actor=Actor.system(), now=at or now(), limit=limit)
    return swept.grants, swept.amount


@pytest.fixture
def ended(customer: Customer) -> list[uuid.UUID]:
    """Three lots past their end, of which the first was partly used, and one that lives."""
    with services.backdated(at=ago(days=10)):
        lots = [earn(customer.id, 100, expires_at=ago(days=days)) for days in (3, 2, 1)]
        spend(customer.id, 40)
        earn(customer.id, 7)
    return lots


def test_sweep_expires_what_is_past_its_end(customer: Customer, ended: list[uuid.UUID]) -> None:
    assert sweep() == (3, 260)
    assert ([left(lot) for lot in ended], balance(customer.id)) == ([0, 0, 0], 7)
    entry = Entry.objects.get(idempotency_key=f"{ended[0]}:expire")
    assert (entry.event, entry.origin, entry.origin_id) == ("grant.expired", "grant", ended[0])
    assert entry.occurred_at == Grant.objects.get(id=ended[0]).expires_at
    assert ways(entry.id) == [("HELD", "EXPIRED", 60)]


def test_sweep_again_does_nothing(ended: list[uuid.UUID]) -> None:
    sweep()
    assert sweep() == (0, 0)


def test_sweep_takes_no_more_than_its_limit(ended: list[uuid.UUID]) -> None:
    assert [sweep(limit=2), sweep(limit=2), sweep(limit=2)] == [(2, 160), (1, 100), (0, 0)]


def test_sweep_looks_no_further_than_it_is_told(ended: list[uuid.UUID]) -> None:
    assert sweep(at=ago(days=2, hours=12)) == (1, 60)


def test_sweep_never_runs_ahead_of_the_clock(customer: Customer) -> None:
    earn(customer.id, 100, expires_at=ahead(days=1))
    assert sweep(at=ahead(days=2)) == (0, 0)


def test_sweep_leaves_vouchers_to_their_documents(customer: Customer) -> None:
    with services.backdated(at=ago(days=10)):
        voucher = give(customer.id, expires_at=ago(days=1))
    assert (sweep(), left(voucher)) == ((0, 0), 1)


def test_sweep_keeps_the_subject(customer: Customer) -> None:
    subject = customer.id
    with services.backdated(at=ago(days=10)):
        lot = earn(customer.id, 100, expires_at=ago(days=1), subject_id=subject)
    sweep()
    assert Entry.objects.get(origin_id=lot).subject_id == subject


def test_sweep_reaches_many_customers(scope: Merchant) -> None:
    people = [new_customer(f"{number}@example.com").id for number in range(5)]
    with services.backdated(at=ago(days=10)):
        for person in people:
            earn(person, 10, expires_at=ago(days=1))
    assert sweep() == (5, 50)


def test_sweep_passes_over_a_customer_who_is_busy(merchant: Merchant, together: Any) -> None:
    with merchant_scope(merchant), services.backdated(at=ago(days=10)):
        busy, free = new_customer("busy@example.com").id, new_customer("free@example.com").id
        for person in (busy, free):
            earn(person, 10, expires_at=ago(days=1))
    with merchant_scope(merchant):
        services.grant(unit=Unit.POINT, amount=1, **about(busy))
        outcome = together(_sweep_in_scope, [(merchant,)])[0]
    assert (outcome.error, outcome.value) == (None, (1, 10))
    assert _sweep_in_scope(merchant) == (1, 10)


def _sweep_in_scope(merchant: Merchant) -> tuple[int, int]:
    with merchant_scope(merchant):
        return sweep()


def test_handler_sweeps_to_the_end(
    customer: Customer, ended: list[uuid.UUID], scope: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    run: Any = SimpleNamespace(
        done_rows=0, scope=lambda: merchant_scope(scope), progress=seen.append, pause_if_long=lambda: None
    )
    monkeypatch.setattr(handlers, "BATCH", 2)
    handlers.expire_due(run)
    assert seen == [2, 3]


def test_find_the_merchants_with_due_points(
    merchant: Merchant, other_merchant: Merchant, scope: Merchant, customer: Customer
) -> None:
    assert handlers.merchants_with_due_grants() == []
    with services.backdated(at=ago(days=10)):
        give(customer.id, expires_at=ago(days=1))
        earn(customer.id, 10, expires_at=ahead(days=1))
    assert handlers.merchants_with_due_grants() == []
    with services.backdated(at=ago(days=10)):
        earn(customer.id, 10, expires_at=ago(days=1))
    with merchant_scope(other_merchant), services.backdated(at=ago(days=10)):
        earn(new_customer().id, 10, expires_at=ago(hours=1))
    assert set(handlers.merchants_with_due_grants()) == {merchant.id, other_merchant.id}
