"""What became of the demo's gift e-mails: told as the provider would have reported it, without sending them again."""

import uuid
from datetime import datetime, timedelta

from config.demo.base import Stage
from jobs.models import Job
from jobs.states import State
from messaging.models import Message, Suppression
from messaging.states import Status, SuppressionReason
from messaging.status import Move, move_all

SOURCE = "demo"
BAD = (Status.BOUNCED, Status.COMPLAINED, Status.FAILED)


def report_delivery(stage: Stage, claim_id: uuid.UUID, at: datetime, *, told: str = "") -> None:
    """Move the claim's latest message along to the status told, or to one by dice: nearly all arrive, most are read."""
    message: Message = Message.objects.filter(origin_id=claim_id).latest("seq")
    jobs = Job.objects.filter(kind="message.send", dedupe_key=str(message.id))
    jobs.update(state=State.DONE, finished_at=at + timedelta(seconds=2), attempts=1)
    last = told or stage.dice.choices((Status.OPENED, Status.DELIVERED, Status.BOUNCED), (60, 36, 4))[0]
    steps: list[tuple[str, int, str]] = [(Status.SENDING, 1, ""), (Status.SENT, 2, "")]
    steps += [(Status.DELIVERED, 20, SOURCE)] if last in {Status.DELIVERED, Status.OPENED} else []
    steps += [(last, 2400, SOURCE)] if last in {Status.OPENED, *BAD} else []
    for status, seconds, source in steps:
        move_all([Move(message, status, at + timedelta(seconds=seconds), source=source)])
    if last in {Status.BOUNCED, Status.COMPLAINED}:
        _write_no_more(message)


def _write_no_more(message: Message) -> None:
    reason = SuppressionReason.BOUNCED if message.status == Status.BOUNCED else SuppressionReason.COMPLAINED
    row = Suppression.made_with(email_norm=message.to_address.lower(), reason=reason, created_at=message.status_at)
    Suppression.objects.bulk_create([row], ignore_conflicts=True)
