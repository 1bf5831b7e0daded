"""What happens by itself: each tick of the clock with its next turn, its last run, and what lies ahead of it.

What lies ahead is known to the rooms that own the work: beside the map of handlers stands `PREVIEWS` (tick -> dotted path
of `def ahead(*, until: datetime) -> list[Ahead]`, called in the merchant's scope). `AWAITED` there names the kinds of
work that no tick puts down: each message, export and payment has a job that waits for a moment of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, Min, Q
from django.utils.module_loading import import_string
from django.utils.translation import ngettext

from jobs.kinds import beside, label_of
from jobs.models import Job
from jobs.periodic import EVERYBODY, Tick, ticks
from jobs.states import State
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
    """One piece of work as the merchant sees it. ``next_at`` (UTC) is None where it starts whenever something is due."""

    name: str
    kind: str
    label: str
    next_at: datetime | None
    last: LastRun | None
    ahead: Sequence[Ahead]


def coming(*, now: datetime) -> list[Coming]:
    """Return every tick, in the order of the schedule, and what waits; previews reach a day ahead of ``now`` (UTC)."""
    known, previews, awaited = ticks(), beside("PREVIEWS"), list(beside("AWAITED"))
    last = last_runs([*(wanted.kind for wanted in known.values()), *awaited])
    found = [
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
    return found + _awaited(awaited, last, now)


def _awaited(kinds: Sequence[str], last: Mapping[str, LastRun], now: datetime) -> list[Coming]:
    """Return the kinds of work that wait for moments of their own; one query, or none where there are no kinds."""
    rows = Job.objects.filter(state=State.DUE, kind__in=kinds).values("kind") if kinds else Job.objects.none()
    soon = Count("id", filter=Q(next_at__lte=now + AHEAD))
    due = {row["kind"]: row for row in rows.annotate(first=Min("next_at"), soon=soon).values("kind", "first", "soon")}
    return [
        Coming(
            name=kind,
            kind=kind,
            label=label_of(kind),
            next_at=due[kind]["first"] if kind in due else None,
            last=last.get(kind),
            ahead=[_waiting(kind, due[kind]["soon"])] if kind in due and due[kind]["soon"] else (),
        )
        for kind in kinds
    ]


def _waiting(kind: str, number: int) -> Ahead:
    words = ngettext("%(n)s waits for its time", "%(n)s wait for their time", number) % {"n": locale.number(number)}
    return Ahead(words, "jobs:list", urlencode({"kind": kind, "state": State.DUE}))


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
