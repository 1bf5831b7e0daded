"""From the journal into the outbox: each entry once for each endpoint that wants it.

Nothing is asked of the act itself: it costs no till a microsecond, cannot be forgotten by a new service, and what was
not committed was never written. The cursor moves in the transaction that fills the outbox.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q

from jobs.services import enqueue_many
from messaging.webhooks import maps
from messaging.webhooks.models import WebhookCursor, WebhookDelivery, WebhookEndpoint
from messaging.webhooks.states import LARGEST_BODY, MOST_ATTEMPTS
from tenancy.ids import new_id
from tenancy.places import Stretch

BATCH = 500
# What was written down later than this after it happened is history that somebody imported, and no news.
HISTORY = timedelta(days=1)
# What was written down so long ago has been told, or nobody waits for it any more.
STALE = timedelta(days=7)
# The last number of a transaction that a cursor can stand at.
FURTHEST = 2**63 - 1


def announce(*, now: datetime, limit: int = BATCH) -> int:
    """Take the next entries of the merchant's journal into the outbox; return how many were looked at.

    1. Locks the merchant's cursor, so that two do not tell the same.
    2. Reads entries behind it, below the horizon, of events that can be announced; what is no news is left out.
    3. Has the documents' data written, and inserts one delivery for each entry and each endpoint that wants it and was
       switched on before it, with its job. Endpoints are read after the entries: one that was switched on below the
       horizon is among them.
    4. Moves the cursor: behind the last entry, or, where there are no more, up to the horizon.

    Runs in the merchant's scope. Returns fewer than `limit` when nothing is left, and when all of a former server is
    told: what this one wrote since is looked for again.
    """
    if not (endpoints := _active()):
        return 0
    cursor = _locked_cursor()
    stretch = _wanted_part(maps.journal().stretch_of(cursor), endpoints)
    entries = maps.journal().read(stretch, events=sorted(maps.events()), limit=limit)
    endpoints = _active()
    wanted, events = {name for one in endpoints for name in one.events}, maps.events()
    news = [entry for entry in entries if events[entry.event].name in wanted and _is_news(entry, now)]
    if news:
        put_down(deliveries=_deliveries(news, [one for one in endpoints if _hears(one, stretch)], now), now=now)
    if len(entries) == limit:
        cursor.stand_behind(stretch, xid=entries[-1].xid, entry_id=entries[-1].id)
    else:
        _turn_endpoints(stretch)
        cursor.stand_at_end(stretch)
    return len(entries)


def has_news() -> bool:
    """Say whether the journal of the merchant in scope holds something, wanted or not, that was not looked at yet."""
    if not (endpoints := _active()):
        return False
    cursor = WebhookCursor.objects.first() or WebhookCursor.made_with()
    stretch = _wanted_part(maps.journal().stretch_of(cursor), endpoints)
    return stretch.is_former or bool(maps.journal().read(stretch, events=None, limit=1))


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
    # Told already, by a cursor that was set back.
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


def _locked_cursor() -> WebhookCursor:
    """Lock the cursor, and make it where there is none."""
    WebhookCursor.objects.bulk_create([WebhookCursor.made_with()], ignore_conflicts=True)
    cursor: WebhookCursor = WebhookCursor.objects.select_for_update(no_key=True).get()
    return cursor


def _active() -> list[WebhookEndpoint]:
    return list(WebhookEndpoint.objects.filter(is_active=True).order_by("id"))


def _wanted_part(stretch: Stretch, endpoints: list[WebhookEndpoint]) -> Stretch:
    """Leave out the beginning of a stretch that no endpoint is to hear.

    One that is being switched on at this moment cannot be seen yet, but its number is not below the horizon.
    """
    first = min([FURTHEST, stretch.below, *(one.from_xid for one in endpoints if _hears(one, stretch))])
    return replace(stretch, xid=first, entry_id=None) if first > stretch.xid else stretch


def _hears(endpoint: WebhookEndpoint, stretch: Stretch) -> bool:
    """Say whether an endpoint stood already when a stretch was written: of a former server's only what stood there."""
    return stretch.until is None or endpoint.from_at is None or endpoint.from_at <= stretch.until


def _turn_endpoints(stretch: Stretch) -> None:
    """Let endpoints of a former server hear of everything that this one writes."""
    if stretch.until is not None:
        stood = Q(from_at__isnull=True) | Q(from_at__lte=stretch.until)
        WebhookEndpoint.objects.filter(stood).update(from_xid=0)


def _is_news(entry: maps.Written, now: datetime) -> bool:
    return entry.recorded_at - entry.occurred_at < HISTORY and now - entry.recorded_at < STALE
