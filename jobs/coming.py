"""What the clock does by itself: each tick with its next turn, its last run, and what lies ahead of it.

What lies ahead is known to the rooms that own the work: beside the map of handlers stands `PREVIEWS` (tick -> dotted path
of `def ahead(*, until: datetime) -> list[Ahead]`, called in the merchant's scope).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.module_loading import import_string

from jobs.kinds import beside, label_of
from jobs.periodic import EVERYBODY, Tick, ticks
from tenancy.scope import current_merchant_id
from ui import locale

# Where the database's date_bin begins to count too.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=24)
# Counting stops here: more than this is "many" to anybody.
MOST = 10_000

LAST = """
SELECT kind.name, last.state, last.finished_at, last.done_rows, last.last_error
FROM unnest(%(kinds)s::text[]) AS kind (name) CROSS JOIN LATERAL (
    SELECT state, finished_at, done_rows, last_error FROM jobs_job
    WHERE merchant_id = %(merchant)s AND kind = kind.name AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1) AS last
"""


class Ahead(NamedTuple):
    """Something that a tick will do: in words, with the route and query of a page that says more ("" where none does)."""

    words: str
    route: str = ""
    query: str = ""


class LastRun(NamedTuple):
    """How a tick's last finished job ended. ``finished_at`` is UTC; ``error`` is a class or code, "" where it went well."""

    state: str
    finished_at: datetime
    rows: int
    error: str


@dataclass(frozen=True, slots=True)
class Coming:
    """One tick as the merchant sees it. ``next_at`` (UTC) is None for work that starts whenever something is due."""

    name: str
    kind: str
    label: str
    next_at: datetime | None
    last: LastRun | None
    ahead: Sequence[Ahead]


def coming(*, now: datetime) -> list[Coming]:
    """Return every tick, in the order of the schedule; previews reach a day ahead of ``now`` (UTC)."""
    known, previews = ticks(), beside("PREVIEWS")
    last = last_runs([wanted.kind for wanted in known.values()])
    return [
        Coming(
            name=name,
            kind=wanted.kind,
            label=label_of(wanted.kind),
            next_at=next_turn(wanted, now) if wanted.merchants == EVERYBODY else None,
            last=last.get(wanted.kind),
            ahead=import_string(previews[name])(until=now + AHEAD) if name in previews else (),
        )
        for name, wanted in known.items()
    ]


def next_turn(wanted: Tick, now: datetime) -> datetime:
    """Return when the tick's next period begins (UTC)."""
    gone = (now - BEGINNING - wanted.offset) // wanted.every
    return BEGINNING + wanted.offset + (gone + 1) * wanted.every


def last_runs(kinds: Sequence[str]) -> dict[str, LastRun]:
    """Return the newest finished job of each of these kinds of the merchant, by one query."""
    values: dict[str, Any] = {"merchant": current_merchant_id(), "kinds": list(kinds)}
    with connection.cursor() as cursor:
        cursor.execute(LAST, values)
        return {kind: LastRun(*rest) for kind, *rest in cursor.fetchall()}


def capped(rows: Any) -> tuple[int, str]:
    """Return how many rows a query set has, at most MOST, and the figure in words."""
    number = rows.order_by()[: MOST + 1].count()
    return number, f"{locale.number(MOST)}+" if number > MOST else locale.number(number)
