"""From the journal into the outbox: each entry once for each endpoint that wants it.

Nothing is asked of the act itself: it costs no till a microsecond, cannot be forgotten by a new service, and what was
not committed was never written. The cursor moves in the transaction that fills the outbox.
"""

import json
import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Min

from jobs.services import enqueue_many
from messaging.webhooks import maps
from messaging.webhooks.models import WebhookCursor, WebhookDelivery, WebhookEndpoint
from messaging.webhooks.states import LARGEST_BODY, MOST_ATTEMPTS
from tenancy.ids import new_id

log = logging.getLogger(__name__)

BATCH = 500
# What was written down later than this after it happened is history that somebody imported, and no news.
HISTORY = timedelta(days=1)
# What was written down so long ago has been told, or is of another server's time.
STALE = timedelta(days=7)


def announce(*, now: datetime, limit: int = BATCH) -> int:
    """Take the next entries of the merchant's journal into the outbox; return how many were looked at.

    1. Locks the merchant's cursor, so that two do not tell the same.
    2. Reads entries behind it, below the horizon, of events that can be announced; what is no news is left out.
    3. Has the documents' data written, and inserts one delivery for each entry and each endpoint that wants it and was
       switched on before it, with its job. Endpoints are read after the entries: one that was switched on below the
       horizon is among them.
    4. Moves the cursor: behind the last entry, or, where there are no more, up to the horizon.

    Runs in the merchant's scope. Returns fewer than `limit` when nothing is left.
    """
    first = _first()
    if first is None:
        return 0
    cursor = _locked_cursor(first)
    page = maps.feed()(xid=cursor.xid, entry_id=cursor.entry_id, events=sorted(maps.events()), limit=limit)
    if cursor.xid > page.newest:
        return _begin_anew(cursor, page.horizon)
    endpoints = list(WebhookEndpoint.objects.filter(is_active=True).order_by("id"))
    wanted, events = {name for one in endpoints for name in one.events}, maps.events()
    news = [entry for entry in page.entries if events[entry.event].name in wanted and _is_news(entry, now)]
    if news:
        put_down(deliveries=_deliveries(news, endpoints, now), now=now)
    if len(page.entries) < limit:
        cursor.xid, cursor.entry_id = max(page.horizon, cursor.xid), None
    else:
        cursor.xid, cursor.entry_id = page.entries[-1].xid, page.entries[-1].id
    cursor.save(update_fields=["xid", "entry_id"])
    return len(page.entries)


def has_news() -> bool:
    """Say whether the journal of the merchant in scope holds something, wanted or not, that was not looked at yet."""
    first = _first()
    if first is None:
        return False
    xid, entry_id = _place(WebhookCursor.objects.first() or WebhookCursor.made_with(), first)
    page = maps.feed()(xid=xid, entry_id=entry_id, events=None, limit=1)
    return bool(page.entries) or xid > page.newest


def body_of(*, event: str, at: datetime, data: dict[str, Any]) -> str:
    """Return a message's body: its type, when it happened, and what it is about."""
    given = {"type": event, "timestamp": at.isoformat(), "data": data}
    return json.dumps(given, cls=DjangoJSONEncoder, separators=(",", ":"), ensure_ascii=False)


def put_down(*, deliveries: list[WebhookDelivery], now: datetime, by_hand: bool = False) -> None:
    """Insert deliveries and their jobs, inside the caller's transaction."""
    payloads: list[tuple[str, dict[str, Any]]] = []
    for one in deliveries:
        payload: dict[str, Any] = {"delivery": str(one.id)}
        payloads.append((str(one.id), payload | ({"by_hand": True} if by_hand else {})))
    jobs = enqueue_many(kind="webhooks.deliver", payloads=payloads, now=now, max_attempts=MOST_ATTEMPTS)
    for one, job in zip(deliveries, jobs, strict=True):
        one.job_id = job.id
    WebhookDelivery.objects.bulk_create(deliveries)


def _deliveries(news: Iterable[maps.Written], endpoints: list[WebhookEndpoint], now: datetime) -> list[WebhookDelivery]:
    events, entries = maps.events(), list(news)
    data = _data(entries, now)
    # Told before the server was restored from a dump.
    known = set(
        WebhookDelivery.objects.filter(
            endpoint_id__in=[one.id for one in endpoints], entry_id__in=[one.id for one in entries]
        ).values_list("entry_id", flat=True)
    )
    made = []
    for entry in entries:
        if entry.id in known:
            continue
        told = events[entry.event]
        about = data.get((told.builder, entry.origin_id))
        if about is None:
            continue
        body = body_of(event=told.name, at=entry.occurred_at, data=about)
        if len(body.encode()) > LARGEST_BODY:
            body = body_of(event=told.name, at=entry.occurred_at, data={"id": str(entry.origin_id)})
        made += [
            WebhookDelivery.made_with(
                id=new_id(),
                endpoint=endpoint,
                event=told.name,
                entry_id=entry.id,
                subject_id=entry.origin_id,
                body=body,
                next_at=now,
                created_at=now,
            )
            for endpoint in endpoints
            if told.name in endpoint.events and entry.xid >= endpoint.from_xid
        ]
    return made


def _data(entries: list[maps.Written], now: datetime) -> dict[tuple[str, uuid.UUID], dict[str, Any]]:
    """Return what is said of each document, by the kind of document and its id."""
    events = maps.events()
    ids: dict[str, set[uuid.UUID]] = {}
    for entry in entries:
        ids.setdefault(events[entry.event].builder, set()).add(entry.origin_id)
    return {
        (name, document): data
        for name, wanted in ids.items()
        for document, data in maps.builder(name)(sorted(wanted), now=now).items()
    }


def _first() -> int | None:
    """Return the transaction's number below which no endpoint is to hear of anything; None where none is active.

    One that is being switched on at this moment cannot be seen yet, but its number is not below the horizon.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (horizon,) = cursor.fetchone()
    found = WebhookEndpoint.objects.filter(is_active=True).aggregate(first=Min("from_xid"))["first"]
    return None if found is None else min(found, horizon)


def _locked_cursor(first: int) -> WebhookCursor:
    """Lock the cursor, make it where there is none, and leave out what no endpoint is to hear."""
    WebhookCursor.objects.bulk_create([WebhookCursor.made_with()], ignore_conflicts=True)
    cursor: WebhookCursor = WebhookCursor.objects.select_for_update(no_key=True).get()
    cursor.xid, cursor.entry_id = _place(cursor, first)
    return cursor


def _place(cursor: WebhookCursor, first: int) -> tuple[int, uuid.UUID | None]:
    return (cursor.xid, cursor.entry_id) if cursor.xid >= first else (first, None)


def _is_news(entry: maps.Written, now: datetime) -> bool:
    return entry.recorded_at - entry.occurred_at < HISTORY and now - entry.recorded_at < STALE


def _begin_anew(cursor: WebhookCursor, horizon: int) -> int:
    """Go on from now: on a server that was restored from a dump, numbers of transactions begin low again."""
    log.warning("Webhooks go on from now: the numbers of transactions are lower than they were.")
    cursor.xid, cursor.entry_id = horizon, None
    cursor.save(update_fields=["xid", "entry_id"])
    WebhookEndpoint.objects.filter(from_xid__gt=horizon).update(from_xid=horizon)
    return 0
