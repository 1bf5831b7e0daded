"""This room's jobs: sending, and taking up what providers report."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from jobs.kinds import job_handler
from jobs.run import JobRun, renew_all
from messaging import tracking
from messaging.models import Message
from messaging.outbox import prepare, record
from messaging.states import WAITING, Status
from messaging.status import Move, move_all
from messaging.transport import Mailer

# Between two commits: what a killed worker may have sent without writing it down.
CHUNK = 20


@job_handler(batch=100, lease=timedelta(seconds=180), on_dead="messaging.handlers.gave_up", retry_by_hand=False)
def send_messages(runs: list[JobRun]) -> None:
    """Send a merchant's messages over one connection, a chunk between two commits at a time."""
    with Mailer() as mailer:
        size = max(CHUNK, 3 * mailer.connections)
        for start in range(0, len(runs), size):
            chunk = prepare(runs[start : start + size], mailer)
            outcomes = mailer.send_all([out.email for out in chunk])
            record(list(zip(chunk, outcomes, strict=True)), mailer)
            renew_all(runs)


@job_handler(batch=100)
def apply_event(runs: list[JobRun]) -> None:
    """Take up providers' reports."""
    with runs[0].scope():
        tracking.apply_all([uuid.UUID(run.payload["event"]) for run in runs])


def gave_up(*, payload: dict[str, Any], code: str, now: datetime) -> None:
    """Show a message whose job was given up as failed."""
    message = Message.objects.select_for_update(no_key=True).filter(id=payload["message"]).first()
    if message is not None and message.status in WAITING:
        move_all([Move(message, Status.FAILED, now, code)])
