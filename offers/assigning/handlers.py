"""The jobs behind giving offers to many members."""

from datetime import datetime
from typing import Any

from jobs.bulk import choosing, retention, running
from jobs.kinds import job_handler
from jobs.run import JobRun
from offers.assigning.kit import ASSIGNMENTS


@job_handler(on_dead="offers.assigning.handlers.given_up", retry_by_hand=False)
def run_assignment(run: JobRun) -> None:
    """Go through the members of an assignment, batch by batch; killed, go on after the last one committed."""
    running.run_through(ASSIGNMENTS, run)


@job_handler()
def close_assignment(run: JobRun) -> None:
    """Name the members that a stopped assignment did not reach."""
    running.close(ASSIGNMENTS, run)


def given_up(*, payload: dict[str, Any], code: str, now: datetime) -> None:
    """Close an assignment whose job was cancelled or has died."""
    choosing.given_up(kit=ASSIGNMENTS, payload=payload, code=code, now=now)


def remove_old_acts(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` rows of assignments that are past their time; see `jobs.bulk.retention`."""
    return retention.remove_old_acts(kit=ASSIGNMENTS, now=now, limit=limit)
