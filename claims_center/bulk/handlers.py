"""The job that goes through the claims of a bulk act."""

import uuid

from django.utils import timezone

from claims_center.bulk.services import do_one
from jobs.kinds import job_handler
from jobs.models import Job
from jobs.run import JobRun


@job_handler()
def run_bulk(run: JobRun) -> None:
    """Do the act to claim after claim, each with its outcome in a transaction of its own; killed, go on from there."""
    claims = run.payload["claims"]
    with run.scope():
        outcomes = Job.objects.values_list("result", flat=True).get(id=run.job_id).get("outcomes", "")
    for claim_id in claims[len(outcomes) :]:
        with run.scope():
            outcomes += do_one(payload=run.payload, claim_id=uuid.UUID(claim_id), now=timezone.now())
            Job.objects.filter(id=run.job_id).update(result={"outcomes": outcomes})
            run.progress(len(outcomes), len(claims))
        run.pause_if_long()
    with run.scope():
        run.finish(outcomes=outcomes)
