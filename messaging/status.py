"""The one door through which a message's status changes."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils.module_loading import import_string

from messaging.models import Message, MessageEvent
from messaging.states import PROBLEMS, UNTOLD, Status, may_move
from tenancy.scope import current_merchant_id

STAMPS: dict[str, str] = {
    Status.SENDING: "sending_at",
    Status.SENT: "sent_at",
    Status.DELIVERED: "delivered_at",
    Status.OPENED: "opened_at",
}
UPDATE = """
UPDATE messaging_message SET status = %(status)s, status_at = %(status_at)s, sending_at = %(sending_at)s,
       sent_at = %(sent_at)s, delivered_at = %(delivered_at)s, opened_at = %(opened_at)s, subject = %(subject)s,
       provider = %(provider)s, provider_message_id = %(provider_message_id)s, attempts = %(attempts)s,
       last_error = %(last_error)s, is_handled = %(is_handled)s
WHERE merchant_id = %(merchant_id)s AND id = %(id)s
"""

QUEUED = """
INSERT INTO messaging_messageevent (merchant_id, id, message_id, event, moved, detail, source, at)
SELECT m.merchant_id, uuidv7(), m.id, 'queued', true, '', '', m.queued_at
FROM messaging_message AS m WHERE m.merchant_id = %s AND m.id = ANY (%s)
ON CONFLICT DO NOTHING
"""


class Move(NamedTuple):
    """A message's way to another status: what, when, in which code's words, by whose report ("" = our own)."""

    message: Message
    to: str
    at: datetime
    detail: str = ""
    source: str = ""


def move_all(moves: Iterable[Move]) -> list[Message]:
    """Move messages that were locked for it, in the merchant's scope; return those that moved.

    1. A move that the table of states does not allow changes nothing; a provider's report is noted all the same.
    2. Updates the rows by one statement and adds one event each.
    3. Tells the document's listener (config/messages.py) in this transaction, about public statuses and about the
       document's latest message of that kind only.
    """
    moves = list(moves)
    moved = [move for move in moves if _apply(move)]
    _write([move.message for move in moved])
    # By identity: comparing rows with each other would cost the square of their number.
    known = {id(move) for move in moved}
    noted = [(move, id(move) in known) for move in moves]
    MessageEvent.objects.bulk_create([_event(move, is_moved) for move, is_moved in noted if move.source or is_moved])
    _tell(moved)
    return [move.message for move in moved]


def tell_queued(message: Message) -> None:
    """Note that a message was queued, and tell the document's listener."""
    move = Move(message, Status.QUEUED, message.queued_at)
    _event(move, moved=True).save(force_insert=True)
    _tell([move])


def tell_all_queued(messages: Sequence[Message]) -> None:
    """Note of many new messages that they were queued, and tell their documents' listeners."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUED, [current_merchant_id(), [message.id for message in messages]])
    _tell([Move(message, Status.QUEUED, message.queued_at) for message in messages])


def _apply(move: Move) -> bool:
    message = move.message
    if not may_move(message.status, move.to, reported=bool(move.source)):
        return False
    message.status, message.status_at = move.to, move.at
    if move.to in STAMPS:
        setattr(message, STAMPS[move.to], move.at)
    if move.to in PROBLEMS:
        message.is_handled = False
    if move.to in (Status.DELIVERED, Status.OPENED) and message.sent_at is None:
        # The report came before our own commit.
        message.sent_at = move.at
    message.last_error = move.detail[:120] if move.to not in (Status.SENT, Status.DELIVERED, Status.OPENED) else ""
    return True


def _event(move: Move, moved: bool) -> MessageEvent:  # noqa: FBT001 - private, called twice
    return MessageEvent(
        merchant_id=move.message.merchant_id,
        message_id=move.message.id,
        event=move.to,
        moved=moved,
        detail=move.detail[:120],
        source=move.source,
        at=move.at,
    )


def _write(messages: list[Message]) -> None:
    if messages:
        with connection.cursor() as cursor:
            # One statement per row, sent as one pipeline: far cheaper than a CASE per column.
            cursor.executemany(UPDATE, [message.__dict__ for message in messages])


def _tell(moves: list[Move]) -> None:
    """Tell each document's listener of a public status of its latest message of that kind."""
    listeners = import_string(settings.MESSAGE_LISTENERS)
    heard = [move for move in moves if move.to not in UNTOLD and move.message.origin in listeners]
    last = _last_numbers([move.message for move in heard])
    # In the order of the documents' ids, in which a bulk act locks them too.
    for move in sorted(heard, key=lambda move: move.message.origin_id):
        message = move.message
        if message.seq == last[(message.origin, message.origin_id, message.kind)]:
            import_string(listeners[message.origin])(message=message, status=move.to, at=move.at)


def _last_numbers(messages: list[Message]) -> dict[tuple[str, uuid.UUID, str], int]:
    """Return the number of each document's latest message of a kind: the fate of an earlier one is history.

    One that was not sent has no fate, and leaves that of the one before it standing.
    """
    if not messages:
        return {}
    rows = (
        Message.objects.filter(
            origin__in={message.origin for message in messages},
            origin_id__in={message.origin_id for message in messages},
        )
        .exclude(status=Status.SKIPPED)
        .values_list("origin", "origin_id", "kind")
        .annotate(last=Max("seq"))
    )
    return {(origin, origin_id, kind): last for origin, origin_id, kind, last in rows}
