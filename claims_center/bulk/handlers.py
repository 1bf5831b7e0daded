"""The jobs behind bulk acts."""

import uuid

from claims_center.bulk.running import go_on, name_the_rest
from jobs.kinds import job_handler
from jobs.run import JobRun


@job_handler(on_dead="claims_center.bulk.services.given_up", retry_by_hand=False)
def run_bulk(run: JobRun) -> None:
    """Go through the claims of an act, batch by batch; killed, go on after the last batch that was committed."""
    while go_on(run):
        run.pause_if_long()


@job_handler()
def close_bulk(run: JobRun) -> None:
    """Name the claims that a stopped act did not reach."""
    more = True
    while more:
        with run.scope():
            more = name_the_rest(uuid.UUID(run.payload["bulk"]))
            run.progress(run.done_rows)
        run.pause_if_long()
