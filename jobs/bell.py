"""The bell: tell the workers, after the commit, that something is due.

A bell carries no truth. If it is lost, the beat's poke finds the job a few seconds later; if the broker is away, the
request that rang notices nothing.
"""

import logging
import math
import time
import uuid

from django.conf import settings
from django.db import connection, transaction

from jobs.kinds import UnknownKind, kind_of
from jobs.ringer import Ringer

log = logging.getLogger(__name__)

# More workers than this would only wait for each other over one merchant's backlog.
TASKS_AT_ONCE = 4
ALONE_AT_ONCE = 3
# After a failure this process leaves the broker alone for a while, so that a broker that hangs costs one time-out.
QUIET_SECONDS = 5.0

_quiet_until = 0.0


class Bell:
    """The bell of one (merchant, kind) in one transaction: thousands of jobs ring a handful of times."""

    def __init__(self, merchant_id: uuid.UUID, kind: str) -> None:
        self.merchant_id = merchant_id
        self.kind = kind
        self.job_ids: list[uuid.UUID] = []

    def __call__(self) -> None:
        """Have it rung, after the commit."""
        ringer.later(self.merchant_id, self.kind, self.job_ids)


def ring_after_commit(merchant_id: uuid.UUID, kind: str, job_id: uuid.UUID) -> None:
    """Have the bell rung when the transaction commits; never raises into the request that committed."""
    bell = _bell_of_transaction(merchant_id, kind)
    bell.job_ids.append(job_id)


def ring(merchant_id: uuid.UUID, kind: str, job_ids: list[uuid.UUID]) -> None:
    """Tell the workers about these jobs now: one task each for a few, shared ones for many."""
    try:
        traits = kind_of(kind)
    except UnknownKind:
        log.warning("No handler for this kind of job", extra={"kind": kind})
        return
    if not traits.takes_many and len(job_ids) <= ALONE_AT_ONCE:
        for job_id in job_ids:
            send("jobs.tasks.run_job", str(merchant_id), str(job_id), queue=traits.traits.queue)
    else:
        for _ in range(min(TASKS_AT_ONCE, math.ceil(len(job_ids) / traits.at_once))):
            send("jobs.tasks.run_kind", str(merchant_id), kind, queue=traits.traits.queue)


ringer = Ringer(ring)


def send(task: str, *args: str, queue: str = "") -> bool:
    """Put a task on the queue without waiting for a broker that is away; return False if it was not taken."""
    global _quiet_until  # noqa: PLW0603 - one broker per process
    from celery import current_app  # noqa: PLC0415 - the app is configured by then

    if time.monotonic() < _quiet_until:
        return False
    try:
        limits = settings.QUEUE_LIMITS.get(queue, {})
        current_app.send_task(task, args=args, queue=queue or None, ignore_result=True, retry=False, **limits)
    except Exception as error:  # noqa: BLE001 - whatever the broker raises, the row is there
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("The bell could not be rung", extra={"error": type(error).__name__})
        return False
    return True


def _bell_of_transaction(merchant_id: uuid.UUID, kind: str) -> Bell:
    """Return this transaction's bell for the kind, registering it where there is none.

    A bell that is still registered hangs on savepoints that are over or that we are inside of, so it is rung if our
    job is kept. One whose own job is rolled back rings for nothing, which is harmless.
    """
    for entry in reversed(connection.run_on_commit):
        waiting = entry[1]
        if isinstance(waiting, Bell) and (waiting.merchant_id, waiting.kind) == (merchant_id, kind):
            return waiting
    bell = Bell(merchant_id, kind)
    transaction.on_commit(bell, robust=True)
    return bell
