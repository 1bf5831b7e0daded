"""Do an act once, however often its request comes.

The record's unique row is the lock: the first request inserts it in the transaction that does the work; a second one
waits for the first to end (at most the given time), and then gets the first one's answer.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse

from tenancy.ids import new_id
from tenancy.models import IdempotencyRecord
from tenancy.scope import current_merchant_id

LOCK_NOT_AVAILABLE = "55P03"
MAX_BODY = 64 * 1024


class KeyReused(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The key came before with another request."""


class InProgress(Exception):  # noqa: N818
    """The first request with this key has not ended yet."""


def digest_of(*parts: Any) -> str:
    """Return the SHA-256 of the parts, whatever the order of their keys."""
    text = json.dumps(parts, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def answer_once(
    *,
    principal: str,
    key: str,
    digest: str,
    work: Callable[[], HttpResponse],
    keep: Callable[[HttpResponse], bool],
    wait_ms: int = 250,
) -> HttpResponse:
    """Return the answer of `work`, or the answer that an earlier request with this key got.

    Runs inside the merchant's scope. An answer that `keep` refuses leaves no record, so that the request may be made
    again. Raises KeyReused where the key came with another digest and InProgress where the first request is still
    running after `wait_ms` milliseconds.
    """
    if not _first(principal=principal, key=key, digest=digest, wait_ms=wait_ms):
        return _replay(principal=principal, key=key, digest=digest)
    response = work()
    found = IdempotencyRecord.objects.filter(principal=principal, key=key)
    if keep(response) and len(response.content) <= MAX_BODY:
        headers = {name: response[name] for name in ("Location", "Content-Type") if name in response}
        found.update(status=response.status_code, headers=headers, body=response.content)
    else:
        found.delete()
    return response


INSERT = """
INSERT INTO tenancy_idempotencyrecord (merchant_id, id, principal, key, digest, headers, body, created_at)
VALUES (%s, %s, %s, %s, %s, '{}', '', now()) ON CONFLICT DO NOTHING RETURNING id
"""


def _first(*, principal: str, key: str, digest: str, wait_ms: int) -> bool:
    """Insert the record; True where this request is the first with its key."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            before = cursor.fetchone()[0]
            cursor.execute(f"SET LOCAL lock_timeout = {int(wait_ms)}")
            cursor.execute(INSERT, [current_merchant_id(), new_id(), principal, key, digest])
            inserted = cursor.fetchone() is not None
            cursor.execute(f"SET LOCAL lock_timeout = '{before}'")
            return inserted
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise InProgress from error
        raise


def _replay(*, principal: str, key: str, digest: str) -> HttpResponse:
    record = IdempotencyRecord.objects.get(principal=principal, key=key)
    if record.digest != digest:
        raise KeyReused
    if record.status is None:
        raise InProgress
    response = HttpResponse(bytes(record.body), status=record.status)
    for name, value in record.headers.items():
        response[name] = value
    response["Idempotent-Replayed"] = "true"
    return response
