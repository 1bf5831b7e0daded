"""What became of the demo's gift e-mails: told as the provider would have reported it, without sending them again."""

import uuid
from datetime import datetime, timedelta

from config.demo.base import Stage
from jobs.models import Job
from jobs.states import State
from messaging.models import Message, Suppression
from messaging.states import Status, SuppressionReason
from messaging.status import Move, move_all

# Every tenth gift that is not processed yet meets one of these.
BAD = (Status.BOUNCED, Status.COMPLAINED, Status.FAILED, Status.BOUNCED)
SOURCE = "demo"


def report_delivery(stage: Stage, claim_id: uuid.UUID, at: datetime, *, bad: bool) -> None:
    """Move the claim's latest message along: sent, delivered, some opened; or, where `bad`, not delivered for some."""
    message: Message = Message.objects.filter(origin_id=claim_id).latest("seq")
    jobs = Job.objects.filter(kind="message.send", dedupe_key=str(message.id))
    jobs.update(state=State.DONE, finished_at=at + timedelta(seconds=2), attempts=1)
    steps = [(Status.SENDING, 1, ""), (Status.SENT, 2, "")]
    luck = stage.dice.random()
    if bad and luck < 0.5:  # noqa: PLR2004 - half of them are the delivery desk's work
        steps.append((stage.dice.choice(BAD), 30, SOURCE))
    elif luck < 0.92:  # noqa: PLR2004 - the last few only just left
        steps.append((Status.DELIVERED, 20, SOURCE))
        if stage.dice.random() < 0.6:  # noqa: PLR2004
            steps.append((Status.OPENED, 2400, SOURCE))
    for status, seconds, source in steps:
        move_all([Move(message, status, at + timedelta(seconds=seconds), source=source)])
    if message.status in {Status.BOUNCED, Status.COMPLAINED}:
        _write_no_more(message)


def _write_no_more(message: Message) -> None:
    reason = SuppressionReason.BOUNCED if message.status == Status.BOUNCED else SuppressionReason.COMPLAINED
    row = Suppression.made_with(email_norm=message.to_address.lower(), reason=reason, created_at=message.status_at)
    Suppression.objects.bulk_create([row], ignore_conflicts=True)
