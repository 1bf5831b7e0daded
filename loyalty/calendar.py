"""When points end, by the merchant's calendar (see `tenancy.days`)."""

from datetime import date, datetime, tzinfo

from loyalty.states import Expiry
from tenancy.days import add_days, start_of_day


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
