"""The life of a lot at the edges of the calendar, in six zones: spendable from the instant, over at the instant.

Each case names when a purchase was made and by which rules; the lot is asked about the last second before, at, and the
first second after each of its two times, before a sweep has run and after it.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from ledger.models import Entry, Grant
from ledger.selectors import balance_as_of, holding
from ledger.services import backdated, expire_due
from ledger.units import Unit
from loyalty.earning import validity
from loyalty.models import LoyaltySettings
from loyalty.point_report import month_starts
from loyalty.services.purchases import record_purchase
from loyalty.statement import statement
from loyalty.states import Expiry
from tenancy.actors import Actor
from tenancy.models import Merchant
from tests.loyalty import factories as make
from tests.loyalty.test_points import rules

SYSTEM = Actor.system()
SECOND = timedelta(seconds=1)
DAYS: dict[str, Any] = {"expiry": Expiry.AFTER_DAYS, "expiry_days": 1}
MONTH: dict[str, Any] = {"expiry": Expiry.END_OF_MONTH}
YEAR: dict[str, Any] = {"expiry": Expiry.END_OF_YEAR}
# zone, bought (UTC), rules, usable from (UTC), over (UTC)
LIVES = [
    # Spring forward: the day has 23 hours; fall back: 25.
    ("Europe/Berlin", "2026-03-28T11:00:00", DAYS, "2026-03-28T11:00:00", "2026-03-29T10:00:00"),
    ("Europe/Berlin", "2025-10-25T10:00:00", DAYS, "2025-10-25T10:00:00", "2025-10-26T11:00:00"),
    ("America/New_York", "2026-03-07T17:00:00", DAYS, "2026-03-07T17:00:00", "2026-03-08T16:00:00"),
    ("America/New_York", "2025-11-01T16:00:00", DAYS, "2025-11-01T16:00:00", "2025-11-02T17:00:00"),
    ("Australia/Lord_Howe", "2026-04-04T03:00:00", DAYS, "2026-04-04T03:00:00", "2026-04-05T03:30:00"),
    ("Australia/Lord_Howe", "2025-10-04T12:00:00", DAYS, "2025-10-04T12:00:00", "2025-10-05T11:30:00"),
    ("America/St_Johns", "2026-03-07T15:30:00", DAYS, "2026-03-07T15:30:00", "2026-03-08T14:30:00"),
    ("Asia/Kolkata", "2026-03-28T20:00:00", DAYS, "2026-03-28T20:00:00", "2026-03-29T20:00:00"),
    # A time of day that the clocks jump over, and one that comes twice.
    ("Europe/Berlin", "2026-03-28T01:30:00", DAYS, "2026-03-28T01:30:00", "2026-03-29T01:00:00"),
    ("Europe/Berlin", "2025-10-25T00:30:00", DAYS, "2025-10-25T00:30:00", "2025-10-26T00:30:00"),
    # Leap day.
    ("UTC", "2024-02-28T12:00:00", DAYS, "2024-02-28T12:00:00", "2024-02-29T12:00:00"),
    ("Asia/Kolkata", "2024-02-28T18:30:00", MONTH, "2024-02-28T18:30:00", "2024-02-29T18:30:00"),
    ("UTC", "2024-02-29T12:00:00", DAYS | {"expiry_days": 365}, "2024-02-29T12:00:00", "2025-02-28T12:00:00"),
    # The last second of a month and of a year, and the first of the next.
    ("Europe/Berlin", "2026-03-31T21:59:59", MONTH, "2026-03-31T21:59:59", "2026-03-31T22:00:00"),
    ("Europe/Berlin", "2026-03-31T22:00:00", MONTH, "2026-03-31T22:00:00", "2026-04-30T22:00:00"),
    ("America/New_York", "2025-11-01T03:59:59", MONTH, "2025-11-01T03:59:59", "2025-11-01T04:00:00"),
    ("America/New_York", "2025-12-31T12:00:00", YEAR, "2025-12-31T12:00:00", "2026-01-01T05:00:00"),
    ("America/St_Johns", "2026-01-01T03:29:59", YEAR, "2026-01-01T03:29:59", "2026-01-01T03:30:00"),
    ("Asia/Kolkata", "2025-12-31T18:29:59", YEAR, "2025-12-31T18:29:59", "2025-12-31T18:30:00"),
    ("Australia/Lord_Howe", "2024-12-31T13:00:00", YEAR, "2024-12-31T13:00:00", "2025-12-31T13:00:00"),
    # Locked across a change of the clocks, and beyond the end that counted from the earning.
    ("Europe/Berlin", "2026-03-27T11:00:00", MONTH | {"lock_days": 3}, "2026-03-30T10:00:00", "2026-03-31T22:00:00"),
    ("America/New_York", "2025-11-01T16:00:00", DAYS | {"lock_days": 1}, "2025-11-02T17:00:00", "2025-11-03T17:00:00"),
    ("UTC", "2025-12-31T23:59:59", YEAR | {"lock_days": 2}, "2026-01-02T23:59:59", "2027-01-01T00:00:00"),
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "bought", "rule", "usable", "over"), LIVES)
def test_times_of_a_lot(zone: str, bought: str, rule: dict[str, Any], usable: str, over: str) -> None:
    found = validity(at(bought), LoyaltySettings(**rule), ZoneInfo(zone))

    assert (found.valid_from, found.expires_at) == (at(usable), at(over))


@pytest.mark.django_db
@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize(("zone", "bought", "rule", "usable", "over"), [LIVES[n] for n in (0, 1, 4, 9, 10, 13, 17, 20)])
def test_a_lot_lives_from_its_first_instant_to_its_last(
    scope: Merchant, zone: str, bought: str, rule: dict[str, Any], usable: str, over: str, swept: bool
) -> None:
    Merchant.objects.filter(id=scope.id).update(time_zone=zone)
    rules(**rule)
    who = make.customer()
    with backdated(at=at(bought)):
        purchase = record_purchase(
            customer_id=who.id,
            reference="P-1",
            amount=Decimal(40),
            currency="USD",
            occurred_at=at(bought),
            actor=SYSTEM,
            now=at(bought),
        )
    if swept:
        assert expire_due(unit=Unit.POINT, actor=SYSTEM, now=timezone.now()).amount == 40

    def held(moment: datetime) -> tuple[int, int]:
        found = balance_as_of(customer_id=who.id, unit=Unit.POINT, at=moment)
        return found.usable, found.pending

    assert [held(at(over) - SECOND), held(at(over)), held(at(over) + SECOND)] == [(40, 0), (0, 0), (0, 0)]
    assert held(at(usable)) == (40, 0)
    if usable != bought:
        assert [held(at(bought)), held(at(usable) - SECOND)] == [(0, 40), (0, 40)]
    assert [(line.occurred_at, line.points) for line in statement(customer_id=who.id)] == [
        (at(over), -40),
        (at(bought), 40),
    ]
    assert holding(customer_id=who.id, unit=Unit.POINT, at=timezone.now()).usable == 0
    assert Grant.objects.get(id=purchase.grant_id).remaining == (0 if swept else 40)


@pytest.mark.django_db
def test_sweep_dates_what_it_expires_at_its_own_end(scope: Merchant) -> None:
    Merchant.objects.filter(id=scope.id).update(time_zone="Asia/Kolkata")
    rules(**YEAR)
    who = make.customer()
    bought = at("2025-12-31T18:29:59")
    with backdated(at=bought):
        record_purchase(
            customer_id=who.id,
            reference="P-1",
            amount=Decimal(40),
            currency="USD",
            occurred_at=bought,
            actor=SYSTEM,
            now=bought,
        )

    expire_due(unit=Unit.POINT, actor=SYSTEM, now=timezone.now())

    assert Entry.objects.get(event="grant.expired").occurred_at == at("2025-12-31T18:30:00")


@pytest.mark.parametrize(
    ("zone", "now", "first", "last"),
    [
        ("UTC", "2026-01-01T00:00:00", "2025-02-01", "2026-01-01"),
        ("Asia/Kolkata", "2025-12-31T18:30:00", "2025-02-01", "2026-01-01"),
        ("Asia/Kolkata", "2025-12-31T18:29:59", "2025-01-01", "2025-12-01"),
        ("America/New_York", "2024-03-01T04:59:59", "2023-03-01", "2024-02-01"),
        ("America/New_York", "2024-03-01T05:00:00", "2023-04-01", "2024-03-01"),
        ("Australia/Lord_Howe", "2026-09-30T13:29:59", "2025-10-01", "2026-09-01"),
    ],
)
def test_months_of_the_report_are_the_merchants(zone: str, now: str, first: str, last: str) -> None:
    found = month_starts(at=at(now), zone=ZoneInfo(zone), count=12)

    assert (len(found), f"{found[0]}", f"{found[-1]}") == (12, first, last)
