"""Rate limits as token buckets in PostgreSQL, exact under any concurrency and independent of the queue's server."""

import hashlib
import hmac
import math
import threading
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connections

from tenancy.prepared import prepared_cursor

TAKE = """
INSERT INTO tenancy_throttlebucket AS b (key, tokens, updated_at) VALUES (%(key)s, %(cap)s - %(count)s, now())
ON CONFLICT (key) DO UPDATE SET
  tokens = LEAST(%(cap)s, b.tokens + %(rate)s * extract(epoch FROM now() - b.updated_at)) - %(count)s, updated_at = now()
  WHERE LEAST(%(cap)s, b.tokens + %(rate)s * extract(epoch FROM now() - b.updated_at)) >= %(count)s
RETURNING tokens
"""
EMPTY = """
SELECT 1 FROM tenancy_throttlebucket
WHERE key = %(key)s AND LEAST(%(cap)s, tokens + %(rate)s * extract(epoch FROM now() - updated_at)) < 1
"""

# Of a full bucket a process takes so many at once, but no more than this share of it, for so long.
LOT, LOT_SHARE, LOT_SECONDS = 8, 40, 0.5
MOST_LOTS = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` per `seconds`, with bursts up to `count`."""

    name: str
    count: int
    seconds: int

    @property
    def capacity(self) -> float:
        """Return how many may come at once, with RATE_LIMIT_FACTOR applied."""
        return max(1.0, self.count * settings.RATE_LIMIT_FACTOR)

    @property
    def retry_after(self) -> int:
        """Return after how many whole seconds an empty bucket holds one again."""
        return max(1, math.ceil(self.seconds / self.capacity))


class RateLimited(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """Too many at once; the middleware answers 429 with `Retry-After`."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"Try again in {retry_after} s.")


def allowed(limit: Limit, subject: str) -> bool:
    """Take one from the subject's bucket; False where it is empty. Subjects are kept as keyed hashes.

    Travels over the `aside` connection, so that a refused and rolled-back request has been counted all the same.
    """
    return _taken(limit, subject, 1) is not None


@dataclass(slots=True)
class _Lot:
    """What this process has taken of a bucket and not used yet, until when, and how full the bucket was then."""

    left: int = 0
    until: float = 0.0
    filled: float = 0.0


_lots: dict[tuple[str, str], _Lot] = {}
_lots_lock = threading.Lock()


def allowed_in_lots(limit: Limit, subject: str) -> bool:
    """Take one as `allowed` does, asking the database once for several while the bucket is more than half full.

    For what comes in hundreds a second. Never lets more through than the bucket holds. What a process has taken and
    does not use within `LOT_SECONDS` is lost; a bucket that runs low is taken from one by one, so that none lie idle.
    """
    with _lots_lock:
        if len(_lots) > MOST_LOTS:
            _lots.clear()
        lot = _lots.setdefault((limit.name, subject), _Lot())
        if time.monotonic() > lot.until:
            lot.left = 0
        if lot.left:
            lot.left -= 1
            return True
        is_full = lot.filled > limit.capacity / 2
    count = min(LOT, int(limit.capacity / LOT_SHARE)) if is_full else 1
    filled = _taken(limit, subject, count) if count > 1 else None
    if filled is None:
        count, filled = 1, _taken(limit, subject, 1)
    with _lots_lock:
        lot.left += count - 1
        lot.until, lot.filled = time.monotonic() + LOT_SECONDS, filled or 0.0
    return filled is not None


def _taken(limit: Limit, subject: str, count: int) -> float | None:
    """Take so many from the subject's bucket; return how many it holds then, None where it holds fewer."""
    with prepared_cursor(using="aside") as cursor:
        cursor.execute(TAKE, _parameters(limit, subject) | {"count": float(count)})
        found = cursor.fetchone()
        return None if found is None else float(found[0])


def is_exhausted(limit: Limit, subject: str) -> bool:
    """Tell whether the subject's bucket is empty, without taking anything: for limits that count failures only."""
    with connections["aside"].cursor() as cursor:
        cursor.execute(EMPTY, _parameters(limit, subject))
        return cursor.fetchone() is not None


def _parameters(limit: Limit, subject: str) -> dict[str, Any]:
    secret = settings.SECRET_KEY.encode()
    key = hmac.new(secret, f"{limit.name}\0{subject}".encode(), hashlib.sha256).hexdigest()
    return {"key": key, "cap": limit.capacity, "rate": limit.capacity / limit.seconds}


def take(limit: Limit, subject: str) -> None:
    """Take one from the subject's bucket; raise RateLimited where it is empty."""
    if not allowed(limit, subject):
        raise RateLimited(limit.retry_after)
