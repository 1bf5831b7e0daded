"""Keeping the log of calls without making a till wait for it.

A call is noted in this process's memory when its answer stands; a thread writes what was noted a moment later, many
rows at once, over the `aside` connection, whose commits wait for no disk. A process that is killed loses what it
noted in the last second: the log is for looking things up, and proves nothing. What was done stands in the ledger.
"""

import hashlib
import json
import logging
import threading
import uuid
from collections import deque
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connections
from django.utils import timezone

from tenancy.ids import new_id
from tenancy.keeping import kept_for
from tenancy.models.calls import ApiCall
from tenancy.problems import MEDIA_TYPE
from tenancy.requests import current_request
from tenancy.scope import merchant_scope

log = logging.getLogger(__name__)

# More than this waits for nothing but a database that is away: the oldest go first.
MOST_WAITING = 20_000
AT_ONCE = 1000
# One text for all of them: binding each value would cost the web process more than the calls' own answers may.
WRITE = """
INSERT INTO tenancy_apicall
    (merchant_id, id, key_id, at, method, route, status, code, milliseconds, operation, request_id)
SELECT %s, id, key_id, at, method, route, status, code, milliseconds, operation, request_id
FROM json_to_recordset(%s) AS noted (id uuid, key_id uuid, at timestamptz, method text, route text, status smallint,
    code text, milliseconds float8, operation text, request_id text)
"""
REFUSED = 400


class Noted(NamedTuple):
    """One call, as it waits to be written."""

    merchant_id: uuid.UUID
    key_id: uuid.UUID
    at: datetime
    method: str
    route: str
    status: int
    code: str
    milliseconds: float
    operation: str
    request_id: str


_waiting: deque[Noted] = deque(maxlen=MOST_WAITING)
_starting = threading.Lock()
_writer: threading.Thread | None = None


def note(request: Any, response: Any, seconds: float) -> None:
    """Note a call that was made with a key; anything else is none of ours. Costs microseconds and no query."""
    key = getattr(request, "api_key", None)
    if key is None:
        return
    match, facts = request.resolver_match, current_request()
    noted = Noted(
        merchant_id=key.merchant_id,
        key_id=key.pk,
        at=timezone.now(),
        method=request.method[:7],
        route=(match.route if match else "")[:120],
        status=response.status_code,
        code=_code(response),
        milliseconds=round(seconds * 1000, 1),
        operation=operation_of(request.META.get("HTTP_IDEMPOTENCY_KEY", "")),
        request_id=facts.id if facts else "",
    )
    _waiting.append(noted)
    _have_a_writer()


def operation_of(key: str) -> str:
    """Return the fingerprint by which an Idempotency-Key is found again; nothing for none."""
    return hashlib.sha256(key.encode()).hexdigest()[:16] if key else ""


def flush(*, using: str = "aside") -> int:
    """Write what was noted, one merchant's rows after the other's; return how many. What cannot be written is lost."""
    found: dict[uuid.UUID, list[Noted]] = {}
    while _waiting:
        noted = _waiting.popleft()
        found.setdefault(noted.merchant_id, []).append(noted)
    return sum(_write(merchant_id, rows, using) for merchant_id, rows in found.items())


def remove_old_calls(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` calls past their time, of the merchant in scope. Returns how many."""
    old = ApiCall.objects.filter(at__lt=now - kept_for("call_days")).order_by("at")
    ids = list(old.values_list("pk", flat=True)[:limit])
    return int(ApiCall.objects.filter(pk__in=ids).delete()[0]) if ids else 0


def _write(merchant_id: uuid.UUID, rows: list[Noted], using: str) -> int:
    try:
        with merchant_scope(merchant_id, using=using), connections[using].cursor() as cursor:
            for first in range(0, len(rows), AT_ONCE):
                part = [one._asdict() | {"id": new_id()} for one in rows[first : first + AT_ONCE]]  # noqa: SLF001
                cursor.execute(WRITE, [merchant_id, json.dumps(part, default=str)])
    except Exception:
        # A log that fails must stop nobody.
        log.exception("Calls could not be logged")
        return 0
    return len(rows)


def _code(response: Any) -> str:
    """Return the code of a problem document."""
    if response.status_code < REFUSED or response.get("Content-Type", "") != MEDIA_TYPE:
        return ""
    try:
        return str(json.loads(response.content).get("code", ""))[:60]
    except ValueError:
        return ""


def _have_a_writer() -> None:
    """Start this process's writer with its first call."""
    global _writer  # noqa: PLW0603 - one thread for a process
    if _writer is not None or settings.API_LOG_SECONDS <= 0:
        return
    with _starting:
        if _writer is None:
            _writer = threading.Thread(target=_write_as_asked, name="api-log", daemon=True)
            _writer.start()


def _write_as_asked() -> None:
    """Write what was noted again and again, for as long as the settings ask for it."""
    global _writer  # noqa: PLW0603 - one thread for a process
    pause = threading.Event()
    while settings.API_LOG_SECONDS > 0:
        pause.wait(settings.API_LOG_SECONDS)
        if _waiting:
            flush()
            connections["aside"].close_if_unusable_or_obsolete()
    connections.close_all()
    _writer = None
