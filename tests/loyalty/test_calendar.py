"""Ends of points at the edges of the calendar, in six time zones."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from loyalty.calendar import expires_at
from loyalty.states import Expiry


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "earned", "end"),
    [
        # The last second of a month and the first of the next, by the merchant's clock.
        ("UTC", "2026-01-31T23:59:59", "2026-02-01T00:00:00"),
        ("UTC", "2026-02-01T00:00:00", "2026-03-01T00:00:00"),
        ("Europe/Berlin", "2026-03-31T21:59:59", "2026-03-31T22:00:00"),
        ("Europe/Berlin", "2026-03-31T22:00:00", "2026-04-30T22:00:00"),
        ("America/New_York", "2026-11-01T03:59:59", "2026-11-01T04:00:00"),
        ("America/New_York", "2026-11-01T04:00:00", "2026-12-01T05:00:00"),
        ("Asia/Kolkata", "2026-02-28T18:29:59", "2026-02-28T18:30:00"),
        ("Asia/Kolkata", "2028-02-28T18:30:00", "2028-02-29T18:30:00"),
        ("Australia/Lord_Howe", "2026-04-15T00:00:00", "2026-04-30T13:30:00"),
        ("America/St_Johns", "2026-12-31T12:00:00", "2027-01-01T03:30:00"),
    ],
)
def test_end_of_month_is_the_merchants_midnight(zone: str, earned: str, end: str) -> None:
    found = expires_at(at(earned), kind=Expiry.END_OF_MONTH, days=0, months=0, zone=ZoneInfo(zone))

    assert found == at(end)


@pytest.mark.parametrize(
    ("zone", "earned", "end"),
    [
        ("UTC", "2026-12-31T23:59:59", "2027-01-01T00:00:00"),
        ("UTC", "2027-01-01T00:00:00", "2028-01-01T00:00:00"),
        ("Europe/Berlin", "2026-12-31T23:00:00", "2027-12-31T23:00:00"),
        ("Asia/Kolkata", "2026-12-31T18:29:59", "2026-12-31T18:30:00"),
        ("America/New_York", "2027-01-01T04:59:59", "2027-01-01T05:00:00"),
        ("Australia/Lord_Howe", "2026-12-31T13:00:00", "2027-12-31T13:00:00"),
    ],
)
def test_end_of_year_is_the_merchants_midnight(zone: str, earned: str, end: str) -> None:
    found = expires_at(at(earned), kind=Expiry.END_OF_YEAR, days=0, months=0, zone=ZoneInfo(zone))

    assert found == at(end)


def test_points_never_expire_where_the_merchant_says_never() -> None:
    assert expires_at(at("2026-01-01T00:00:00"), kind=Expiry.NEVER, days=1, months=0, zone=ZoneInfo("UTC")) is None
