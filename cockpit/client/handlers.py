"""The customers' pages behind the scenes."""

import uuid

from django.utils import timezone

from cockpit.client.links import send_link
from jobs.kinds import job_handler
from jobs.run import JobRun


@job_handler()
def send_sign_in(run: JobRun) -> None:
    """Send a link to sign in, where somebody has the address."""
    with run.scope():
        send_link(link_id=uuid.UUID(run.payload["link"]), now=timezone.now())
        run.finish()
