"""This room's jobs."""

import uuid

from django.utils import timezone

from codes.filling import PIECE, generate_piece
from codes.states import LOOK_ALIKES
from codes.stock import check_pools
from codes.waiting import serve_next
from jobs.kinds import job_handler
from jobs.run import JobRun


@job_handler()
def generate(run: JobRun) -> None:
    """Generate the codes that a request asked for, a piece at a time; rows and progress commit together."""
    total = int(run.payload["count"])
    while run.done_rows < total:
        with run.scope():
            made = generate_piece(
                pool_id=uuid.UUID(run.payload["pool"]),
                pattern=run.payload["pattern"],
                excluded=run.payload.get("excluded", LOOK_ALIKES),
                count=min(PIECE, total - run.done_rows),
                now=timezone.now(),
            )
            run.progress(run.done_rows + made, total)
        run.pause_if_long()


@job_handler()
def serve(run: JobRun) -> None:
    """Give free codes of a pool to those who wait, one after the other; each gift and its count commit together."""
    pool_id = uuid.UUID(run.payload["pool"])
    while True:
        with run.scope():
            if not serve_next(pool_id=pool_id, now=timezone.now()):
                return
            run.progress(run.done_rows + 1)
        run.pause_if_long()


@job_handler()
def check_low_pools(run: JobRun) -> None:
    """Mark the pools that are running low, and those that are not any more."""
    with run.scope():
        run.result["low"] = check_pools(now=timezone.now())
