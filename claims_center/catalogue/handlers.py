"""What happens to funnels and products behind the scenes."""

import uuid

from django.utils import timezone

from claims_center.services import pictures
from claims_center.services.reminders import remind as remind_all
from jobs.errors import RetryLater
from jobs.kinds import job_handler
from jobs.run import JobRun, finish_all
from tenancy.outbound import OutboundError

PAUSE = 60.0


@job_handler(batch=100)
def remind(runs: list[JobRun]) -> None:
    """Remind visitors who asked for it and have not finished; done and reminded commit together."""
    with runs[0].scope():
        remind_all(journey_ids=[uuid.UUID(run.payload["journey"]) for run in runs], now=timezone.now())
        finish_all(runs)


def fetch_picture(run: JobRun) -> None:
    """Fetch a product's picture; what cannot be fetched is said on the product's page."""
    product_id = uuid.UUID(run.payload["product"])
    with run.scope():
        url = pictures.wanted_address(product_id=product_id)
    if not url:
        return
    try:
        data = pictures.picture_at(url=url)
    except OutboundError as error:
        _settle(run, product_id, url, error)
    else:
        with run.scope():
            pictures.keep_picture(product_id=product_id, url=url, data=data, now=timezone.now())


def _settle(run: JobRun, product_id: uuid.UUID, url: str, error: OutboundError) -> None:
    """Try again later where that may help, else say what is wrong."""
    if error.again and not run.is_last_attempt:
        raise RetryLater(PAUSE * run.attempt, "unreachable") from error
    with run.scope():
        pictures.note_problem(product_id=product_id, url=url, sentence=error.sentence)
