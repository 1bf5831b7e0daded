"""Deciding to send: a message's row and its job, in the transaction of the decision."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import validate_email
from django.db import connection
from django.utils.module_loading import import_string

from customers.normalise import email_norm
from jobs.services import enqueue
from messaging import maps
from messaging.errors import AddressInvalid, AddressSuppressed, StillWaiting
from messaging.models import Message, Suppression
from messaging.selectors import suppressed
from messaging.sender import message_id_header
from messaging.states import PROBLEMS, Status, SuppressionReason
from messaging.status import Move, move_all, tell_queued
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.ids import new_id

__all__ = [
    "correct_and_resend",
    "handle",
    "hold",
    "lift_suppression",
    "queue_message",
    "resend",
    "suppress",
    "suppressed",
]

SEND_ATTEMPTS = 12
# Within this time the same wish, however often it is said, is one wish.
SAME_PRESS = timedelta(minutes=1)
INSERT = """
INSERT INTO messaging_message (
    merchant_id, id, origin, origin_id, seq, kind, once_key, customer_id, to_address, to_name, subject, context, status,
    status_at, provider, provider_message_id, message_id_header, attempts, last_error, actor, reason, follows, queued_at)
SELECT %(merchant_id)s, %(id)s, %(origin)s, %(origin_id)s, coalesce(max(seq), 0) + 1, %(kind)s, %(once_key)s,
    %(customer_id)s, %(to_address)s, %(to_name)s, '', %(context_text)s::jsonb, 'queued', %(queued_at)s, '', '',
    %(message_id_header)s, 0, '', %(actor)s, %(reason)s, %(follows)s, %(queued_at)s
