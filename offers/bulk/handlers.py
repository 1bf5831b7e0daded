"""The jobs behind bulk acts on responses."""

from datetime import datetime
from typing import Any

from jobs.bulk import choosing, retention, running
from jobs.kinds import job_handler
from jobs.run import JobRun
from offers.bulk.kit import RESPONSES


@job_handler(on_dead="offers.bulk.handlers.given_up", retry_by_hand=False)
def run_bulk(run: JobRun) -> None:
    """Go through the responses of an act, batch by batch; killed, go on after the last one committed."""
    running.run_through(RESPONSES, run)


@job_handler()
def close_bulk(run: JobRun) -> None:
    """Name the responses that a stopped act did not reach."""
    running.close(RESPONSES, run)


def given_up(*, payload: dict[str, Any], code: str, now: datetime) -> None:
    """Close an act whose job was cancelled or has died."""
    choosing.given_up(kit=RESPONSES, payload=payload, code=code, now=now)


def remove_old_acts(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` rows of bulk acts that are past their time; see `jobs.bulk.retention`."""
    return retention.remove_old_acts(kit=RESPONSES, now=now, limit=limit)
