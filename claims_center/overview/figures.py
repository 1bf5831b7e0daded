"""A figure: what it says, the list that it counts, and how it compares with the period before."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from claims_center.states import OPEN
from claims_center.tallies.reading import Counts
from ui import locale
from ui.filters import Period

Pairs = list[tuple[str, str]]
STATES = ("new", "needs_info", "verified", "processed", "rejected")
WAITING: Pairs = [("status", str(status)) for status in OPEN]


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure compares: `way` is up, down or same (the words say it too), `good` whether that is welcome.

    `before` is the figure of the period before, `query` and `count` its list, where it has one.
    """

    way: str
    text: str
    before: str = ""
    query: str = ""
    count: int = 0
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: how it reads, the parameters of the list behind it, and how many claims that list holds."""

    name: str
    value: str
    query: str
    count: int
    label: str = ""
    note: str = ""
    change: Change | None = None
    # What it is sorted by; what has no value comes last.
    rank: float = field(default=-1.0)


def between(name: str, period: Period) -> Pairs:
    """Return the parameters of a list over the days of a period."""
    return [(f"{name}_from", str(period.start)), (f"{name}_to", str(period.end))]


def claims_in(counts: Counts) -> int:
    """Return how many claims came in, whatever became of them."""
    return sum(counts.get(state, 0) for state in STATES)


def waiting_in(counts: Counts) -> int:
    """Return how many of the claims wait."""
    return sum(counts.get(str(status), 0) for status in OPEN)


def claims(counts: Counts, period: Period, more: Pairs) -> Figure:
    """Claims that came in."""
    number = claims_in(counts)
    return Figure(
        "claims", locale.number(number), urlencode([*between("submitted", period), *more]), number, rank=number
    )


def processed(counts: Counts, period: Period, more: Pairs) -> Figure:
    """Claims that were processed, whenever they came in."""
    number = counts.get("done", 0)
    query = urlencode([*between("processed", period), *more])
    return Figure("processed", locale.number(number), query, number, rank=number)


def waiting(counts: Counts, more: Pairs) -> Figure:
    """Claims that wait now, whenever they came in; the list begins with the oldest."""
    number = waiting_in(counts)
    query = urlencode([*WAITING, *more, ("sort", "submitted")])
    return Figure("waiting", locale.number(number), query, number, rank=number)


def median(took: timedelta | None, counts: Counts, period: Period, more: Pairs) -> Figure:
    """Within what time at least half of those processed were processed."""
    query = urlencode([*between("processed", period), *more])
    value = locale.duration(took) if took is not None else "—"
    rank = took.total_seconds() if took is not None else -1
    return Figure("median", value, query, counts.get("done", 0), rank=rank)


def redirect_rate(counts: Counts, period: Period, more: Pairs) -> Figure:
    """The share of claims whose customer went on to the marketplace."""
    whole, part = claims_in(counts), counts.get("redirected", 0)
    query = urlencode([*between("submitted", period), ("did_redirect", "yes"), *more])
    value, note = (locale.percent(part / whole), _of(part, whole)) if whole else ("—", "")
    return Figure("redirect_rate", value, query, part, note=note, rank=part / whole if whole else -1)


def conversion(counts: Counts, period: Period, more: Pairs) -> Figure:
    """Claims for each visit; nothing where more claims came in than visits were counted."""
    visits, number = counts.get("visited", 0), claims_in(counts)
    query = urlencode([*between("submitted", period), *more])
    if not visits or number > visits:
        note = _("more claims than visits") if visits else _("no visits")
        return Figure("conversion", "—", query, number, note=note if number else "")
    parts = {"part": locale.number(number), "whole": locale.number(visits)}
    note = _("%(part)s of %(whole)s visits") % parts
    return Figure("conversion", locale.percent(number / visits), query, number, note=note, rank=number / visits)


def _of(part: int, whole: int) -> str:
    return _("%(part)s of %(whole)s") % {"part": locale.number(part), "whole": locale.number(whole)}
