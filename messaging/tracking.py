"""What providers report about our e-mails: taken in once, and applied in any order."""

import hashlib
import re
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.utils import timezone

from customers.normalise import email_norm
from jobs.services import enqueue_many
from messaging.models import InboundEvent, Message, Suppression
from messaging.states import EventState, Status, SuppressionReason
from messaging.status import Move, move_all
from tenancy.ids import new_id
from tenancy.scope import current_merchant_id

# A provider's word -> ours. Words that are missing here are kept but change nothing.
MEANING = {
    EventType.SENT: Status.SENT,
    EventType.DELIVERED: Status.DELIVERED,
    EventType.OPENED: Status.OPENED,
    EventType.CLICKED: Status.OPENED,
    EventType.BOUNCED: Status.BOUNCED,
    EventType.COMPLAINED: Status.COMPLAINED,
    EventType.REJECTED: Status.FAILED,
    EventType.FAILED: Status.FAILED,
}
ENHANCED_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
# Bounces after which we write to the address no more; a full mailbox is not one of them.
FOR_GOOD = frozenset({RejectReason.INVALID, RejectReason.BOUNCED, RejectReason.SPAM})
SOFT = "soft"
SOFT_WORDS = re.compile(r"transient|soft ?bounce|mailbox ?full|inbox was full|\b(4\.\d{1,3}|5\.2\.2)", re.IGNORECASE)
SOON = timedelta(seconds=2)


def take_in(events: Iterable[AnymailTrackingEvent], *, provider: str, now: datetime) -> int:
    """Store a provider's reports for the merchant in scope and put down jobs that apply them; return how many are new.

    The same report twice is one row, by the provider's event id or by what it says. Nothing of the person is kept but
    a hash of the address.
    """
    return _store([_inbound(event, provider=provider, now=now) for event in events], now=now, at=now)


def report_soon(messages: Iterable[Message], *, now: datetime) -> None:
    """Report on e-mails that were written to files as a provider would: addresses that begin with `bounce` bounce."""
    rows = [
        InboundEvent.made_with(
            id=new_id(),
            provider="eml",
            dedupe_key=f"{message.id}:{event}",
            event=event,
            message_ref=message.id,
            reject_reason=RejectReason.BOUNCED if event == EventType.BOUNCED else "",
            detail="5.1.1" if event == EventType.BOUNCED else "",
            occurred_at=now + SOON,
            received_at=now,
        )
        for message in messages
        for event in [EventType.BOUNCED if message.to_address.lower().startswith("bounce") else EventType.DELIVERED]
    ]
    _store(rows, now=now, at=now + SOON)


def apply_all(event_ids: list[uuid.UUID]) -> None:
    """Apply reports to their messages, the earliest first, in the caller's transaction.

    1. Moves each message as far as the table of states allows and notes the report in its timeline.
    2. After a hard bounce or a complaint writes the address on the suppression list.
    3. Marks the report as applied, or as ignored where it is about no message of this merchant.
    A report that was applied already is left alone.
    """
    events = list(
        InboundEvent.objects.select_for_update(no_key=True)
        .filter(id__in=event_ids, state=EventState.NEW)
        .order_by("id")
    )
    messages = _messages_of(events)
    for event in sorted(events, key=lambda found: found.occurred_at):
        message = messages.get(event.id)
        _apply(event, message)
        event.state = EventState.APPLIED if message else EventState.IGNORED
    InboundEvent.objects.bulk_update(events, ["state"])


def _apply(event: InboundEvent, message: Message | None) -> None:
    status = MEANING.get(event.event)
    if message is None or status is None:
        return
    detail = " ".join(filter(None, (event.reject_reason, event.detail)))
    move_all([Move(message, status, event.occurred_at, detail, event.provider)])
    reason = _suppression(event, status)
    if reason:
        Suppression.objects.bulk_create(
            [
                Suppression.made_with(
                    email_norm=email_norm(message.to_address),
                    reason=reason,
                    message_ref=message.id,
                    created_at=timezone.now(),
                )
            ],
            ignore_conflicts=True,
        )


def _suppression(event: InboundEvent, status: str) -> str:
    if status == Status.COMPLAINED:
        return SuppressionReason.COMPLAINED
    hard = event.reject_reason in FOR_GOOD
    return SuppressionReason.BOUNCED if status == Status.BOUNCED and hard else ""


def _messages_of(events: list[InboundEvent]) -> dict[uuid.UUID, Message]:
    """Lock and return each event's message, by our own id in the metadata or else by the provider's."""
    refs = {event.message_ref for event in events if event.message_ref}
    theirs = {event.provider_message_id for event in events if event.provider_message_id and not event.message_ref}
    rows = Message.objects.select_for_update(no_key=True).order_by("id")
    by_ref = {message.id: message for message in rows.filter(id__in=refs)} if refs else {}
    by_theirs = (
        {found.provider_message_id: found for found in rows.filter(provider_message_id__in=theirs)} if theirs else {}
    )
    found = {}
    for event in events:
        message = by_ref.get(event.message_ref) if event.message_ref else by_theirs.get(event.provider_message_id)
        if message is not None:
            # One object per message, however it was found, so that several reports build on each other.
            found[event.id] = by_ref.setdefault(message.id, message)
    return found


def _store(rows: list[InboundEvent], *, now: datetime, at: datetime) -> int:
    if not rows:
        return 0
    InboundEvent.objects.bulk_create(rows, ignore_conflicts=True)
    new = set(InboundEvent.objects.filter(id__in=[row.id for row in rows]).values_list("id", flat=True))
    payloads = [(str(row.id), {"event": str(row.id)}) for row in rows if row.id in new]
    if payloads:
        enqueue_many(kind="message.event", payloads=payloads, now=now, next_at=at)
    return len(payloads)


def _inbound(event: Any, *, provider: str, now: datetime) -> InboundEvent:
    at = event.timestamp if event.timestamp is not None and event.timestamp.tzinfo else now
    address = email_norm(event.recipient or "")
    return InboundEvent(
        merchant_id=current_merchant_id(),
        id=new_id(),
        provider=provider,
        dedupe_key=_dedupe_key(event, provider),
        event=str(event.event_type)[:20],
        message_ref=_our_id(event),
        provider_message_id=str(event.message_id or "")[:200],
        recipient_hash=hashlib.sha256(address.encode()).hexdigest() if address else "",
        reject_reason=SOFT if _is_soft(event) else str(event.reject_reason or "")[:20],
        detail=_detail(event),
        # A provider's clock may be ahead; a report is never later than its arrival.
        occurred_at=min(at, now),
        received_at=now,
    )


def _dedupe_key(event: Any, provider: str) -> str:
    if event.event_id:
        return f"id:{event.event_id}"[:200]
    parts = (provider, event.event_type, event.message_id, event.recipient, event.timestamp)
    return "sha256:" + hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def _our_id(event: Any) -> uuid.UUID | None:
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    try:
        return uuid.UUID(str(metadata["message_id"]))
    except (KeyError, ValueError):
        return None


def _is_soft(event: Any) -> bool:
    """Say whether a bounce is about this moment (a full mailbox) rather than about the address."""
    kind = event.esp_event.get("Type", "") if isinstance(event.esp_event, dict) else ""
    words = f"{event.description or ''} {kind} {_detail(event)}"
    return event.event_type == EventType.BOUNCED and bool(SOFT_WORDS.search(words))


def _detail(event: Any) -> str:
    # The enhanced status code alone: the sentence around it often quotes the address.
    found = ENHANCED_CODE.search(f"{event.mta_response or ''} {event.description or ''}")
    return found[0] if found else ""
