"""Claims per day by state; over long periods per week, month or year."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from claims_center.overview.choice import Choice
from claims_center.overview.figures import between
from claims_center.states import OPEN, Status
from claims_center.tallies.reading import Counts
from ui import locale
from ui.charts import Series, line_chart
from ui.filters import Period

# What has become of the claims that came in on a day.
LINES = (
    (gettext_lazy("Processed"), (Status.PROCESSED,)),
    (gettext_lazy("Waiting"), OPEN),
    (gettext_lazy("Rejected"), (Status.REJECTED,)),
)
TITLES = {
    "day": gettext_lazy("Claims per day by state"),
    "week": gettext_lazy("Claims per week by state"),
    "month": gettext_lazy("Claims per month by state"),
    "year": gettext_lazy("Claims per year by state"),
}
HEADS = {
    "day": gettext_lazy("Day"),
    "week": gettext_lazy("Week from"),
    "month": gettext_lazy("Month"),
    "year": gettext_lazy("Year"),
}
# At most so many days are drawn day by day, week by week, month by month.
DAYS, WEEKS, MONTHS = 92, 740, 2200


@dataclass(frozen=True, slots=True)
class Piece:
    """A few days that the chart draws as one, and the claims of each line."""

    period: Period
    numbers: list[int]


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart of a period."""

    unit: str
    pieces: list[Piece]
    address: str

    @property
    def title(self) -> str:
        """What the chart shows."""
        return str(TITLES[self.unit])

    def __str__(self) -> str:
        return self.draw()

    def draw(self) -> SafeString:
        """Draw it; every figure of its table leads to its list."""
        lines = [self._line(place) for place in range(len(LINES))]
        return line_chart(
            [self._label(piece) for piece in self.pieces], lines, title=self.title, heading=HEADS[self.unit]
        )

    def _label(self, piece: Piece) -> date | str:
        start = piece.period.start or date.min
        return {"month": locale.month(start), "year": str(start.year)}.get(self.unit, start)

    def _line(self, place: int) -> Series:
        label, states = LINES[place]
        urls = [f"{self.address}?{self.query(piece.period, states)}" for piece in self.pieces]
        whole = Period(self.pieces[0].period.start, self.pieces[-1].period.end)
        numbers = [piece.numbers[place] for piece in self.pieces]
        return Series(str(label), numbers, urls=urls, url=f"{self.address}?{self.query(whole, states)}")

    @staticmethod
    def query(period: Period, states: Iterable[Status]) -> str:
        """Return the list of claims that came in within the period and are in these states."""
        return urlencode([*between("submitted", period), *(("status", str(state)) for state in states)])


def chart(choice: Choice, days: dict[date, Counts], address: str) -> Chart:
    """Return the chart of the counts of a period's days; `address` is that of the list."""
    unit = _unit(choice.days)
    numbers: dict[date, list[int]] = {}
    for start in _starts(choice, unit):
        numbers[start] = [0] * len(LINES)
    for day, counts in days.items():
        piece = numbers[max(_first(day, unit), choice.start)]
        for place, (_label, states) in enumerate(LINES):
            piece[place] += sum(counts.get(str(state), 0) for state in states)
    starts = list(numbers)
    ends = [*(start - timedelta(days=1) for start in starts[1:]), choice.end]
    return Chart(unit, [Piece(Period(s, e), numbers[s]) for s, e in zip(starts, ends, strict=True)], address)


def _unit(days: int) -> str:
    limits = (("day", DAYS), ("week", WEEKS), ("month", MONTHS))
    return next((unit for unit, most in limits if days <= most), "year")


def _first(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def _starts(choice: Choice, unit: str) -> list[date]:
    days = (choice.start + timedelta(days=number) for number in range(choice.days))
    return list(dict.fromkeys(max(_first(day, unit), choice.start) for day in days))
