"""Campaign Performance Overview: the key figures of a period, each the total of a list that it leads to."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_center.states import OPEN, Status
from tenancy.scope import current_merchant_id
from ui import locale
from ui.charts import Series, line_chart
from ui.filters import Period

PERIODS = (7, 30, 90)
DEFAULT = 30
# The lines of the chart.
LINES = (
    (gettext_lazy("Processed"), (Status.PROCESSED,)),
    (gettext_lazy("Waiting"), OPEN),
    (gettext_lazy("Rejected"), (Status.REJECTED,)),
)

FIGURES = """
SELECT (SELECT count(*) FROM claims_center_claim WHERE merchant_id = %(merchant)s AND did_redirect
          AND submitted_at >= %(start)s AND submitted_at < %(end)s),
       (SELECT count(*) FROM claims_center_journey WHERE merchant_id = %(merchant)s
          AND visited_at >= %(start)s AND visited_at < %(end)s),
       waiting.number, waiting.oldest, done.number, done.median, days.counted
FROM (SELECT count(*) AS number, min(submitted_at) AS oldest FROM claims_center_claim
        WHERE merchant_id = %(merchant)s AND status = ANY (%(open)s)) AS waiting,
     (SELECT count(*) AS number, percentile_cont(0.5) WITHIN GROUP (ORDER BY processed_at - submitted_at) AS median
        FROM claims_center_claim WHERE merchant_id = %(merchant)s
          AND processed_at >= %(start)s AND processed_at < %(end)s) AS done,
     (SELECT json_agg(json_build_array(day, status, number)) AS counted FROM (
        SELECT (submitted_at AT TIME ZONE %(zone)s)::date AS day, status, count(*) AS number FROM claims_center_claim
          WHERE merchant_id = %(merchant)s AND submitted_at >= %(start)s AND submitted_at < %(end)s
          GROUP BY 1, 2) AS one) AS days
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it counts, how it reads, and the parameters of the list that it counts."""

    name: str
    label: str
    value: str
    note: str
    query: str
    # How many claims the list behind it holds.
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of one period, and its claims per day by state."""

    days: int
    period: Period
    figures: list[Figure]
    per_day: dict[str, list[int]]
    dates: list[date]
    periods: tuple[int, ...] = PERIODS

    def chart(self) -> str:
        """Return the chart of claims per day, by what has become of them."""
        lines = [Series(str(label), self._sum(states)) for label, states in LINES]
        return line_chart(self.dates, lines, title=_("Claims per day by state"))

    def _sum(self, states: tuple[Status, ...]) -> list[int]:
        rows = [self.per_day[state] for state in states if state in self.per_day]
        return [sum(column) for column in zip(*rows, strict=True)] if rows else [0] * self.days


def overview(*, days: int, now: datetime) -> Overview:
    """Return the figures of the last `days` days, today included, in the active time zone."""
    today = timezone.localdate(now)
    period = Period(today - timedelta(days=days - 1), today)
    start, end = period.instants()
    values = {
        "merchant": current_merchant_id(),
        "start": start,
        "end": end,
        "zone": locale.zone_name(),
        "open": [str(status) for status in OPEN],
    }
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, values)
        *facts, counted = cursor.fetchone()
    dates = [today - timedelta(days=back) for back in reversed(range(days))]
    per_day = _per_day(counted or [], dates)
    return Overview(days, period, _figures(sum(map(sum, per_day.values())), facts, period, now), per_day, dates)


def _per_day(counted: list[tuple[str, str, int]], dates: list[date]) -> dict[str, list[int]]:
    """Return one row of numbers for each state that has any, in the order of the states."""
    numbers: dict[str, dict[date, int]] = defaultdict(dict)
    for day, status, number in counted:
        numbers[status][date.fromisoformat(day)] = number
    return {status: [numbers[status].get(day, 0) for day in dates] for status in Status.values if status in numbers}


def _figures(claims: int, facts: list[Any], period: Period, now: datetime) -> list[Figure]:
    redirects, visits, waiting, oldest, processed, median = facts
    submitted, done = _between("submitted", period), _between("processed", period)
    still_open = [("status", str(status)) for status in OPEN]
    age = _("oldest %(age)s") % {"age": locale.duration(now - oldest)} if oldest else ""
    # Claims from before visits were counted would make this more than all.
    converts = visits and visits >= claims
    return [
        Figure("claims", _("Claims"), locale.number(claims), "", urlencode(submitted), claims),
        Figure("processed", _("Processed"), locale.number(processed), "", urlencode(done), processed),
        Figure(
            "waiting",
            _("Waiting"),
            locale.number(waiting),
            age,
            urlencode([*still_open, ("sort", "submitted")]),
            waiting,
        ),
        Figure(
            "median",
            _("Median time to process"),
            locale.duration(median) if median else "—",
            "",
            urlencode(done),
            processed,
        ),
        Figure(
            "redirect_rate",
            _("Redirect rate"),
            locale.percent(redirects / claims) if claims else "—",
            _("%(part)s of %(whole)s") % _counts(redirects, claims) if claims else "",
            urlencode([*submitted, ("did_redirect", "yes")]),
            redirects,
        ),
        Figure(
            "conversion",
            _("Visits to claims"),
            locale.percent(claims / visits) if converts else "—",
            _("%(part)s of %(whole)s visits") % _counts(claims, visits) if converts else "",
            urlencode(submitted),
            claims,
        ),
    ]


def _counts(part: int, whole: int) -> dict[str, str]:
    return {"part": locale.number(part), "whole": locale.number(whole)}


def _between(name: str, period: Period) -> list[tuple[str, str]]:
    return [(f"{name}_from", str(period.start)), (f"{name}_to", str(period.end))]
