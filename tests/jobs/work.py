"""Kinds of jobs that only tests have, and what their handlers saw."""

from datetime import timedelta
from typing import Any

from jobs.errors import GiveUp, RetryLater
from jobs.kinds import job_handler
from jobs.run import JobRun
from tenancy.models import AuditEvent

seen: list[JobRun] = []
batches: list[list[JobRun]] = []
dead: list[tuple[dict[str, Any], str]] = []


def note(run: JobRun) -> None:
    """Remember the run, and write a row that shows that the scope is the right one."""
    seen.append(run)
    with run.scope():
        assert AuditEvent.objects.count() >= 0


def fail(run: JobRun) -> None:
    """Fail with a text that holds somebody's address."""
    seen.append(run)
    raise ValueError("jane@example.com is wrong")


def later(run: JobRun) -> None:
    """Ask to be run again."""
    seen.append(run)
    raise RetryLater(30, "busy", counts=run.payload.get("counts", True))


def give_up(run: JobRun) -> None:
    """Give up at once."""
    raise GiveUp("no_such_thing")


@job_handler(batch=3, on_dead="tests.jobs.work.mourn", retry_by_hand=False, lease=timedelta(seconds=60))
def many(runs: list[JobRun]) -> None:
    """Take several at once; those marked `bad` are to be run again."""
    batches.append(list(runs))
    for run in runs:
        if run.payload.get("bad"):
            run.back_off("bad")


@job_handler(on_dead="tests.jobs.work.mourn")
def hopeless(run: JobRun) -> None:
    """Never succeed, and have its room told."""
    raise GiveUp("hopeless")


def count_to_ten(run: JobRun) -> None:
    """Commit ten rows one by one, with progress, and stop once in the middle."""
    seen.append(run)
    while run.done_rows < 10:
        with run.scope():
            run.progress(run.done_rows + 1, 10)
        if run.done_rows == 4 and run.attempt == 1:
            raise ValueError("stopped")


def mourn(*, payload: dict[str, Any], code: str, now: Any) -> None:
    """Remember what died."""
    dead.append((payload, code))


HANDLERS = {
    "test.note": "tests.jobs.work.note",
    "test.fail": "tests.jobs.work.fail",
    "test.later": "tests.jobs.work.later",
    "test.give_up": "tests.jobs.work.give_up",
    "test.many": "tests.jobs.work.many",
    "test.hopeless": "tests.jobs.work.hopeless",
    "test.count": "tests.jobs.work.count_to_ten",
}
LABELS = {"test.note": "Take a note"}
CLEANERS = {"jobs": "jobs.retention.remove_old_jobs", "ticks": "jobs.retention.remove_old_ticks"}
