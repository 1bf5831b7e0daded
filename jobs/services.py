"""Put work down, take it up again, call it off."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jobs.bell import ring_after_commit
from jobs.errors import NotPossible
from jobs.kinds import can_retry, can_stop, tell_dead
from jobs.models import Job
from jobs.states import CANCELLABLE, RETRYABLE, Priority, State
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.ids import new_id
from tenancy.prepared import prepared_cursor
from tenancy.scope import current_merchant_id

INSERT = """
INSERT INTO jobs_job (merchant_id, id, kind, dedupe_key, payload, state, priority, attempts, max_attempts, next_at,
                      worker, last_error, done_rows, result, created_at)
SELECT %(merchant_id)s, row.id, %(kind)s, row.key, row.payload::jsonb, 'due', %(priority)s, 0, %(max_attempts)s,
       %(next_at)s, '', '', 0, '{}', %(created_at)s
FROM unnest(%(ids)s::uuid[], %(keys)s::text[], %(payloads)s::text[]) AS row (id, key, payload)
ON CONFLICT DO NOTHING RETURNING id
"""


def enqueue(
    *,
    kind: str,
    payload: dict[str, Any],
    now: datetime,
    dedupe_key: str = "",
    next_at: datetime | None = None,
    priority: Priority = Priority.NORMAL,
    max_attempts: int = 8,
) -> Job:
    """Put down one job for the merchant in scope, inside the caller's transaction.

    1. Inserts the row; ``next_at`` (UTC) is when it may start, ``now`` if left out.
    2. After the commit rings the bell, unless the job starts later; a broker that is away is not noticed.

    ``payload`` holds ids and numbers only. With a ``dedupe_key`` there is one job of that kind and key for ever: if
    it exists already, whatever its state (finished ones too), that row is returned and nothing else happens; put a
    date or a counter into the key of work that comes back.
    """
    return enqueue_many(
        kind=kind,
        payloads=[(dedupe_key, payload)],
        now=now,
        next_at=next_at,
        priority=priority,
        max_attempts=max_attempts,
    )[0]


def enqueue_many(
    *,
    kind: str,
    payloads: Sequence[tuple[str, dict[str, Any]]],
    now: datetime,
    next_at: datetime | None = None,
    priority: Priority = Priority.NORMAL,
    max_attempts: int = 8,
) -> list[Job]:
    """Put down many jobs of one kind, given as pairs of (dedupe key or "", payload); rules as for `enqueue`.

    One INSERT, one bell. Returns the jobs in the order of the payloads.
    """
    jobs = [
        Job(
            id=(job_id := new_id()),
            merchant_id=current_merchant_id(),
            kind=kind,
            dedupe_key=key or str(job_id),
            payload=payload,
            priority=priority,
            max_attempts=max_attempts,
            next_at=next_at or now,
            created_at=now,
        )
        for key, payload in payloads
    ]
    new = _insert(jobs)
    if len(new) < len(jobs):
        jobs = _as_stored(kind, jobs)
    for job in jobs:
        if job.id in new and job.next_at <= now:
            ring_after_commit(job.merchant_id, kind, job.id)
    return jobs


def retry(*, job_id: uuid.UUID, actor: Actor, now: datetime) -> Job:
    """Make a dead or cancelled job due again at once, with its attempts counted from nought, and audit it.

    A job that is due, running or done already is returned as it is: pressing twice does it once. Raises NotPossible
    for a kind that is tried again elsewhere, and Job.DoesNotExist for an unknown job.
    """
    job = _locked(job_id)
    if job.state not in RETRYABLE:
        return job
    if not can_retry(job.kind):
        raise NotPossible(job.state)
    before = job.state
    job.state, job.attempts, job.next_at, job.finished_at = State.DUE, 0, now, None
    job.save(update_fields=["state", "attempts", "next_at", "finished_at"])
    audit(
        action="job.retried", actor=actor, target=("job", job.id), before={"state": before}, after={"state": job.state}
    )
    ring_after_commit(job.merchant_id, job.kind, job.id)
    return job


def hasten(*, job_id: uuid.UUID, actor: Actor, now: datetime) -> Job:
    """Let a job that waits for its next turn have it at ``now`` (UTC), a dead or cancelled one as `retry` does.

    Locks it; a job that is due already, running or done is returned as it is. Rings the bell after the commit.
    """
    job = _locked(job_id)
    if job.state in RETRYABLE:
        return retry(job_id=job_id, actor=actor, now=now)
    if job.state == State.DUE and job.next_at > now:
        job.next_at = now
        job.save(update_fields=["next_at"])
        ring_after_commit(job.merchant_id, job.kind, job.id)
    return job


def cancel(*, job_id: uuid.UUID, actor: Actor, now: datetime) -> Job:
    """Call off a job that is due or running, audit it, and tell its domain as if it had died (`on_dead`).

    A running handler is not stopped: at its next step it finds its lease gone and what it has not committed is
    discarded; one that runs in a batch cannot be called off. A job cancelled already is returned as it is. Raises
    NotPossible for one that is done or dead, and Job.DoesNotExist for an unknown one.
    """
    job = _locked(job_id)
    if job.state == State.CANCELLED:
        return job
    if job.state not in CANCELLABLE or (job.state == State.RUNNING and not can_stop(job.kind)):
        raise NotPossible(job.state)
    before = job.state
    job.state, job.lease_token, job.lease_until, job.finished_at = State.CANCELLED, None, None, now
    job.save(update_fields=["state", "lease_token", "lease_until", "finished_at"])
    audit(
        action="job.cancelled",
        actor=actor,
        target=("job", job.id),
        before={"state": before},
        after={"state": job.state},
    )
    tell_dead(kind=job.kind, payload=job.payload, code="cancelled", now=now)
    return job


def withdraw(*, kind: str, about: dict[str, Any], now: datetime) -> int:
    """Call off, without a word in the log, the jobs of a kind that wait and whose payload holds this; return how many.

    For a domain that has put down others in their place, so that nobody is told of work that will not be done. Waits for
    nobody: a job whose turn has come is left to find out by itself that nothing is to be done.
    """
    waiting = Job.objects.filter(kind=kind, state=State.DUE, payload__contains=about)
    ids = list(waiting.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True))
    return Job.objects.filter(id__in=ids).update(state=State.CANCELLED, finished_at=now)


def _locked(job_id: uuid.UUID) -> Job:
    found: Job = Job.objects.select_for_update(no_key=True).get(id=job_id)
    return found


def _insert(jobs: list[Job]) -> set[uuid.UUID]:
    """Insert jobs of one kind by one statement and return the ids of those that are new."""
    if not jobs:
        return set()
    with prepared_cursor() as cursor:
        cursor.execute(
            INSERT,
            jobs[0].__dict__
            | {
                "ids": [job.id for job in jobs],
                "keys": [job.dedupe_key for job in jobs],
                "payloads": [json.dumps(job.payload) for job in jobs],
            },
        )
        return {row[0] for row in cursor.fetchall()}


def _as_stored(kind: str, jobs: list[Job]) -> list[Job]:
    stored = {
        job.dedupe_key: job for job in Job.objects.filter(kind=kind, dedupe_key__in=[job.dedupe_key for job in jobs])
    }
    return [stored[job.dedupe_key] for job in jobs]
