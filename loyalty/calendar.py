"""Ends and beginnings by the merchant's calendar. All instants are aware; days are those of the given zone.

A day here is a calendar day, not 24 hours: across a change of the clocks the time of day stays. A time of day that
the clocks jump over is taken as the first instant after the jump; one that comes twice is taken the first time.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from loyalty.states import Expiry


def add_days(at: datetime, days: int, zone: tzinfo) -> datetime:
    """Return the same time of day so many calendar days later, in UTC."""
    local = at.astimezone(zone)
    return _real((local + timedelta(days=days)).replace(tzinfo=None), zone)


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the day's first instant, in UTC."""
    return _real(datetime.combine(day, time()), zone)


def expires_at(earned_at: datetime, *, kind: str, days: int, months: int, zone: tzinfo) -> datetime | None:
    """Return the first instant at which points earned then are gone, None for never.

    `days` counts for AFTER_DAYS. `months` moves the end of a month or a year so many whole months or years on:
    0 is the one in which the points are earned.
    """
    local = earned_at.astimezone(zone).date()
    if kind == Expiry.AFTER_DAYS:
        return add_days(earned_at, days, zone)
    if kind == Expiry.END_OF_MONTH:
        count = local.year * 12 + local.month + months
        return start_of_day(date(count // 12, count % 12 + 1, 1), zone)
    if kind == Expiry.END_OF_YEAR:
        return start_of_day(date(local.year + 1 + months, 1, 1), zone)
    return None


def _real(naive: datetime, zone: tzinfo) -> datetime:
    """Return a wall-clock time of the zone as an instant; one that never shows there, as the jump's end."""
    instant = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == naive:
        return instant
    # In the gap, fold 0 reads the clock as before the jump, fold 1 as after it: the jump is where the offset changes.
    before = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = instant
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset():
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
