"""When a definition runs next: by the merchant's clock, across changes of it."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

from exports.export_states import Schedule
from tenancy.days import as_instant

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Scheduled(Protocol):
    """What a schedule is made of; see `exports.models.Export`."""

    schedule: str
    once_at: datetime | None
    at_minute: int
    weekday: int
    month_day: int


def next_time(what: Scheduled, *, after: datetime, zone: tzinfo) -> datetime | None:
    """Return the first moment after `after` at which it runs, in UTC; None where it does not (any more).

    However many moments have passed meanwhile, the next one is one: an outage is caught up with once.
    """
    if what.schedule == Schedule.ONCE:
        return what.once_at if what.once_at and what.once_at > after else None
    if what.schedule == Schedule.NEVER:
        return None
    if what.schedule == Schedule.HOURLY:
        return _next_hour(what.at_minute, after, zone)
    day = after.astimezone(zone).date()
    while True:
        at = as_instant(datetime.combine(day, time(what.at_minute // 60, what.at_minute % 60)), zone)
        if at > after and _fits(what, day):
            return at
        day += DAY


def _next_hour(minute: int, after: datetime, zone: tzinfo) -> datetime:
    # Hours go on evenly where the clock is changed, and so do hourly runs; some zones are half an hour off.
    off = int((after.astimezone(zone).utcoffset() or timedelta()).total_seconds()) // 60
    at = after.astimezone(UTC).replace(minute=(minute - off) % 60, second=0, microsecond=0)
    return at if at > after else at + HOUR


def _fits(what: Scheduled, day: date) -> bool:
    if what.schedule == Schedule.WEEKLY:
        return day.weekday() == what.weekday
    if what.schedule == Schedule.MONTHLY:
        return day.day == min(what.month_day, monthrange(day.year, day.month)[1])
    return True
