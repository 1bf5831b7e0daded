"""Do an act once, however often its request comes.

The record of the answer, unique by who asks and by the key of the request, is written in the transaction that does the
work: whoever cannot write it has done nothing. A lock on the key, held until that transaction ends, keeps a second
request from beginning meanwhile; it waits for the first to end (at most the given time), and gets its answer.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from psycopg.types.json import Jsonb

from tenancy.ids import new_id
from tenancy.prepared import prepared_cursor
from tenancy.scope import WORK, current_merchant_id

LOCK_NOT_AVAILABLE = "55P03"
# Answers are some hundred characters long; one that brings a member's new offers with all their terms may be a good deal longer.
MAX_BODY = 4 * 1024 * 1024
KEPT_HEADERS = ("Location", "Content-Type", "Cache-Control")
# Both by one statement. What it finds was there when it began, so a lock it got a moment later may be that of a request
# that has just ended: the record's unique row tells.
LOOK = "pg_try_advisory_xact_lock(%s::bigint), r.digest, r.status, r.headers, r.body"
LOOK_ALONE = f"""
SELECT {LOOK}
FROM (SELECT 1) AS one LEFT JOIN tenancy_idempotencyrecord AS r
    ON r.merchant_id = %s AND r.principal = %s::text AND r.key = %s::text
"""  # noqa: S608 - our own words
# The time-out is the one that the connection was opened with afterwards.
WAIT = """
SET LOCAL lock_timeout = {wait};
SELECT pg_advisory_xact_lock(%s::bigint);
SET LOCAL lock_timeout TO DEFAULT
"""
KEEP = """
INSERT INTO tenancy_idempotencyrecord (merchant_id, id, principal, key, digest, status, headers, body, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, now()) ON CONFLICT DO NOTHING
"""


class Looked(NamedTuple):
    """What `LOOK` has found: whether nobody else is at it, and the record, all None where there is none."""

    lock: int
    is_free: bool
    digest: str | None
    status: int | None
    headers: str | None
    body: bytes | None


class KeyReused(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The key came before with another request."""


class InProgress(Exception):  # noqa: N818
    """The first request with this key has not ended yet."""


def digest_of(*parts: Any) -> str:
    """Return the SHA-256 of the parts, whatever the order of their keys."""
    text = json.dumps(parts, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def lock_of(*parts: Any) -> int:
    """Return the number of the lock of a request in this merchant's scope, from whatever names it."""
    text = ":".join(map(str, (current_merchant_id(), *parts)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)


def answer_once(
    *,
    principal: str,
    key: str,
    digest: str,
    work: Callable[[], HttpResponse],
    keep: Callable[[HttpResponse], bool],
    wait_ms: int = 250,
    looked: Looked | None = None,
) -> HttpResponse:
    """Return the answer of `work`, or the answer that an earlier request with this key got.

    Runs inside the merchant's scope. An answer that `keep` refuses leaves no record, so that the request may be made
    again. Raises KeyReused where the key came with another digest and InProgress where the first request is still
    running after `wait_ms` milliseconds. `looked` is what the caller found by a statement of its own a moment ago; all
    requests of one principal and key have to go by the same lock.
    """
    request = _Request(principal, key, digest, looked.lock if looked else lock_of(principal, key))
    looked = looked or request.look()
    if looked.digest is None and not looked.is_free:
        request.wait(wait_ms)
        looked = request.look()
    if looked.digest is not None:
        return request.replay(looked)
    response = work()
    if keep(response) and len(response.content) <= MAX_BODY and not request.kept(response):
        # Another one ended between the two halves of the look: its answer stands, and nothing of what was done here.
        response = request.replay(request.look())
        transaction.set_rollback(True)
    return response


@contextlib.contextmanager
def undone_on_error() -> Iterator[None]:
    """Take back what was done since the scope was opened, where the block raises; for a scope with a savepoint.

    See `tenancy.scope`. What would run on commit is forgotten too.
    """
    waiting = len(connection.run_on_commit)
    try:
        yield
    except Exception:
        transaction.set_rollback(False)
        with connection.cursor() as cursor:
            cursor.execute(f"ROLLBACK TO SAVEPOINT {WORK}")
        del connection.run_on_commit[waiting:]
        raise


@dataclass(frozen=True, slots=True)
class _Request:
    """A request that may have come before: who asks, under which key, for what, and the number of its lock."""

    principal: str
    key: str
    digest: str
    lock: int

    def look(self) -> Looked:
        """Take the lock, if it is free, and find the record."""
        with prepared_cursor() as cursor:
            cursor.execute(LOOK_ALONE, [self.lock, current_merchant_id(), self.principal, self.key])
            return Looked(self.lock, *cursor.fetchone())

    def wait(self, milliseconds: int) -> None:
        """Wait for the lock. Raises InProgress, behind a savepoint: the transaction goes on."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(WAIT.format(wait=int(milliseconds)), [self.lock])
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            raise InProgress from error

    def replay(self, looked: Looked) -> HttpResponse:
        """Return the answer that the record holds. Raises KeyReused."""
        if looked.digest != self.digest:
            raise KeyReused
        response = HttpResponse(bytes(looked.body or b""), status=looked.status)
        for name, value in json.loads(looked.headers or "{}").items():
            response[name] = value
        response["Idempotent-Replayed"] = "true"
        return response

    def kept(self, response: HttpResponse) -> bool:
        """Write the record; False where there is one already."""
        headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        request = [current_merchant_id(), new_id(), self.principal, self.key, self.digest]
        with prepared_cursor() as cursor:
            cursor.execute(KEEP, [*request, response.status_code, Jsonb(headers), response.content])
            return bool(cursor.rowcount)
