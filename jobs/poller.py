"""Discover wide: read what is due of every merchant, as the poller's role, without locks.

The role sees a few columns of a few tables and may change nothing. Acting happens in the merchant's own scope.
"""

import contextlib
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

# Turn 1 is the first job of every (merchant, kind), turn 2 the second of each: no merchant and no kind waits behind
# another's backlog.
DUE = """
SELECT merchant_id, id, kind FROM (
    SELECT merchant_id, id, kind, priority, at,
           row_number() OVER (PARTITION BY merchant_id, kind ORDER BY priority DESC, at, id) AS turn
    FROM (
        SELECT merchant_id, id, kind, priority, next_at AS at FROM jobs_job
        WHERE state = 'due' AND next_at <= statement_timestamp()
        UNION ALL
        SELECT merchant_id, id, kind, priority, lease_until AS at FROM jobs_job
        WHERE state = 'running' AND lease_until <= statement_timestamp()
    ) AS ready
) AS taking_turns
WHERE turn <= %(limit)s ORDER BY turn, priority DESC, at, id LIMIT %(limit)s
"""
OLDEST = (
    "SELECT statement_timestamp() - min(next_at) FROM jobs_job WHERE state = 'due' AND next_at <= statement_timestamp()"
)
DEAD = "SELECT count(*) FROM jobs_job WHERE state = 'dead'"


BY_KIND = """
SELECT kind, count(*) FILTER (WHERE state = 'due'), count(*) FILTER (WHERE state = 'running'),
       count(*) FILTER (WHERE state = 'dead'),
       coalesce(statement_timestamp() - min(next_at) FILTER (WHERE state = 'due' AND next_at <= statement_timestamp()),
                interval '0')
FROM jobs_job WHERE state IN ('due', 'running', 'dead') GROUP BY kind ORDER BY kind
"""


class Due(NamedTuple):
    """A job that may start."""

    merchant_id: uuid.UUID
    id: uuid.UUID
    kind: str


class Work(NamedTuple):
    """How much of a kind is not finished, of all merchants together."""

    kind: str
    due: int
    running: int
    dead: int
    oldest_due: timedelta


@contextlib.contextmanager
def as_poller() -> Iterator[Any]:
    """Open a short transaction in the poller's role and yield its cursor."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE app_poller")
        yield cursor
        # Inside a longer transaction the role would outlive this block.
        cursor.execute("SET LOCAL ROLE NONE")


def discover_due(limit: int) -> list[Due]:
    """Return up to ``limit`` due jobs of all merchants, fairly in turns; a lease that ran out counts as due."""
    with as_poller() as cursor:
        cursor.execute(DUE, {"limit": limit})
        return [Due(*row) for row in cursor.fetchall()]


def work_by_kind() -> list[Work]:
    """Return what is due, running and dead of every kind that has any."""
    with as_poller() as cursor:
        cursor.execute(BY_KIND)
        return [Work(*row) for row in cursor.fetchall()]


def oldest_due_age() -> timedelta:
    """Return for how long the oldest due job of any merchant has been waiting; zero if none is due."""
    return _one(OLDEST) or timedelta(0)


def dead_count() -> int:
    """Return how many jobs of all merchants are dead."""
    return int(_one(DEAD))


def _one(statement: str) -> Any:
    with as_poller() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
