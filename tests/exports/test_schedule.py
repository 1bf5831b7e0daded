"""When an export runs next: by the merchant's clock, across changes of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from exports.export_states import Schedule
from exports.schedule import next_time

BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class What:
    """A schedule."""

    schedule: str
    once_at: datetime | None = None
    at_minute: int = 0
    weekday: int = 0
    month_day: int = 1


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CASES = [
    (What(Schedule.DAILY, at_minute=360), "2026-11-22T04:59", "2026-11-22T05:00"),
    (What(Schedule.DAILY, at_minute=360), "2026-11-22T05:00", "2026-11-23T05:00"),
    # Summer time begins: six o'clock is an hour earlier in UTC from then on.
    (What(Schedule.DAILY, at_minute=360), "2026-03-28T05:00", "2026-03-29T04:00"),
    # Half past two does not show on that day: the first moment after the jump.
    (What(Schedule.DAILY, at_minute=150), "2026-03-28T12:00", "2026-03-29T01:00"),
    # It shows twice when summer time ends: the first one, and not again.
    (What(Schedule.DAILY, at_minute=150), "2026-10-24T12:00", "2026-10-25T00:30"),
    (What(Schedule.DAILY, at_minute=150), "2026-10-25T00:30", "2026-10-26T01:30"),
    (What(Schedule.WEEKLY, at_minute=60, weekday=2), "2026-11-22T00:00", "2026-11-25T00:00"),
    (What(Schedule.MONTHLY, at_minute=60, month_day=31), "2026-02-01T00:00", "2026-02-28T00:00"),
    (What(Schedule.MONTHLY, at_minute=60, month_day=1), "2026-11-22T00:00", "2026-12-01T00:00"),
    (What(Schedule.HOURLY, at_minute=15), "2026-11-22T04:15", "2026-11-22T05:15"),
    (What(Schedule.HOURLY, at_minute=15), "2026-10-25T00:20", "2026-10-25T01:15"),
]


@pytest.mark.parametrize(("what", "after", "expected"), CASES)
def test_run_by_the_merchant_s_clock(what: What, after: str, expected: str) -> None:
    assert next_time(what, after=at(after), zone=BERLIN) == at(expected)


def test_count_the_minutes_of_the_merchant_s_hour() -> None:
    what = What(Schedule.HOURLY, at_minute=0)
    found = next_time(what, after=at("2026-11-22T04:00"), zone=ZoneInfo("Asia/Kolkata"))
    assert found == at("2026-11-22T04:30")


def test_run_once_and_by_hand() -> None:
    once = What(Schedule.ONCE, once_at=at("2026-11-22T10:00"))
    assert next_time(once, after=at("2026-11-22T09:00"), zone=BERLIN) == once.once_at
    assert next_time(once, after=at("2026-11-22T10:00"), zone=BERLIN) is None
    assert next_time(What(Schedule.NEVER), after=at("2026-11-22T09:00"), zone=BERLIN) is None
