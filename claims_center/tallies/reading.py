"""What the sums say. Every answer is one statement over sums and changes, so one view of both: it is exact."""

# ruff: noqa: S608 - statements are put together from constants of this package; values are parameters
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction

from claims_center.states import OPEN
from claims_center.tallies import sql
from tenancy.scope import current_merchant_id
from ui import locale
from ui.filters import Period
from ui.filters.period import EARLIEST, LATEST

# Counting rows one by one takes this long at most; then there are no figures until the sums are there.
LIVE_MS = 2500
FIRST = date(1, 1, 1)
Counts = dict[str, int]
Key = tuple[str, str, str]


class BeingCounted(Exception):  # noqa: N818 - what is the case
    """There are no sums by this time zone yet, and too many rows to count them one by one."""


@dataclass(frozen=True, slots=True)
class Window:
    """A named range of days, both inclusive, in the active time zone; `EVER` has no bounds."""

    name: str
    start: date = EARLIEST
    end: date = LATEST

    @classmethod
    def of(cls, name: str, period: Period) -> "Window":
        """Return the window of a period; an open end is no bound."""
        return cls(name, period.start or EARLIEST, period.end or LATEST)

    def parts(self) -> Iterator[tuple[str, str, date, date]]:
        """Split into whole months and the days at the edges: (name, span, first, last)."""
        if self.name == EVER:
            yield self.name, "ever", FIRST, FIRST
            return
        first = self.start if self.start.day == 1 else _next_month(self.start)
        behind = _next_month(self.end) if (self.end + timedelta(days=1)).day == 1 else self.end.replace(day=1)
        if first >= behind:
            yield self.name, "day", self.start, self.end
            return
        yield self.name, "month", first, behind - timedelta(days=1)
        if self.start < first:
            yield self.name, "day", self.start, first - timedelta(days=1)
        if behind <= self.end:
            yield self.name, "day", behind, self.end


EVER = "ever"

STATE = """state AS MATERIALIZED (SELECT generation FROM claims_center_tallystate
  WHERE merchant_id = %(merchant)s AND zone = %(zone)s AND generation > 0)"""
NO_STATE = "state AS (SELECT NULL::int AS generation)"
# Rows that any of the windows counts; of all time only those that wait.
LIVE = f"""
SELECT * FROM ({sql.CLAIMS}) AS c WHERE at >= %(from)s AND at < %(to)s OR done_at >= %(from)s AND done_at < %(to)s
  OR %(ever)s AND status = ANY(%(open)s)
UNION ALL SELECT * FROM ({sql.VISITS}) AS v (kind, at, done_at, f, p, m, s, flag, number)
  WHERE at >= %(from)s AND at < %(to)s
UNION ALL SELECT * FROM ({sql.MOVES}) AS w (kind, at, done_at, f, p, m, s, flag, number)
  WHERE at >= %(from)s AND at < %(to)s"""
# One look into the index for each dimension and part, whatever the planner thinks of the table.
SUMS = """unnest(%(dimensions)s::text[]) AS wanted (part_of)
  CROSS JOIN unnest(%(names)s::text[], %(spans)s::text[], %(firsts)s::date[], %(lasts)s::date[])
    AS part (name, of_span, first, last)
  CROSS JOIN LATERAL (SELECT * FROM claims_center_claimtally
    WHERE merchant_id = %(merchant)s AND generation = (SELECT generation FROM state)
      AND dimension = part_of AND span = of_span AND day BETWEEN part.first AND part.last OFFSET 0) AS held"""
WINDOWS = "unnest(%(windows)s::text[], %(starts)s::date[], %(ends)s::date[]) AS w (title, first, last)"
KEYS = "(%(keys)s::text[] IS NULL OR key = ANY(%(keys)s))"

# What can be asked; each answer is one JSON array of rows, so that several questions are one statement.
TOTALS = f"""
  SELECT json_agg(json_build_array(title, dimension, key, {", ".join(sql.COLUMNS)})) FROM (
    SELECT title, dimension, key, {", ".join(f"sum({name})::int AS {name}" for name in sql.COLUMNS)} FROM (
      SELECT part.name AS title, dimension, key, {", ".join(sql.COLUMNS)}
      FROM {SUMS}
      UNION ALL
      SELECT w.title, dimension, key, {sql.summed()}
      FROM spread JOIN {WINDOWS} ON spread.day BETWEEN w.first AND w.last GROUP BY 1, 2, 3) AS all_of_them
    GROUP BY 1, 2, 3) AS counted"""
DAYS = f"""
  SELECT json_agg(json_build_array(day, {", ".join(sql.COLUMNS)})) FROM (
    SELECT day, {", ".join(f"sum({name})::int AS {name}" for name in sql.COLUMNS)} FROM (
      SELECT day, {", ".join(sql.COLUMNS)} FROM claims_center_claimtally
      WHERE merchant_id = %(merchant)s AND generation = (SELECT generation FROM state)
        AND dimension = 'all' AND span = 'day' AND day BETWEEN %(first)s AND %(last)s
      UNION ALL
      SELECT day, {sql.summed()} FROM spread
      WHERE dimension = 'all' AND day BETWEEN %(first)s AND %(last)s GROUP BY 1) AS all_of_them
    GROUP BY 1) AS counted"""