FROM messaging_message WHERE merchant_id = %(merchant_id)s AND origin = %(origin)s AND origin_id = %(origin_id)s
ON CONFLICT DO NOTHING RETURNING seq
"""


def queue_message(
    *,
    kind: str,
    origin: str,
    origin_id: uuid.UUID,
    customer_id: uuid.UUID | None,
    to_address: str,
    to_name: str,
    context: dict[str, Any],
    actor: Actor,
    now: datetime,
    once_key: str = "",
    reason: str = "",
    follows: uuid.UUID | None = None,
) -> Message:
    """Write a message to the outbox, inside the caller's transaction.

    1. Inserts the row with the document's next number; words, validity and suppression are looked at when it is sent.
    2. Puts down its job "message.send".
    3. Notes "queued" and tells the document's listener.
    4. Settles earlier problems: what became of the document's earlier messages of this kind is history.

    With a ``once_key`` (of the merchant's whole outbox, such as "claim:<id>:gift:1") a second call returns the first
    one's row and does nothing else; without one each call is one message. Raises AddressInvalid.
    """
    _check_address(to_address)
    if once_key and (known := Message.objects.filter(once_key=once_key).first()):
        return known
    message = Message.made_with(
        id=(message_id := new_id()),
        kind=kind,
        origin=origin,
        origin_id=origin_id,
        customer_id=customer_id,
        to_address=to_address.strip(),
        to_name=" ".join(to_name.split())[:200],
        context=context,
        status_at=now,
        message_id_header=message_id_header(message_id),
        actor=str(actor),
        once_key=once_key,
        reason=reason[:200],
        follows=follows,
        queued_at=now,
    )
    if not _insert(message):
        return Message.objects.get(once_key=once_key)
    enqueue(
        kind="message.send",
        payload={"message": str(message.id)},
        dedupe_key=str(message.id),
        now=now,
        max_attempts=SEND_ATTEMPTS,
    )
    tell_queued(message)
    _settle_earlier(message, by=str(actor), now=now)
    return message


def hold(*, origin: str, origin_id: uuid.UUID) -> None:
    """Lock all of a document's messages, before the document itself.

    What becomes of a message is told to its document while the message is locked. So whoever changes a document and
    then its messages takes them in this order too, or each of the two would wait for the other.
    """
    rows = Message.objects.filter(origin=origin, origin_id=origin_id).select_for_update(no_key=True)
    list(rows.order_by("id").values_list("id"))


def resend(*, message_id: uuid.UUID, reason: str, actor: Actor, now: datetime, op: str = "") -> Message:
    """Send a message again as a new one with the next number: a recorded decision of somebody, for a reason.

    ``op`` names the request: the same one makes one message. So do many without one, as long as the first of them waits
    to go out and within a minute. Effects as for `queue_message`, and an audit event.
    Raises StillWaiting while the old one has not gone out, and AddressSuppressed where its address bounced.
    """
    return _again(message_id=message_id, to_address="", reason=reason, actor=actor, now=now, op=op)


def correct_and_resend(
    *, message_id: uuid.UUID, to_address: str, reason: str, actor: Actor, now: datetime, op: str = ""
) -> Message:
    """Send a message again to a corrected address; otherwise as `resend`.

    The document's corrector (config/messages.py) is called first, in this transaction, so that the person's record
    follows. Raises AddressInvalid, StillWaiting, and AddressSuppressed where the new address bounced before.
    """
    _check_address(to_address)
    return _again(message_id=message_id, to_address=to_address.strip(), reason=reason, actor=actor, now=now, op=op)


def handle(*, message_id: uuid.UUID, note: str, actor: Actor, now: datetime) -> Message:
    """Take a problem off the desk: somebody has looked at it and says in a note what came of it.

    Locks the message, notes who, when and what, audits. One that is no problem, or was handled, stays as it is.
    """
    message: Message = Message.objects.select_for_update(no_key=True).get(id=message_id)
    if message.is_handled or message.status not in PROBLEMS:
        return message
    message.is_handled, message.handled_at, message.handled_by = True, now, str(actor)
    message.handled_note = note.strip()[:200]
    message.save(update_fields=["is_handled", "handled_at", "handled_by", "handled_note"])
    audit(action="message.handled", actor=actor, target=("message", message.id), reason=note)
    return message


def suppress(*, email: str, reason: str, actor: Actor, now: datetime) -> bool:
    """Write to an address no more because the person does not want our mail; audited. False if it was closed already.

    Raises AddressInvalid.
    """
    _check_address(email)
    row = Suppression.made_with(
        email_norm=email_norm(email), reason=SuppressionReason.UNSUBSCRIBED, message_ref=None, created_at=now
    )
    Suppression.objects.bulk_create([row], ignore_conflicts=True)
    is_new = bool(Suppression.objects.filter(id=row.id).exists())
    if is_new:
        audit(action="suppression.added", actor=actor, target=("suppression", row.id), reason=reason)
    return is_new


def lift_suppression(*, email: str, reason: str, actor: Actor, now: datetime) -> bool:
    """Allow mail to an address again, and audit who decided that and why; False if it was allowed already."""
    removed, _by_model = Suppression.objects.filter(email_norm=email_norm(email)).delete()
    if removed:
        audit(action="suppression.lifted", actor=actor, target=("suppression", None), reason=reason)
    return bool(removed)


def _again(*, message_id: uuid.UUID, to_address: str, reason: str, actor: Actor, now: datetime, op: str) -> Message:
    origin, origin_id = Message.objects.values_list("origin", "origin_id").get(id=message_id)
    hold(origin=origin, origin_id=origin_id)
    old: Message = Message.objects.get(id=message_id)
    once_key = f"again:{op}" if op else ""
    if once_key and (known := Message.objects.filter(once_key=once_key).first()):
        return known
    if old.status in (Status.QUEUED, Status.SENDING):
        raise StillWaiting
    address = to_address or old.to_address
    if known := _just_sent(old, address, now=now):
        return known
    if found := suppressed([address]):
        raise AddressSuppressed(next(iter(found.values())))
    if old.status == Status.UNCERTAIN:
        # A person decided: the old one is not tried again beside the new one.
        move_all([Move(old, Status.FAILED, now, "replaced")])
    if to_address:
        _correct(old, to_address, actor=actor, now=now)
    message = queue_message(
        kind=old.kind,
        origin=old.origin,
        origin_id=old.origin_id,
        customer_id=old.customer_id,
        to_address=address,
        to_name=old.to_name,
        context=old.context,
        actor=actor,
        now=now,
        once_key=once_key,
        reason=reason,
        follows=old.id,
    )
    audit(
        action="message.sent_again", actor=actor, target=("message", old.id), after={"seq": message.seq}, reason=reason
    )
    return message


def _just_sent(old: Message, address: str, *, now: datetime) -> Message | None:
    """Return what an earlier press, on whatever page, has sent after this one: it waits to go out, or is not a minute old."""
    later = Message.objects.filter(origin=old.origin, origin_id=old.origin_id, kind=old.kind, seq__gt=old.seq)
    latest: Message | None = later.order_by("-seq").first()
    if latest is None or latest.to_address != address:
        return None
    is_same = latest.status in (Status.QUEUED, Status.SENDING) or now - latest.queued_at < SAME_PRESS
    return latest if is_same else None


def _settle_earlier(message: Message, *, by: str, now: datetime) -> None:
    if message.seq > 1:
        earlier = Message.objects.filter(origin=message.origin, origin_id=message.origin_id, kind=message.kind)
        open_ones = earlier.filter(seq__lt=message.seq, status__in=PROBLEMS, is_handled=False)
        open_ones.update(is_handled=True, handled_at=now, handled_by=by)


def _correct(old: Message, to_address: str, *, actor: Actor, now: datetime) -> None:
    path = maps.beside("CORRECTORS").get(old.origin)
    if path is not None:
        import_string(path)(message=old, to_address=to_address, actor=actor, now=now)


def _insert(message: Message) -> bool:
    """Insert the row under the document's next free number; False if its key was used already."""
    values = message.__dict__ | {"context_text": json.dumps(message.context, cls=DjangoJSONEncoder)}
    while True:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, values)
            row = cursor.fetchone()
        if row is not None:
            message.seq = row[0]
            message._state.adding = False
            return True
        # Somebody else's row was first: with our key, or with this number, and then the next one is ours.
        if message.once_key and Message.objects.filter(once_key=message.once_key).exists():
            return False


def _check_address(address: str) -> None:
    try:
        validate_email(address.strip())
    except ValidationError as error:
        raise AddressInvalid from error
