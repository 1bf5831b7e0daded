"""Calendar days as instants, where the clocks jump."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tenancy.days import add_days, start_of_day


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "start", "days", "end"),
    [
        # Spring forward: a day of 23 hours. Fall back: one of 25. The time of day stays.
        ("Europe/Berlin", "2026-03-28T11:00:00", 1, "2026-03-29T10:00:00"),
        ("Europe/Berlin", "2026-10-24T10:00:00", 1, "2026-10-25T11:00:00"),
        ("America/New_York", "2026-03-07T17:00:00", 1, "2026-03-08T16:00:00"),
        ("America/New_York", "2026-10-31T16:00:00", 1, "2026-11-01T17:00:00"),
        # Lord Howe moves its clocks by half an hour, Newfoundland lies half an hour off.
        ("Australia/Lord_Howe", "2026-04-03T13:00:00", 2, "2026-04-05T13:30:00"),
        ("America/St_Johns", "2026-03-07T15:30:00", 1, "2026-03-08T14:30:00"),
        # 02:30 does not show on the day the clocks go forward: the first instant after the jump.
        ("Europe/Berlin", "2026-03-28T01:30:00", 1, "2026-03-29T01:00:00"),
        # 02:30 shows twice on the day they go back: the first time.
        ("Europe/Berlin", "2026-10-24T00:30:00", 1, "2026-10-25T00:30:00"),
        # A leap day, and no clocks at all.
        ("UTC", "2028-02-28T12:00:00", 1, "2028-02-29T12:00:00"),
        ("UTC", "2028-02-29T12:00:00", 365, "2029-02-28T12:00:00"),
        ("Asia/Kolkata", "2026-12-31T20:00:00", 1, "2027-01-01T20:00:00"),
    ],
)
def test_days_are_those_of_the_calendar(zone: str, start: str, days: int, end: str) -> None:
    assert add_days(at(start), days, ZoneInfo(zone)) == at(end)


def test_day_begins_after_the_jump_where_midnight_is_jumped_over() -> None:
    # Havana's clocks go from 23:59:59 to 01:00.
    assert start_of_day(date(2026, 3, 8), ZoneInfo("America/Havana")) == at("2026-03-08T05:00:00")
