"""The jobs of points.

Pending points need none: a lot can be spent from its own time on, which every read and every draw judges by itself.
"""

from datetime import timedelta

from django.utils import timezone

from jobs.kinds import job_handler
from jobs.run import JobRun
from loyalty.services import reminders


@job_handler(lease=timedelta(minutes=3))
def remind_of_points(run: JobRun) -> None:
    """Write to the customers whose points end soon, batch by batch, each in a short transaction."""
    done = run.done_rows
    while True:
        with run.scope():
            found = reminders.remind(now=timezone.now())
            done += found
            run.progress(done)
        if found < reminders.BATCH:
            return
        run.pause_if_long()