# Added up under a number for each window, dimension and key first: many thousand texts take longer to compare.
TOOK = f"""
  WITH parts AS (
    SELECT dense_rank() OVER (ORDER BY part.name, dimension, key) AS place, part.name AS title, dimension, key,
      took_minutes, took_numbers
    FROM {SUMS} WHERE {KEYS}),
  places AS (SELECT DISTINCT place, title, dimension, key FROM parts),
  added AS (
    SELECT place, took.minutes, sum(took.number)::int AS number
    FROM parts CROSS JOIN LATERAL unnest(took_minutes, took_numbers) AS took (minutes, number) GROUP BY 1, 2)
  SELECT json_agg(json_build_array(title, dimension, key, minutes, number)) FROM (
    SELECT title, dimension, key, minutes, sum(number)::int AS number FROM (
      SELECT title, dimension, key, minutes, number FROM added JOIN places USING (place)
      UNION ALL
      SELECT w.title, dimension, key, minutes, number
      FROM spread JOIN {WINDOWS} ON spread.day BETWEEN w.first AND w.last
      WHERE spread.name = 'done' AND {KEYS}) AS all_of_them
    GROUP BY 1, 2, 3, 4 HAVING sum(number) > 0) AS counted"""
OLDEST = " UNION ALL ".join(
    f"SELECT min(submitted_at) AS at FROM claims_center_claim WHERE merchant_id = %(merchant)s AND status = '{status}'"
    for status in OPEN
)
QUESTIONS = {"totals": TOTALS, "days": DAYS, "took": TOOK, "oldest": f"SELECT min(at) FROM ({OLDEST}) AS each"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for, all of it true at one and the same moment.

    `totals` by window, dimension and key: counts by name (nought may be missing); of the window `EVER` only the states
    of waiting claims. `medians` likewise: within what time at least half of the claims processed in the window were
    processed, rounded down to the steps of `sql.MINUTES`. `days`: counts of each day of the first window that has any.
    `oldest`: since when the claim waits that has waited longest.
    """

    totals: dict[Key, Counts]
    medians: dict[Key, timedelta]
    days: dict[date, Counts]
    oldest: datetime | None


def ask(
    *questions: str, windows: Sequence[Window], dimensions: Sequence[str] = ("all",), keys: Sequence[str] | None = None
) -> Answer:
    """Answer any of "totals", "took", "days" and "oldest" by one statement; `keys` narrows "took".

    Without sums of the active time zone the rows themselves are counted. Raises BeingCounted where that takes too long.
    """
    values = _values(windows) | {"dimensions": list(dimensions), "keys": list(keys) if keys is not None else None}
    asked = ", ".join(f"({QUESTIONS[name]})" for name in questions)
    # No row at all says that there are no sums: in the same view as everything else.
    statement = f"""WITH {STATE}, rows AS ({sql.CHANGES}), facts AS ({sql.FACTS}), spread AS ({sql.SPREAD})
        SELECT {asked} FROM state"""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return _answer(dict(zip(questions, row or _live(asked, values), strict=True)))


def _live(asked: str, values: dict[str, Any]) -> Sequence[Any]:
    statement = f"""WITH {NO_STATE}, rows AS ({LIVE}), facts AS ({sql.FACTS}), spread AS ({sql.SPREAD})
        SELECT {asked}"""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            (limit,) = cursor.fetchone()
            cursor.execute(f"SET LOCAL statement_timeout = {LIVE_MS}")
            cursor.execute(statement, values)
            row: Sequence[Any] = cursor.fetchone()
            cursor.execute(f"SET LOCAL statement_timeout = '{limit}'")
    except OperationalError as error:
        raise BeingCounted from error
    return row


def _answer(found: dict[str, Any]) -> Answer:
    took: dict[Key, dict[int, int]] = defaultdict(dict)
    for title, part, key, minutes, number in found.get("took") or ():
        took[title, part, key][minutes] = number
    return Answer(
        totals={(one[0], one[1], one[2]): _counts(one[3:]) for one in found.get("totals") or ()},
        medians={key: timedelta(minutes=_middle(numbers)) for key, numbers in took.items()},
        days={date.fromisoformat(day): _counts(counts) for day, *counts in found.get("days") or ()},
        oldest=found.get("oldest"),
    )


def _counts(numbers: Sequence[int]) -> Counts:
    return dict(zip(sql.COLUMNS, numbers, strict=True))


def _middle(took: Mapping[int, int]) -> int:
    """Return the lower of the two in the middle, where there are two."""
    half, seen = (sum(took.values()) + 1) // 2, 0
    for minutes in sorted(took):
        seen += took[minutes]
        if seen >= half:
            return minutes
    return 0


def _values(windows: Sequence[Window]) -> dict[str, Any]:
    parts = [part for window in windows for part in window.parts()]
    names, spans, firsts, lasts = (list(column) for column in zip(*parts, strict=True))
    bounded = [window for window in windows if window.name != EVER] or [Window("", EARLIEST, EARLIEST)]
    start, end = Period(min(one.start for one in bounded), max(one.end for one in bounded)).instants()
    return {
        "merchant": current_merchant_id(),
        "zone": locale.zone_name(),
        "open": [str(status) for status in OPEN],
        "names": names,
        "spans": spans,
        "firsts": firsts,
        "lasts": lasts,
        "windows": [window.name for window in windows],
        "starts": [FIRST if window.name == EVER else window.start for window in windows],
        "ends": [date.max if window.name == EVER else window.end for window in windows],
        "ever": any(window.name == EVER for window in windows),
        "from": start,
        "to": end,
        "first": windows[0].start,
        "last": windows[0].end,
    }


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
