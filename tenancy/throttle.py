"""Rate limits as token buckets in PostgreSQL, exact under any concurrency and independent of the queue's server."""

import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.db import connections

TAKE = """
INSERT INTO tenancy_throttlebucket AS b (key, tokens, updated_at) VALUES (%(key)s, %(cap)s - 1, now())
ON CONFLICT (key) DO UPDATE SET
  tokens = LEAST(%(cap)s, b.tokens + %(rate)s * extract(epoch FROM now() - b.updated_at)) - 1, updated_at = now()
  WHERE LEAST(%(cap)s, b.tokens + %(rate)s * extract(epoch FROM now() - b.updated_at)) >= 1
RETURNING tokens
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` per `seconds`, with bursts up to `count`."""

    name: str
    count: int
    seconds: int


def allowed(limit: Limit, subject: str) -> bool:
    """Take one from the subject's bucket; False where it is empty. Subjects are kept as keyed hashes."""
    cap = max(1.0, limit.count * settings.RATE_LIMIT_FACTOR)
    secret = settings.SECRET_KEY.encode()
    key = hmac.new(secret, f"{limit.name}\0{subject}".encode(), hashlib.sha256).hexdigest()
    with connections["aside"].cursor() as cursor:
        cursor.execute(TAKE, {"key": key, "cap": cap, "rate": cap / limit.seconds})
        return cursor.fetchone() is not None
