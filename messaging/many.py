"""Deciding to send, or to hold back, many messages at once."""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from django.db import connection

from jobs.services import enqueue_many
from messaging.models import Message
from messaging.sender import message_id_header
from messaging.services import SEND_ATTEMPTS, queue_message
from messaging.states import Status
from messaging.status import Move, move_all, tell_all_queued
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.scope import current_merchant_id

INSERT = """
INSERT INTO messaging_message (
    merchant_id, id, origin, origin_id, seq, kind, once_key, customer_id, to_address, to_name, subject, context, status,
    status_at, provider, provider_message_id, message_id_header, attempts, last_error, actor, reason, follows, queued_at)
SELECT %(merchant)s, d.id, %(origin)s, d.origin_id, 1 + coalesce((
        SELECT max(m.seq) FROM messaging_message m
        WHERE m.merchant_id = %(merchant)s AND m.origin = %(origin)s AND m.origin_id = d.origin_id), 0),
    d.kind, d.once_key, d.customer_id, d.to_address, d.to_name, '', d.context, 'queued', %(now)s, '', '', d.header, 0, '',
    %(actor)s, d.reason, NULL, %(now)s
FROM json_to_recordset(%(drafts)s) AS d (id uuid, origin_id uuid, kind text, once_key text, customer_id uuid,
    to_address text, to_name text, context jsonb, header text, reason text)
ON CONFLICT DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One message of many: what `queue_message` is told of it. Its address has been looked at."""

    origin_id: uuid.UUID
    kind: str
    once_key: str
    customer_id: uuid.UUID | None
    to_address: str
    to_name: str
    context: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


def queue_many(*, drafts: Sequence[Draft], origin: str, actor: Actor, now: datetime) -> int:
    """Write messages of one kind of document to the outbox, inside the caller's transaction; return how many are new.

    Effects for each as of `queue_message`, by a handful of statements: the rows (each with its document's next
    number), their jobs, their first events. Each has a key of its own: what was queued under it before is left alone.
    The caller holds the documents, and names each once.
    """
    if not drafts:
        return 0
    rows = {new_id(): draft for draft in drafts}
    values: dict[str, Any] = {
        "merchant": current_merchant_id(),
        "origin": origin,
        "actor": str(actor),
        "now": now,
        "drafts": json.dumps([_row(*row) for row in rows.items()], default=str),
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        new = [found for (found,) in cursor.fetchall()]
    payloads = [(str(one), {"message": str(one)}) for one in new]
    enqueue_many(kind="message.send", payloads=payloads, now=now, max_attempts=SEND_ATTEMPTS)
    tell_all_queued(list(Message.objects.filter(id__in=new)))
    late = [draft for message_id, draft in rows.items() if message_id not in set(new)] if len(new) < len(rows) else []
    return len(new) + _one_by_one(late, origin=origin, actor=actor, now=now)


def _row(message_id: uuid.UUID, draft: Draft) -> dict[str, Any]:
    cut = {"to_name": " ".join(draft.to_name.split())[:200], "reason": draft.reason[:200]}
    return _fields(draft) | cut | {"id": message_id, "header": message_id_header(message_id)}


def _fields(draft: Draft) -> dict[str, Any]:
    # `asdict` would copy every context through and through, for each of thousands.
    return {one.name: getattr(draft, one.name) for one in fields(draft)}


def _one_by_one(drafts: Sequence[Draft], *, origin: str, actor: Actor, now: datetime) -> int:
    """Queue what was not new: either its key is known, or somebody took its document's next number just now."""
    known = set(
        Message.objects.filter(once_key__in=[one.once_key for one in drafts]).values_list("once_key", flat=True)
    )
    drafts = [draft for draft in drafts if draft.once_key not in known]
    for draft in drafts:
        queue_message(origin=origin, actor=actor, now=now, **_fields(draft))
    return len(drafts)


def hold_queued(*, origin: str, origin_ids: Iterable[uuid.UUID], kind: str) -> dict[uuid.UUID, Message]:
    """Lock, in the order of their ids, the latest message of this kind of each document; return those still queued.

    A message under a worker's hands, or one whose fate is not known, is not among them. Call it before the documents
    are locked: that is the order in which messages are sent.
    """
    rows = Message.objects.filter(origin=origin, origin_id__in=list(origin_ids), kind=kind)
    held = list(rows.select_for_update(no_key=True).order_by("id"))
    last: dict[uuid.UUID, Message] = {}
    for message in sorted(held, key=lambda one: one.seq):
        last[message.origin_id] = message
    return {found: message for found, message in last.items() if message.status == Status.QUEUED}


def withdraw(*, messages: Iterable[Message], code: str, now: datetime) -> None:
    """Take held messages that were queued out of the outbox: they end as not sent, with `code` as the reason."""
    move_all([Move(message, Status.SKIPPED, now, code) for message in messages])
