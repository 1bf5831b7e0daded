"""One reminder to a visitor who asked for it and did not finish.

Of what was typed only name and address are looked at here.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from claims_center.models import Claim, Funnel, Journey, ReminderRefusal
from customers.normalise import email_norm
from jobs.services import enqueue
from messaging.services import queue_message, suppressed
from tenancy.actors import Actor

KIND, ORIGIN = "claim.reminder", "funnel"
# Wishes of one visit within such a span share a job.
SLOT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whom to write to."""

    email: str
    name: str

    @property
    def norm(self) -> str:
        """Return the address as addresses are compared."""
        return email_norm(self.email)


def visitor_of(*, journey: Journey) -> Visitor | None:
    """Return who typed an address on this visit; None where there is none, or none that mail can be sent to."""
    typed = journey.draft.get("typed", {})
    email = str(typed.get("email", "")).strip()
    try:
        validate_email(email)
    except ValidationError:
        return None
    name = " ".join(filter(None, (str(typed.get(part, "")).strip() for part in ("first_name", "last_name"))))
    return Visitor(email, name)


def wish(*, journey: Journey, funnel: Funnel, wanted: bool, now: datetime) -> None:
    """Note whether a visitor wants to be reminded, and when.

    1. Writes the time on the visit, or takes it away again.
    2. Puts down a job for that time; a wish that was taken back or moved on leaves it with nothing to do.

    Nothing where the funnel reminds nobody, or the visit was reminded or finished already. ``now`` is UTC.
    """
    hours = funnel.remind_after_hours
    at = now + timedelta(hours=hours) if wanted and hours else None
    open_visits = Journey.objects.filter(pk=journey.pk, submitted_at__isnull=True, reminded_at__isnull=True)
    if at is None:
        open_visits.filter(remind_at__isnull=False).update(remind_at=None)
        return
    at = datetime.fromtimestamp(-(-at.timestamp() // SLOT.total_seconds()) * SLOT.total_seconds(), tz=now.tzinfo)
    if open_visits.update(remind_at=at):
        key = f"{journey.pk}:{at:%Y%m%d%H%M}"
        enqueue(kind="claims.remind", payload={"journey": str(journey.pk)}, dedupe_key=key, next_at=at, now=now)


def remind(*, journey_ids: Sequence[uuid.UUID], now: datetime) -> int:
    """Remind those of these visitors who still wish it and have not finished, each once; return how many.

    1. Locks the visits whose time has come and that were neither finished nor reminded, by id.
    2. Leaves out funnels that are closed or remind nobody any more, addresses that take no mail, whose owners want no
       reminders, or from which a claim has come in since the visit began.
    3. Puts one message for each of the others into the outbox and notes that on the visit.

    ``now`` is UTC.
    """
    due = _due(journey_ids, now=now)
    visitors = {journey.pk: visitor_of(journey=journey) for journey in due}
    addresses = [one.email for one in visitors.values() if one]
    silent = set(suppressed(addresses)) | refused(addresses=addresses)
    claimed = _last_claims(addresses)
    done = 0
    for journey in due:
        visitor = visitors[journey.pk]
        if visitor is None or visitor.norm in silent or not takes_reminders(funnel=journey.funnel, now=now):
            continue
        if visitor.norm in claimed and claimed[visitor.norm] >= journey.visited_at:
            continue
        _write_to(visitor, journey, now=now)
        # Two visits of one person make one letter.
        silent.add(visitor.norm)
        done += 1
    return done


def takes_reminders(*, funnel: Funnel, now: datetime) -> bool:
    """Say whether a funnel reminds, and whether a claim could be made there at `now`."""
    return bool(funnel.remind_after_hours) and funnel.is_open(now) and funnel.promotion.archived_at is None


def refused(*, addresses: Sequence[str]) -> set[str]:
    """Return those of the addresses, as they are compared, whose owners want no reminders."""
    wanted = {email_norm(one) for one in addresses}
    return set(ReminderRefusal.objects.filter(email_norm__in=wanted).values_list("email_norm", flat=True))


def refuse(*, journey: Journey, now: datetime) -> None:
    """Remind the person of this visit no more, on any funnel of this merchant; mails about claims go on.

    The address is taken from what was typed, or from the claim that the visit ended in.
    """
    visitor = visitor_of(journey=journey)
    claim = Claim.objects.filter(journey_id=journey.pk).first()
    email = visitor.norm if visitor else email_norm(claim.customer_email) if claim else ""
    Journey.objects.filter(pk=journey.pk).update(remind_at=None)
    if email:
        refuse_address(email=email, now=now)


def refuse_address(*, email: str, now: datetime) -> None:
    """Remind whoever has this address no more, on any funnel of this merchant; mails about claims go on.

    Saying so again changes nothing. A reminder that waits in the outbox will not go out.
    """
    row = ReminderRefusal.made_with(email_norm=email_norm(email), created_at=now)
    ReminderRefusal.objects.bulk_create([row], ignore_conflicts=True)


def _due(journey_ids: Sequence[uuid.UUID], *, now: datetime) -> list[Journey]:
    rows = Journey.objects.select_related("funnel__promotion").filter(
        pk__in=list(journey_ids), submitted_at__isnull=True, reminded_at__isnull=True, remind_at__lte=now
    )
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("id"))


def _last_claims(addresses: Sequence[str]) -> dict[str, datetime]:
    wanted = {email_norm(one) for one in addresses}
    rows = Claim.objects.filter(customer__email_norm__in=wanted).order_by("submitted_at")
    return dict(rows.values_list("customer__email_norm", "submitted_at"))


def _write_to(visitor: Visitor, journey: Journey, *, now: datetime) -> None:
    queue_message(
        kind=KIND,
        origin=ORIGIN,
        origin_id=journey.funnel_id,
        customer_id=None,
        to_address=visitor.email,
        to_name=visitor.name,
        context={"journey": str(journey.pk)},
        actor=Actor.system(),
        now=now,
        once_key=f"{KIND}:{journey.pk}",
    )
    Journey.objects.filter(pk=journey.pk).update(reminded_at=now)
