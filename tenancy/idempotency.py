"""Do an act once, however often its request comes.

The record's unique row is the lock: the first request inserts it in the transaction that does the work; a second one
waits for the first to end (at most the given time), and then gets the first one's answer.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from psycopg.types.json import Jsonb

from tenancy.ids import new_id
from tenancy.models import IdempotencyRecord
from tenancy.prepared import prepared_cursor
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
    is_alone: bool = False,
) -> HttpResponse:
    """Return the answer of `work`, or the answer that an earlier request with this key got.

    Runs inside the merchant's scope. An answer that `keep` refuses leaves no record, so that the request may be made
    again. Raises KeyReused where the key came with another digest and InProgress where the first request is still
    running after `wait_ms` milliseconds; where nothing else is kept of this transaction (`is_alone`) that ends it. `work`
    then has a savepoint already, see `undone_on_error`.
    """
    if not _first(principal=principal, key=key, digest=digest, wait_ms=wait_ms, is_alone=is_alone):
        return _replay(principal=principal, key=key, digest=digest)
    response = work()
    if keep(response) and len(response.content) <= MAX_BODY:
        headers = {name: response[name] for name in ("Location", "Content-Type") if name in response}
        values = [response.status_code, Jsonb(headers), response.content, current_merchant_id(), principal, key]
        with prepared_cursor() as cursor:
            cursor.execute(ANSWER, values)
    else:
        IdempotencyRecord.objects.filter(principal=principal, key=key).delete()
    return response


@contextlib.contextmanager
def undone_on_error() -> Iterator[None]:
    """Take back what is done inside, where it raises, and keep the record: for the `work` of who is alone."""
    waiting = len(connection.run_on_commit)
    try:
        yield
    except Exception:
        transaction.set_rollback(False)
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT work")
        del connection.run_on_commit[waiting:]
        raise


# One round trip; the time-out is the one that the connection was opened with afterwards.
INSERT = """
SET LOCAL lock_timeout = {wait};
INSERT INTO tenancy_idempotencyrecord (merchant_id, id, principal, key, digest, headers, body, created_at)
VALUES (%s, %s, %s, %s, %s, '{{}}', '', now()) ON CONFLICT DO NOTHING RETURNING id;
SET LOCAL lock_timeout TO DEFAULT
"""
# On the same trip, since nearly every act goes well and needs it for nothing.
SAVEPOINT = "; SAVEPOINT work"
ANSWER = """
UPDATE tenancy_idempotencyrecord SET status = %s, headers = %s, body = %s
WHERE merchant_id = %s AND principal = %s AND key = %s
"""


def _first(*, principal: str, key: str, digest: str, wait_ms: int, is_alone: bool) -> bool:
    """Insert the record; True where this request is the first with its key."""
    values: list[Any] = [current_merchant_id(), new_id(), principal, key, digest]
    savepoint = contextlib.nullcontext() if is_alone else transaction.atomic()
    try:
        with savepoint, connection.cursor() as cursor:
            cursor.execute(INSERT.format(wait=int(wait_ms)) + (SAVEPOINT if is_alone else ""), values)
            cursor.nextset()
            return cursor.fetchone() is not None
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        if is_alone:
            transaction.set_rollback(True)
        raise InProgress from error


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
