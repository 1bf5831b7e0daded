"""What a handler holds in its hands: one claimed job."""

import time
import uuid
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from jobs import leases
from jobs.errors import GiveUp, LeaseLost, RetryLater
from tenancy.scope import merchant_scope

# A run longer than this makes way: below Celery's own time limit, and fair to other work.
LONG_RUN_SECONDS = 45.0


@dataclass(slots=True)
class JobRun:
    """One attempt at one job. Every write is fenced: it raises LeaseLost when somebody else has the job by now."""

    merchant_id: uuid.UUID
    job_id: uuid.UUID
    kind: str
    payload: dict[str, Any]
    attempt: int
    max_attempts: int
    lease_token: uuid.UUID
    lease: timedelta
    done_rows: int = 0
    total_rows: int | None = None
    result: dict[str, Any] = field(default_factory=dict)
    outcome: Exception | None = None
    finished: bool = False
    started: float = field(default_factory=time.monotonic)

    @property
    def is_last_attempt(self) -> bool:
        """Say whether a failure now would be the last."""
        return self.attempt >= self.max_attempts

    def scope(self) -> AbstractContextManager[uuid.UUID]:
        """Open a short transaction in the merchant's scope. No network inside it."""
        return merchant_scope(self.merchant_id)

    def renew(self) -> None:
        """Hold the job for another lease."""
        with self.scope():
            held = leases.renew(
                merchant_id=self.merchant_id, ids=[self.job_id], token=self.lease_token, lease=self.lease
            )
        if not held:
            raise LeaseLost

    def progress(self, done: int, total: int | None = None) -> None:
        """Write how many rows of how many are done, and renew the lease.

        Inside an open `scope()` it commits together with the work, so that a job killed half way goes on from
        exactly `done_rows`.
        """
        with self.scope():
            held = leases.progress(
                merchant_id=self.merchant_id,
                job_id=self.job_id,
                token=self.lease_token,
                lease=self.lease,
                done=done,
                total=total,
            )
            if not held:
                raise LeaseLost
        self.done_rows = done
        self.total_rows = self.total_rows if total is None else total

    def finish(self, **result: Any) -> None:
        """Mark the job as done now, inside an open `scope()`, so that it commits together with the work."""
        finish_all([self], result=self.result | result)

    def retry_later(self, seconds: float, code: str, *, counts: bool = True) -> None:
        """Settle this run of a batch: again after so many seconds."""
        self.outcome = RetryLater(seconds, code, counts=counts)

    def back_off(self, code: str) -> None:
        """Settle this run of a batch: again after the usual, growing pause."""
        self.retry_later(leases.backoff(self.attempt).total_seconds(), code)

    def give_up(self, code: str) -> None:
        """Settle this run of a batch: dead."""
        self.outcome = GiveUp(code)

    def pause_if_long(self) -> None:
        """Make way for other work once this run has taken long; the job goes on at its next turn."""
        if time.monotonic() - self.started > LONG_RUN_SECONDS:
            raise RetryLater(0, "continues", counts=False)


def finish_all(runs: Sequence[JobRun], *, result: dict[str, Any] | None = None) -> None:
    """Mark runs of one claim as done by one statement, inside an open scope; raise LeaseLost unless all are held."""
    if not runs:
        return
    first = runs[0]
    held = leases.finish(
        merchant_id=first.merchant_id, ids=[run.job_id for run in runs], token=first.lease_token, result=result
    )
    if held != len(runs):
        raise LeaseLost
    for run in runs:
        run.finished = True


def renew_all(runs: Iterable[JobRun]) -> None:
    """Hold the unfinished runs of one claim for another lease by one statement; raise LeaseLost unless all are held."""
    waiting = [run for run in runs if not run.finished and run.outcome is None]
    if not waiting:
        return
    first = waiting[0]
    with first.scope():
        held = leases.renew(
            merchant_id=first.merchant_id,
            ids=[run.job_id for run in waiting],
            token=first.lease_token,
            lease=first.lease,
        )
    if held != len(waiting):
        raise LeaseLost


def still_held(runs: Sequence[JobRun]) -> set[uuid.UUID]:
    """Lock the jobs of runs of one claim, inside an open scope, and return the ids of those that are still ours."""
    if not runs:
        return set()
    first = runs[0]
    return leases.held(merchant_id=first.merchant_id, ids=[run.job_id for run in runs], token=first.lease_token)
