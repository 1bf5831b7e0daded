"""Filters by day: two parameters, both days inclusive, in the active time zone."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from ui import locale
from ui.filters.base import Chip, Filter, Option, Problem, Reading, unknown
from ui.querystring import changed

_CALENDAR_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EARLIEST, LATEST = date(1970, 1, 2), date(2199, 12, 31)


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both inclusive; None is open."""

    start: date | None = None
    end: date | None = None

    def instants(self) -> tuple[datetime | None, datetime | None]:
        """Return the half-open range [first instant of start, first instant after end) in the active zone.

        Midnight is looked up for each day, so a day of 23 or 25 hours is exactly that long.
        """
        first = day_start(self.start) if self.start else None
        behind = day_start(self.end + timedelta(days=1)) if self.end else None
        return first, behind

    def __str__(self) -> str:
        if self.start and self.end:
            return locale.interval(self.start, self.end)
        if self.start:
            return _("from %(day)s") % {"day": locale.day(self.start)}
        return _("until %(day)s") % {"day": locale.day(self.end or LATEST)}


def day_start(day: date) -> datetime:
    """Return the first instant of a day in the active zone.

    Where the clock skips midnight the day begins with the skip; where midnight comes twice, with the first one:
    both are what `fold=0` gives.
    """
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def presets(today: date) -> list[tuple[str, Period]]:
    """Return the usual periods, ending with or around `today`."""
    month_start = today.replace(day=1)
    last_month_end = month_start - timedelta(days=1)
    month_end = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    yesterday = today - timedelta(days=1)
    return [
        (_("Today"), Period(today, today)),
        (_("Yesterday"), Period(yesterday, yesterday)),
        (_("Last 7 days"), Period(today - timedelta(days=6), today)),
        (_("Last 30 days"), Period(today - timedelta(days=29), today)),
        (_("Last 90 days"), Period(today - timedelta(days=89), today)),
        (_("This month"), Period(month_start, month_end)),
        (_("Last month"), Period(last_month_end.replace(day=1), last_month_end)),
    ]


class PeriodFilter(Filter):
    """`?submitted_from=2026-11-01&submitted_to=2026-11-30` for `submitted = PeriodFilter("submitted_at")`.

    `on_date=True` for a date column instead of a time. A method gets (queryset, field_name, Period).
    """

    template = "ui/filters/period.html"

    def __init__(self, field_name: str | None = None, *, on_date: bool = False, **kwargs: Any) -> None:
        super().__init__(field_name, **kwargs)
        self.on_date = on_date

    def params(self) -> list[str]:
        """The two parameters."""
        return [f"{self.name}_from", f"{self.name}_to"]

    def read(self, data: QueryDict) -> Reading:
        """Read both days; one that is no day is reported and left open, an upside-down period is left out."""
        days, problems = [], []
        for param in self.params():
            value = data.get(param, "").strip()
            day = _parse(value)
            days.append(day)
            if value and day is None:
                problems.append(unknown(param, data.get(param, ""), self.label))
        start, end = days
        if start and end and start > end:
            param = self.params()[0]
            text = _("%(label)s: the period ends before it begins") % {"label": self.label}
            return Reading(None, [*problems, Problem(param, data.get(param, ""), text)])
        return Reading(Period(start, end) if start or end else None, problems)

    def filter(self, qs: QuerySet, value: Period) -> QuerySet:
        """Narrow to the days of the period."""
        if self.on_date:
            bounds = {"gte": value.start, "lte": value.end}
        else:
            first, behind = value.instants()
            bounds = {"gte": first, "lt": behind}
        return qs.filter(**{f"{self.field_name}__{op}": bound for op, bound in bounds.items() if bound})

    def chips(self, value: Period, data: QueryDict) -> list[Chip]:
        """The period as one chip, named as its preset where it is one."""
        named = {period: label for label, period in reversed(presets(timezone.localdate()))}
        removed = changed(data, dict.fromkeys(self.params()))
        return [Chip(str(self.label), named.get(value, str(value)), self.params()[0], "", removed)]

    def options(self, value: Period | None) -> list[Option]:
        """The presets, as links."""
        first, last = self.params()
        data = self.parent.data
        found = []
        for label, period in presets(timezone.localdate()):
            url = changed(data, {first: str(period.start), last: str(period.end)})
            found.append(Option("", label, period == value, url))
        return found

    def extra_for(self, data: QueryDict) -> dict[str, Any]:
        """The two days as they stand in the fields, and the zone they are meant in."""
        first, last = self.params()
        start, end = _parse(data.get(first, "").strip()), _parse(data.get(last, "").strip())
        return {"first": first, "last": last, "start": start, "end": end, "zone": locale.zone_name()}


def _parse(value: str) -> date | None:
    try:
        day = date.fromisoformat(value) if _CALENDAR_DAY.fullmatch(value) else None
    except ValueError:
        return None
    return day if day and EARLIEST <= day <= LATEST else None
