"""Filters by day: two parameters, both days inclusive, in the active time zone."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ui import locale
from ui.filters import days
from ui.filters.base import Chip, Filter, Problem, Reading, unknown
from ui.filters.pills import Option, two_days
from ui.querystring import changed

_CALENDAR_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EARLIEST, LATEST = date(1970, 1, 2), date(2199, 12, 31)
# The usual periods. They move along with the days: what a view or an export keeps is "the last 7 days".
PRESETS: tuple[tuple[Any, str, str], ...] = (
    (gettext_lazy("Today"), "today", "today"),
    (gettext_lazy("Yesterday"), "yesterday", "yesterday"),
    (gettext_lazy("Last 7 days"), "6_days_ago", "today"),
    (gettext_lazy("Last 30 days"), "29_days_ago", "today"),
    (gettext_lazy("Last 90 days"), "89_days_ago", "today"),
    (gettext_lazy("7 days before today"), "7_days_ago", "yesterday"),
    (gettext_lazy("This month"), "month_start", "month_end"),
    (gettext_lazy("Last month"), "last_month_start", "last_month_end"),
)


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both inclusive; None is open.

    `words` are the relative days that the two were given as (see `ui.filters.days`), "" where it was a fixed day. Only
    then may the end lie before the start, as "this month until yesterday" does on the first: that is a period of no day.
    """

    start: date | None = None
    end: date | None = None
    words: tuple[str, str] = field(default=("", ""), compare=False)

    @classmethod
    def relative(cls, first: str, last: str, today: date) -> "Period":
        """Return the period between two relative days, counted from `today`."""
        return cls(days.resolve(first, today), days.resolve(last, today), (first, last))

    @property
    def is_relative(self) -> bool:
        """Say whether it means other days tomorrow."""
        return any(self.words)

    def instants(self) -> tuple[datetime | None, datetime | None]:
        """Return the half-open range [first instant of start, first instant after end) in the active zone.

        Midnight is looked up for each day, so a day of 23 or 25 hours is exactly that long.
        """
        first = day_start(self.start) if self.start else None
        behind = day_start(self.end + timedelta(days=1)) if self.end else None
        return first, behind

    def on_calendar(self) -> str:
        """Return its days of the calendar in words; "" where there is none."""
        if self.start and self.end:
            return locale.interval(self.start, self.end) if self.start <= self.end else ""
        return str(Period(self.start, self.end))

    def __str__(self) -> str:
        if self.start and self.end and not self.is_relative:
            return locale.interval(self.start, self.end)
        first, last = (
            days.label_of(word) if word else locale.day(day) if day else ""
            for word, day in zip(self.words, (self.start, self.end), strict=True)
        )
        if first and last:
            return first if first == last else _("from %(first)s until %(last)s") % {"first": first, "last": last}
        if first:
            return _("from %(day)s") % {"day": first}
        return _("until %(day)s") % {"day": last or locale.day(LATEST)}


@dataclass(frozen=True)
class Bound:
    """One of the two days as the popover draws it: a field for a day of the calendar unless it is a relative one."""

    param: str
    label: str
    day: date | None
    word: str

    @property
    def options(self) -> SafeString:
        """The relative days to choose from."""
        return days.options(self.word)


def day_start(day: date) -> datetime:
    """Return the first instant of a day in the active zone.

    Where the clock skips midnight the day begins with the skip; where midnight comes twice, with the first one:
    both are what `fold=0` gives.
    """
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def presets(today: date) -> list[tuple[str, Period]]:
    """Return the usual periods, ending with or around `today`."""
    return [(str(label), Period.relative(first, last, today)) for label, first, last in PRESETS]


class PeriodFilter(Filter):
    """`?submitted_from=2026-11-01&submitted_to=yesterday` for `submitted = PeriodFilter("submitted_at")`.

    Each day is one of the calendar or a relative one (`ui.filters.days`), which is counted from the filter set's `today`.
    `on_date=True` for a date column instead of a time. A method gets (queryset, field_name, Period).
    """

    popover = staticmethod(two_days)

    def __init__(self, field_name: str | None = None, *, on_date: bool = False, **kwargs: Any) -> None:
        super().__init__(field_name, **kwargs)
        self.on_date = on_date

    def params(self) -> list[str]:
        """The two parameters."""
        return [f"{self.name}_from", f"{self.name}_to"]

    def given(self, param: str, data: QueryDict) -> list[str]:
        """The one that counts."""
        return [value for value in [_given(data, param)] if value]

    def read(self, data: QueryDict) -> Reading:
        """Read both days; one that is no day is reported and left open, an upside-down period is left out."""
        period, problems = self._period(data), []
        for param, day in zip(self.params(), (period.start, period.end), strict=True):
            if day is None and (given := _given(data, param)):
                problems.append(unknown(param, given, self.label))
        if period.start and period.end and period.start > period.end and not period.is_relative:
            param = self.params()[0]
            text = _("%(label)s: the period ends before it begins") % {"label": self.label}
            return Reading(None, [*problems, Problem(param, _given(data, param), text)])
        return Reading(period if period.start or period.end else None, problems)

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
        named = {(first, last): str(label) for label, first, last in PRESETS}
        removed = changed(data, dict.fromkeys(self.params()))
        return [Chip(str(self.label), named.get(value.words, str(value)), self.params()[0], "", removed)]

    def options(self, value: Period | None) -> list[Option]:
        """The presets, as links."""
        first, last = self.params()
        chosen = value.words if value else None
        return [
            Option("", str(label), words == chosen, changed(self.parent.data, {first: words[0], last: words[1]}))
            for label, *given in PRESETS
            for words in [tuple(given)]
        ]

    def extra_for(self, data: QueryDict) -> dict[str, Any]:
        """The two days as they stand in the fields, what they mean today, and the zone they are meant in."""
        period, (first, last) = self._period(data), self.params()
        bounds = [
            Bound(first, _("From"), period.start, period.words[0]),
            Bound(last, _("To"), period.end, period.words[1]),
        ]
        means = period.on_calendar() if period.is_relative else ""
        return {"bounds": bounds, "means": means, "zone": locale.zone_name()}

    def _period(self, data: QueryDict) -> Period:
        """Return what the two parameters say; what is no day is left open."""
        today = self.parent.today or timezone.localdate()
        given = [_given(data, param).strip() for param in self.params()]
        found = [days.resolve(value, today) for value in given]
        start, end = (day or _parse(value) for day, value in zip(found, given, strict=True))
        first, last = (value if day else "" for day, value in zip(found, given, strict=True))
        return Period(start, end, (first, last))


def _given(data: QueryDict, param: str) -> str:
    """Return the value of a parameter; of several a relative day, for it was chosen while a fixed one was in force."""
    values = [value for value in data.getlist(param) if value.strip()]
    words = [value for value in values if days.resolve(value.strip(), EARLIEST)]
    return (words or values or [""])[-1]


def _parse(value: str) -> date | None:
    try:
        day = date.fromisoformat(value) if _CALENDAR_DAY.fullmatch(value) else None
    except ValueError:
        return None
    return day if day and EARLIEST <= day <= LATEST else None
