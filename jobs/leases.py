"""Act narrow: claim, renew and finish jobs in their merchant's scope, each by one fenced statement.

Times are compared by the database's clock alone, so that a worker with a wrong clock neither steals nor keeps a job.
A statement that names a lease token which is no longer the job's changes nothing: that is the fence.
"""

# ruff: noqa: S608 - the statements are put together from this module's own constants

import json
import os
import random
import socket
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection

DUE = "state = 'due' AND next_at <= statement_timestamp()"
LEFT = "state = 'running' AND lease_until <= statement_timestamp()"
TAKE = """
UPDATE jobs_job SET state = 'running', attempts = attempts + 1, lease_token = %(token)s,
       lease_until = now() + %(lease)s, worker = %(worker)s
"""
TAKEN = f"AND (({DUE}) OR ({LEFT})) RETURNING id, kind, payload, attempts, max_attempts, done_rows, total_rows"
CLAIM_ONE = f"{TAKE} WHERE merchant_id = %(merchant)s AND id = %(id)s {TAKEN}"
OF_KIND = "SELECT id FROM jobs_job WHERE merchant_id = %(merchant)s AND kind = %(kind)s"
# Each ARRAY(...) is read from its own index in its order, once, before the update looks at any row.
CLAIM_MANY = f"""{TAKE} WHERE merchant_id = %(merchant)s AND id = ANY ((
    ARRAY({OF_KIND} AND {LEFT} ORDER BY lease_until, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    || ARRAY({OF_KIND} AND {DUE} ORDER BY priority DESC, next_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
)[1:%(limit)s]) {TAKEN}"""
HELD = "merchant_id = %(merchant)s AND id = ANY (%(ids)s) AND lease_token = %(token)s AND state = 'running'"
RENEW = f"UPDATE jobs_job SET lease_until = now() + %(lease)s WHERE {HELD}"
PROGRESS = f"""
UPDATE jobs_job SET done_rows = %(done)s, total_rows = COALESCE(%(total)s, total_rows),
       lease_until = now() + %(lease)s WHERE {HELD}"""
LOCK_HELD = f"SELECT id FROM jobs_job WHERE {HELD} ORDER BY id FOR UPDATE"
FREE = "lease_token = NULL, lease_until = NULL"
FINISH = f"""
UPDATE jobs_job SET state = 'done', {FREE}, finished_at = now(), last_error = '', result = %(result)s WHERE {HELD}"""
AGAIN = f"""
UPDATE jobs_job SET state = 'due', {FREE}, next_at = now() + %(wait)s, last_error = %(code)s,
       attempts = attempts - %(uncounted)s WHERE {HELD}"""
DIE = f"""
UPDATE jobs_job SET state = 'dead', {FREE}, finished_at = now(), last_error = %(code)s WHERE {HELD}"""

ANY_READY = f"SELECT EXISTS ({OF_KIND} AND {DUE}) OR EXISTS ({OF_KIND} AND {LEFT})"


class Claimed(NamedTuple):
    """What a claim brings back."""

    id: uuid.UUID
    kind: str
    payload: dict[str, Any]
    attempts: int
    max_attempts: int
    done_rows: int
    total_rows: int | None


def claim(*, merchant_id: uuid.UUID, job_id: uuid.UUID, token: uuid.UUID, lease: timedelta) -> Claimed | None:
    """Take one job if it is due or its lease ran out; return None if somebody else has it or it is finished."""
    found = _claim(CLAIM_ONE, merchant=merchant_id, id=job_id, token=token, lease=lease)
    return found[0] if found else None


def claim_many(*, merchant_id: uuid.UUID, kind: str, limit: int, token: uuid.UUID, lease: timedelta) -> list[Claimed]:
    """Take up to ``limit`` ready jobs of one kind, the most urgent first, stepping around locked ones."""
    return _claim(CLAIM_MANY, merchant=merchant_id, kind=kind, limit=limit, token=token, lease=lease)


def any_ready(*, merchant_id: uuid.UUID, kind: str) -> bool:
    """Say whether a job of this kind could be taken now."""
    with connection.cursor() as cursor:
        cursor.execute(ANY_READY, {"merchant": merchant_id, "kind": kind})
        return bool(cursor.fetchone()[0])


def renew(*, merchant_id: uuid.UUID, ids: Sequence[uuid.UUID], token: uuid.UUID, lease: timedelta) -> int:
    """Hold the jobs for another lease; return how many are still held."""
    return _run(RENEW, merchant=merchant_id, ids=list(ids), token=token, lease=lease)


def held(*, merchant_id: uuid.UUID, ids: Sequence[uuid.UUID], token: uuid.UUID) -> set[uuid.UUID]:
    """Lock the jobs that this token still holds and return their ids."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_HELD, {"merchant": merchant_id, "ids": list(ids), "token": token})
        return {row[0] for row in cursor.fetchall()}


def progress(
    *, merchant_id: uuid.UUID, job_id: uuid.UUID, token: uuid.UUID, lease: timedelta, done: int, total: int | None
) -> bool:
    """Write how far a job has come and renew its lease; False if the lease was lost."""
    values = {"merchant": merchant_id, "ids": [job_id], "token": token, "lease": lease, "done": done, "total": total}
    return _run(PROGRESS, **values) == 1


def finish(
    *, merchant_id: uuid.UUID, ids: Sequence[uuid.UUID], token: uuid.UUID, result: dict[str, Any] | None = None
) -> int:
    """Mark jobs as done; return how many were still held."""
    text = json.dumps(result or {})
    return _run(FINISH, merchant=merchant_id, ids=list(ids), token=token, result=text)


def again(
    *, merchant_id: uuid.UUID, job_id: uuid.UUID, token: uuid.UUID, wait: timedelta, code: str, counts: bool
) -> bool:
    """Make a job due again after ``wait``; ``counts=False`` gives the attempt back. False if the lease was lost."""
    values = {"wait": wait, "code": code[:120], "uncounted": 0 if counts else 1}
    return _run(AGAIN, merchant=merchant_id, ids=[job_id], token=token, **values) == 1


def die(*, merchant_id: uuid.UUID, job_id: uuid.UUID, token: uuid.UUID, code: str) -> bool:
    """Give a job up for a person to look at; False if the lease was lost."""
    return _run(DIE, merchant=merchant_id, ids=[job_id], token=token, code=code[:120]) == 1


def backoff(attempt: int, *, base: float = 5.0, cap: float = 3600.0) -> timedelta:
    """Return how long to wait after the n-th failed attempt: doubling, capped, between half and the whole of it."""
    whole = min(cap, base * 2 ** (max(attempt, 1) - 1))
    return timedelta(seconds=whole * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing


def worker_name() -> str:
    """Return this process's name for the job row."""
    return f"{socket.gethostname()}:{os.getpid()}"[:120]


def _claim(statement: str, **values: Any) -> list[Claimed]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"worker": worker_name()})
        return [Claimed(*_decoded(row)) for row in cursor.fetchall()]


def _decoded(row: tuple[Any, ...]) -> list[Any]:
    # Django's connections hand jsonb over as text.
    job_id, kind, payload, *rest = row
    return [job_id, kind, json.loads(payload) if isinstance(payload, str) else payload, *rest]


def _run(statement: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
