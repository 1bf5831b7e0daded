"""The job that tests a destination's connection."""

import uuid
from datetime import timedelta

from django.utils import timezone

from exports.destinations import open as way_to
from exports.destinations.contract import DeliveryRefused
from exports.destinations.services import note_test
from exports.destinations.sftp_session import UnknownHost
from exports.models import Destination
from jobs.kinds import job_handler
from jobs.run import JobRun


@job_handler(lease=timedelta(seconds=150), retry_by_hand=False)
def test_destination(run: JobRun) -> None:
    """Try everything that a delivery needs, outside every transaction, and keep in words what came of it."""
    with run.scope():
        found = Destination.objects.filter(id=uuid.UUID(run.payload["destination"])).first()
    if found is None or found.test_asked_at is None:
        # Changed or archived since it was asked for.
        return
    words, offered = _tried(found)
    with run.scope():
        note_test(destination=found, words=words, offered=offered, now=timezone.now())
        run.finish(works=not words)


def _tried(destination: Destination) -> tuple[str, str]:
    try:
        way_to(destination).test()
    except UnknownHost as refusal:
        return refusal.words, refusal.offered
    except DeliveryRefused as refusal:
        return refusal.words, ""
    return "", ""
