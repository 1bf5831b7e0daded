"""Calendar days of a zone as instants. All instants are aware.

A day here is a calendar day, not 24 hours: across a change of the clocks the time of day stays. A time of day that
the clocks jump over is taken as the first instant after the jump; one that comes twice is taken the first time.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def add_days(at: datetime, days: int, zone: tzinfo) -> datetime:
    """Return the same time of day so many calendar days later, in UTC."""
    local = at.astimezone(zone)
    return as_instant((local + timedelta(days=days)).replace(tzinfo=None), zone)


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the day's first instant, in UTC."""
    return as_instant(datetime.combine(day, time()), zone)


def as_instant(naive: datetime, zone: tzinfo) -> datetime:
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
