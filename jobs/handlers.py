"""This room's own jobs: the nightly clean-up."""

from django.utils import timezone
from django.utils.module_loading import import_string

from jobs.kinds import beside, job_handler
from jobs.run import JobRun

# Rows removed by one transaction: short enough to be in nobody's way.
PIECE = 2_000


@job_handler()
def clean_up(run: JobRun) -> None:
    """Remove what is past its time, room by room, a piece at a time, until nothing is left."""
    removed = run.done_rows
    for cleaner in [import_string(path) for path in beside("CLEANERS").values()]:
        while True:
            with run.scope():
                count = cleaner(now=timezone.now(), limit=PIECE)
                removed += count
                run.progress(removed)
            if count < PIECE:
                break
            run.pause_if_long()
