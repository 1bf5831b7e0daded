"""What Celery runs. A task carries ids only, and running one twice is harmless: the row decides."""

import uuid
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from celery import shared_task
from django.db import connections

from jobs import periodic, runner
from jobs.bell import TASKS_AT_ONCE, send
from jobs.kinds import UnknownKind, kind_of
from jobs.poller import discover_due

# Jobs looked at by one poke; with a poke every five seconds and tasks that go on until nothing is left, a backlog of
# any size drains at the workers' speed.
POKE_LIMIT = 400


def healthy(function: Callable[..., Any]) -> Callable[..., Any]:
    """Drop re-used connections that died, so that a database that came back is noticed."""

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        for connection in connections.all(initialized_only=True):
            # In the middle of a transaction only where a test or a command calls a task as a function.
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
        return function(*args, **kwargs)

    return wrapped


@shared_task(name="jobs.tasks.run_job")
@healthy
def run_job(merchant_id: str, job_id: str) -> None:
    """Run one job, if it is still to be had."""
    runner.run_one(uuid.UUID(merchant_id), uuid.UUID(job_id))


@shared_task(name="jobs.tasks.run_kind")
@healthy
def run_kind(merchant_id: str, kind: str) -> None:
    """Run a merchant's ready jobs of one kind until none is left; after a while queue again behind the others."""
    seconds = 20.0
    run = runner.run_kind(uuid.UUID(merchant_id), kind, seconds=seconds)
    if run and runner.has_ready(uuid.UUID(merchant_id), kind):
        send("jobs.tasks.run_kind", merchant_id, kind, queue=kind_of(kind).traits.queue)


@shared_task(name="jobs.tasks.poke_due")
@healthy
def poke_due() -> int:
    """Put tasks on the queue for what is due, whoever forgot to ring; return how many."""
    if not periodic.first_in_period("poke_due"):
        return 0
    return poke()


@shared_task(name="jobs.tasks.tick")
@healthy
def tick(name: str) -> None:
    """Do one periodic piece of work, unless it was done in this period already."""
    periodic.tick(name)


def poke() -> int:
    """Put tasks on the queue for what is due of every merchant, a few for each (merchant, kind)."""
    groups = Counter((due.merchant_id, due.kind) for due in discover_due(POKE_LIMIT))
    sent = 0
    for (merchant_id, kind), count in groups.items():
        try:
            found = kind_of(kind)
        except UnknownKind:
            # Still run, so that it is seen as dead with its reason rather than waiting for ever.
            found = None
        at_once, queue = (found.at_once, found.traits.queue) if found else (1, "")
        for _ in range(min(TASKS_AT_ONCE, -(-count // at_once))):
            sent += send("jobs.tasks.run_kind", str(merchant_id), kind, queue=queue)
    return sent
