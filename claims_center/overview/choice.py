"""Which period the overview shows: the last so many days, or two days of one's own. Days are of the active zone."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from ui.filters import Period

PRESETS = (7, 30, 90)
DEFAULT = 30
# Ten years: what the chart can still draw, and the sums of months add up at once.
MOST_DAYS = 3660
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Choice:
    """A period, how it was chosen (`preset` days, or 0 for an own one), and what was wrong with what was given."""

    period: Period
    preset: int = 0
    problem: str = ""
    given_from: str = ""
    given_to: str = ""

    @classmethod
    def last(cls, number: int, today: date) -> "Choice":
        """Return the last so many days, today included."""
        return cls(Period(today - timedelta(days=number - 1), today), number)

    @classmethod
    def read(cls, *, asked: Any, kept: str, today: date) -> "Choice":
        """Return what the address asks for (`days`, or `from` and `to`), else what the cookie kept, else the default.

        What cannot be used changes nothing and is said in `problem`. Never raises.
        """
        before = cls.parse(kept, today) or cls.last(DEFAULT, today)
        days, start, end = (asked.get(name, "").strip() for name in ("days", "from", "to"))
        if days:
            return cls.parse(days, today) or before
        if not start and not end:
            return before
        problem = _problem(_day(start), _day(end))
        if problem:
            return cls(before.period, before.preset, problem, start[:10], end[:10])
        return cls(Period(_day(start), _day(end)))

    @classmethod
    def parse(cls, text: str, today: date) -> "Choice | None":
        """Return what `str()` of a choice stands for, or None for anything else."""
        if text in map(str, PRESETS):
            return cls.last(int(text), today)
        start, _comma, end = text.partition(".")
        first, last = _day(start), _day(end)
        return None if _problem(first, last) else cls(Period(first, last))

    def __str__(self) -> str:
        return str(self.preset) if self.preset else f"{self.start}.{self.end}"

    @property
    def start(self) -> date:
        """The first day."""
        return self.period.start or EARLIEST

    @property
    def end(self) -> date:
        """The last day."""
        return self.period.end or EARLIEST

    @property
    def days(self) -> int:
        """How many days there are."""
        return (self.end - self.start).days + 1

    @property
    def before(self) -> Period:
        """The period of the same length right before this one."""
        return Period(self.start - timedelta(days=self.days), self.start - timedelta(days=1))


def _problem(start: date | None, end: date | None) -> str:
    if start is None or end is None:
        return _("Give both days.")
    if start > end:
        return _("The period ends before it begins.")
    if start < EARLIEST or (end - start).days >= MOST_DAYS:
        return _("Choose a period of at most ten years.")
    return ""


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-01-01") else None
    except ValueError:
        return None
    return day if day and day.year < 2200 else None  # noqa: PLR2004 - as far as lists can be narrowed
