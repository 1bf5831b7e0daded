"""Run claimed jobs: call the handler outside any transaction, then settle what it left open."""

import logging
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from jobs import leases
from jobs.errors import GiveUp, LeaseLost, RetryLater
from jobs.faults import fault
from jobs.kinds import DEFAULT_LEASE, Kind, UnknownKind, kind_of, tell_dead
from jobs.leases import Claimed
from jobs.poller import discover_due
from jobs.run import JobRun, renew_all
from tenancy.scope import merchant_scope

log = logging.getLogger(__name__)


def run_one(merchant_id: uuid.UUID, job_id: uuid.UUID) -> bool:
    """Claim and run one job; return False if it was not to be had."""
    token = uuid.uuid4()
    with merchant_scope(merchant_id):
        claimed = leases.claim(merchant_id=merchant_id, job_id=job_id, token=token, lease=DEFAULT_LEASE)
    if claimed is None:
        return False
    _work([claimed], merchant_id=merchant_id, token=token)
    return True


def run_kind(merchant_id: uuid.UUID, kind_name: str, *, seconds: float = 20.0) -> int:
    """Claim and run ready jobs of one merchant and kind until none is left or the time is used up.

    Returns how many were run. Time used up means that the caller should come again at the end of the queue.
    """
    kind = kind_of(kind_name)
    until = time.monotonic() + seconds
    count = 0
    while time.monotonic() < until:
        token = uuid.uuid4()
        with merchant_scope(merchant_id):
            claimed = leases.claim_many(
                merchant_id=merchant_id, kind=kind_name, limit=kind.at_once, token=token, lease=kind.traits.lease
            )
        if not claimed:
            break
        _work(claimed, merchant_id=merchant_id, token=token)
        count += len(claimed)
    return count


def has_ready(merchant_id: uuid.UUID, kind_name: str) -> bool:
    """Say whether a merchant has more jobs of a kind that could start now."""
    with merchant_scope(merchant_id):
        return leases.any_ready(merchant_id=merchant_id, kind=kind_name)


def run_due(*, limit: int = 1000, seconds: float = 60.0) -> int:
    """Run what is due of every merchant in this process, until nothing is left; return how many were run.

    For the command line, the demo data and tests: what the workers do, without a queue.
    """
    until = time.monotonic() + seconds
    total = 0
    while time.monotonic() < until and total < limit:
        groups = sorted({(due.merchant_id, due.kind) for due in discover_due(200)})
        done = sum(run_kind(merchant_id, kind) for merchant_id, kind in groups)
        if not done:
            break
        total += done
    return total


def _work(claimed: Sequence[Claimed], *, merchant_id: uuid.UUID, token: uuid.UUID) -> None:
    fault("jobs.claimed")
    try:
        kind = kind_of(claimed[0].kind)
    except UnknownKind:
        kind = None
    lease = kind.traits.lease if kind else DEFAULT_LEASE
    runs = [_run_of(row, merchant_id, token, lease) for row in claimed]
    if kind is None:
        _note(runs, GiveUp("unknown_kind"))
    else:
        _call(kind, [run for run in runs if not _worn_out(run)])
    fault("jobs.handled")
    _settle(runs)


def _run_of(row: Claimed, merchant_id: uuid.UUID, token: uuid.UUID, lease: timedelta) -> JobRun:
    return JobRun(
        merchant_id=merchant_id,
        job_id=row.id,
        kind=row.kind,
        payload=row.payload,
        attempt=row.attempts,
        max_attempts=row.max_attempts,
        lease_token=token,
        lease=lease,
        done_rows=row.done_rows,
        total_rows=row.total_rows,
    )


def _worn_out(run: JobRun) -> bool:
    # Its workers died so often that it used up its attempts without an answer: it may be what kills them.
    if run.attempt > run.max_attempts:
        run.give_up("worker_lost")
        return True
    return False


def _call(kind: Kind, runs: list[JobRun]) -> None:
    """Call the handler and note on each run how it ended."""
    if not runs:
        return
    try:
        if kind.traits.lease != DEFAULT_LEASE:
            renew_all(runs)
        kind.handler(runs if kind.takes_many else runs[0])
    except (RetryLater, GiveUp, LeaseLost) as outcome:
        _note(runs, outcome)
    except Exception as error:
        log.exception("Job failed", extra={"kind": kind.name, "merchant": str(runs[0].merchant_id)})
        _note(runs, error)


def _note(runs: list[JobRun], outcome: Exception) -> None:
    for run in runs:
        if run.outcome is None and not run.finished:
            run.outcome = outcome


def _settle(runs: list[JobRun]) -> None:
    """Write the ends of all runs in one transaction; one that lost its lease writes nothing."""
    opened = [run for run in runs if not run.finished and not isinstance(run.outcome, LeaseLost)]
    if not opened:
        return
    with merchant_scope(opened[0].merchant_id):
        for run in opened:
            _settle_one(run)


def _settle_one(run: JobRun) -> None:
    outcome = run.outcome
    held: dict[str, Any] = {"merchant_id": run.merchant_id, "token": run.lease_token}
    if outcome is None:
        leases.finish(ids=[run.job_id], result=run.result, **held)
    elif isinstance(outcome, GiveUp) or (run.is_last_attempt and getattr(outcome, "counts", True)):
        _die(run, _code(outcome))
    elif isinstance(outcome, RetryLater):
        wait = timedelta(seconds=outcome.seconds)
        leases.again(job_id=run.job_id, wait=wait, code=outcome.code, counts=outcome.counts, **held)
    else:
        wait = leases.backoff(run.attempt)
        leases.again(job_id=run.job_id, wait=wait, code=_code(outcome), counts=True, **held)


def _die(run: JobRun, code: str) -> None:
    died = leases.die(merchant_id=run.merchant_id, job_id=run.job_id, token=run.lease_token, code=code)
    if died:
        log.error("A job is dead", extra={"kind": run.kind, "job": str(run.job_id), "code": code})
        tell_dead(kind=run.kind, payload=run.payload, code=code, now=timezone.now())


def _code(outcome: Exception) -> str:
    # An exception's text may quote a person's data: its class is enough, and codes are ours.
    return outcome.code if isinstance(outcome, RetryLater | GiveUp) else type(outcome).__name__
