"""The jobs behind bulk acts on redeemed rewards."""

from datetime import datetime
from typing import Any

from jobs.bulk import choosing, retention, running
from jobs.kinds import job_handler
from jobs.run import JobRun
from loyalty.bulk.kit import REWARDS


@job_handler(on_dead="loyalty.bulk.handlers.given_up", retry_by_hand=False)
def run_bulk(run: JobRun) -> None:
    """Go through the redeemed rewards of an act, batch by batch; killed, go on after the last one committed."""
    running.run_through(REWARDS, run)


@job_handler()
def close_bulk(run: JobRun) -> None:
    """Name the redeemed rewards that a stopped act did not reach."""
    running.close(REWARDS, run)


def given_up(*, payload: dict[str, Any], code: str, now: datetime) -> None:
    """Close an act whose job was cancelled or has died."""
    choosing.given_up(kit=REWARDS, payload=payload, code=code, now=now)


def remove_old_acts(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` rows of bulk acts that are past their time; see `jobs.bulk.retention`."""
    return retention.remove_old_acts(kit=REWARDS, now=now, limit=limit)
