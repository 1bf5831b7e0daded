"""The database part of sending: two short transactions around the network, one before and one after."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from customers.normalise import email_norm
from jobs.faults import fault
from jobs.run import JobRun, finish_all, still_held
from messaging import tracking
from messaging.errors import NoLongerValid
from messaging.models import Message
from messaging.render import Rendered, render_all
from messaging.selectors import suppressed
from messaging.sender import build
from messaging.states import WAITING, Status
from messaging.status import Move, move_all
from messaging.transport import Fate, Mailer, Outcome
from tenancy.models import Merchant

# How long a provider gets to report on an e-mail of which we do not know whether it took it.
WAIT_FOR_REPORT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message under our lease, written and ready for the network."""

    run: JobRun
    message: Message
    email: EmailMultiAlternatives


def prepare(runs: Sequence[JobRun], mailer: Mailer) -> list[Outgoing]:
    """Take messages for sending: look at each again, render it, mark it as sending; commit.

    A message that has gone out, or must not any more, settles its run here. Renderers find the merchant on
    `message.merchant` without asking the database.
    """
    with runs[0].scope():
        now = timezone.now()
        merchant = Merchant.objects.get(id=runs[0].merchant_id)
        messages = _locked(run.payload["message"] for run in runs)
        closed = suppressed([message.to_address for message in messages.values()])
        moves: list[Move] = []
        going: list[tuple[JobRun, Message]] = []
        for run in runs:
            message = messages.get(run.payload["message"])
            if message is not None and _may_go(run, message, moves, mailer=mailer, closed=closed, now=now):
                message.merchant = merchant
                going.append((run, message))
        ready = []
        for (run, message), rendered in zip(going, render_all([message for _run, message in going]), strict=True):
            email = _email(message, rendered, merchant)
            if isinstance(email, EmailMultiAlternatives):
                message.subject, message.provider = str(email.subject), mailer.provider[:40]
                message.attempts += 1
                moves.append(Move(message, Status.SENDING, now))
                ready.append(Outgoing(run, message, email))
            elif isinstance(email, NoLongerValid):
                moves.append(Move(message, Status.SKIPPED if email.quiet else Status.FAILED, now, email.code))
            else:
                run.back_off(type(email).__name__)
        move_all(moves)
    fault("message.prepared")
    return ready


def _email(message: Message, rendered: Rendered | Exception, merchant: Merchant) -> EmailMultiAlternatives | Exception:
    """Return the e-mail, or what stands in its way: one that cannot be addressed must not hold up the others."""
    if isinstance(rendered, Exception):
        return rendered
    try:
        return build(message, rendered, merchant)
    except ValueError:
        return NoLongerValid("address_unwritable")


def record(sent: Sequence[tuple[Outgoing, Outcome]], mailer: Mailer) -> None:
    """Write down what came of each e-mail, and finish its job in the same transaction.

    That an e-mail went out is written whoever has the job by now; anything else only by the one who has it.
    """
    if not sent:
        return
    fault("message.before_record")
    with sent[0][0].run.scope():
        now = timezone.now()
        held = still_held([out.run for out, _outcome in sent])
        messages = _locked(str(out.message.id) for out, _outcome in sent)
        moves = []
        for out, outcome in sent:
            message = messages[str(out.message.id)]
            if outcome.fate is Fate.SENT or out.run.job_id in held:
                moves.append(_move_for(out, message, outcome, mailer=mailer, now=now))
        gone = [out.message.id for out, outcome in sent if outcome.fate is Fate.SENT]
        move_all(moves)
        finish_all([out.run for out, outcome in sent if out.run.job_id in held and out.run.outcome is None])
        if mailer.reports_itself:
            tracking.report_soon([messages[str(message_id)] for message_id in gone], now=now)
    fault("message.recorded")


def _may_go(
    run: JobRun, message: Message, moves: list[Move], *, mailer: Mailer, closed: dict[str, str], now: datetime
) -> bool:
    if message.status not in WAITING:
        run.result["skipped"] = message.status
        return False
    reason = closed.get(email_norm(message.to_address))
    if reason:
        moves.append(Move(message, Status.FAILED, now, f"suppressed_{reason}"))
        return False
    if message.status == Status.QUEUED or message.sending_at is None:
        return True
    # An attempt ended without our knowing how. A provider that knows our key will not send twice; of any other we
    # wait for a report first.
    age = now - message.sending_at
    if now - message.queued_at < mailer.idempotent_for or age >= WAIT_FOR_REPORT:
        return True
    moves.append(Move(message, Status.UNCERTAIN, now, "interrupted"))
    run.retry_later((WAIT_FOR_REPORT - age).total_seconds(), "uncertain", counts=False)
    return False


def _move_for(out: Outgoing, message: Message, outcome: Outcome, *, mailer: Mailer, now: datetime) -> Move:
    """Return the move that an outcome means, and settle its run."""
    message.provider_message_id = outcome.provider_message_id or message.provider_message_id
    if outcome.fate is Fate.SENT:
        return Move(message, Status.SENT, now)
    if outcome.fate is Fate.REFUSED:
        return Move(message, Status.FAILED, now, outcome.code)
    if outcome.fate is Fate.UNCERTAIN and not mailer.idempotent_for:
        out.run.retry_later(WAIT_FOR_REPORT.total_seconds(), outcome.code)
        return Move(message, Status.UNCERTAIN, now, outcome.code)
    out.run.back_off(outcome.code)
    return Move(message, Status.QUEUED if outcome.fate is Fate.LATER else Status.UNCERTAIN, now, outcome.code)


def _locked(ids: Iterable[Any]) -> dict[str, Message]:
    """Lock messages in the order of their ids and return them by id."""
    rows = Message.objects.select_for_update(no_key=True).filter(id__in=[uuid.UUID(str(found)) for found in ids])
    return {str(message.id): message for message in rows.order_by("id")}
