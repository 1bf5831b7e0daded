"""The merchant's side: issued, spent, expired, owed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from customers.models import Customer
from ledger import reports, services
from ledger.reports import Expiring, Liability, Preview, Turnover
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import Merchant
from tests.ledger.acting import ago, ahead, earn, give, now, spend

Act = Callable[..., dict[str, Any]]


def test_turnover_of_a_merchant_without_entries(scope: Merchant) -> None:
    found = reports.turnover(unit=Unit.POINT)
    assert (found, found.breakage) == (Turnover(0, 0, 0, 0), None)


def test_turnover_is_net_of_what_was_reversed(customer: Customer, act: Act) -> None:
    with services.backdated(at=ago(days=30)):
        earn(customer.id, 100, expires_at=ago(days=2))
        lot = earn(customer.id, 300)
        earned = services.grant(unit=Unit.POINT, amount=1000, **act())
        services.reverse(reverses=earned.entry_id, **act())
    with services.backdated(at=ago(days=10)):
        spend(customer.id, 40)
        undone = spend(customer.id, 50)
        services.reverse(reverses=undone.entry_id, **act())
        services.revoke(grant_id=lot, amount=25, **act())
    give(customer.id)
    services.expire_due(unit=Unit.POINT, actor=Actor.system(), now=now())
    found = reports.turnover(unit=Unit.POINT)
    assert (found, found.breakage) == (Turnover(issued=400, spent=40, expired=60, revoked=25), 0.15)
    assert reports.turnover(unit=Unit.POINT, since=ago(days=20), until=ago(days=5)) == Turnover(0, 40, 0, 25)
    # The sweep ran today; what it swept expired two days ago.
    assert reports.turnover(unit=Unit.POINT, since=ago(days=1)) == Turnover(0, 0, 0, 0)
    assert reports.turnover(unit=Unit.VOUCHER) == Turnover(1, 0, 0, 0)


def test_turnover_of_one_subject(customer: Customer) -> None:
    subject = new_id()
    earn(customer.id, 10, subject_id=subject)
    earn(customer.id, 20)
    assert reports.turnover(unit=Unit.POINT, subject_id=subject).issued == 10


def test_liability_tells_what_is_owed(customer: Customer) -> None:
    with services.backdated(at=ago(days=9)):
        earn(customer.id, 1, expires_at=ago(days=1))
    earn(customer.id, 20)
    earn(customer.id, 300, valid_from=ahead(days=1))
    spend(customer.id, 5)
    found = reports.liability(unit=Unit.POINT, at=now())
    assert found == Liability(usable=15, pending=300, overdue=1, grants=2)
    assert found.outstanding == 315


def test_liability_counts_what_never_ends(customer: Customer) -> None:
    earn(customer.id, 20)
    earn(customer.id, 20, expires_at=ahead(days=1))
    assert reports.liability(unit=Unit.POINT, at=now()).grants == 2


@pytest.mark.parametrize(
    ("zone", "months"),
    [
        ("UTC", [Expiring(date(2090, 12, 1), 1, 1), Expiring(date(2091, 1, 1), 30, 2)]),
        ("America/New_York", [Expiring(date(2090, 12, 1), 11, 2), Expiring(date(2091, 1, 1), 20, 1)]),
        ("Pacific/Kiritimati", [Expiring(date(2091, 1, 1), 31, 3)]),
    ],
)
def test_forecast_counts_months_of_the_merchants_zone(customer: Customer, zone: str, months: list[Expiring]) -> None:
    earn(customer.id, 1, expires_at=datetime(2090, 12, 31, 23, 59, tzinfo=UTC))
    earn(customer.id, 10, expires_at=datetime(2091, 1, 1, tzinfo=UTC))
    earn(customer.id, 20, expires_at=datetime(2091, 1, 20, tzinfo=UTC))
    earn(customer.id, 400)
    assert reports.expiry_forecast(unit=Unit.POINT, at=now(), zone=ZoneInfo(zone)) == months


def test_preview_says_what_the_next_sweep_does(customer: Customer) -> None:
    oldest = ago(days=3)
    assert reports.sweep_preview(unit=Unit.POINT, at=now()) == Preview(0, 0, 0, None)
    with services.backdated(at=ago(days=9)):
        earn(customer.id, 10, expires_at=oldest)
        earn(customer.id, 20, expires_at=ago(days=1))
    earn(customer.id, 40, expires_at=ahead(days=1))
    assert reports.sweep_preview(unit=Unit.POINT, at=now()) == Preview(2, 30, 1, oldest)
    swept = services.expire_due(unit=Unit.POINT, actor=Actor.system(), now=now())
    assert (swept.grants, swept.amount) == (2, 30)
