"""Rate limits as token buckets in PostgreSQL, exact under any concurrency and independent of the queue's server."""

import hashlib
import hmac
import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connections

from tenancy.prepared import prepared_cursor

TAKE = """
INSERT INTO tenancy_throttlebucket AS b (key, tokens, updated_at) VALUES (%(key)s, %(cap)s - 1, now())
ON CONFLICT (key) DO UPDATE SET
  tokens = LEAST(%(cap)s, b.tokens + %(rate)s * extract(epoch FROM now() - b.updated_at)) - 1, updated_at = now()
  WHERE LEAST(%(cap)s, b.tokens + %(rate)s * extract(epoch FROM now() - b.updated_at)) >= 1
RETURNING tokens
"""
EMPTY = """
SELECT 1 FROM tenancy_throttlebucket
WHERE key = %(key)s AND LEAST(%(cap)s, tokens + %(rate)s * extract(epoch FROM now() - updated_at)) < 1
"""


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
    with prepared_cursor(using="aside") as cursor:
        cursor.execute(TAKE, _parameters(limit, subject))
        return cursor.fetchone() is not None


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
