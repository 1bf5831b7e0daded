"""Signatures as Standard Webhooks has them: `v1,` and an HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"
RANDOM_BYTES = 32


def new_secret() -> str:
    """Return a fresh secret in the form that receivers' libraries take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(RANDOM_BYTES)).decode()


def sign(*, secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """Return one signature; `at` counts by the whole second."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def headers(*, secrets_in_use: Iterable[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of one attempt; several secrets make several signatures, separated by spaces."""
    found = [sign(secret=secret, message_id=message_id, at=at, body=body) for secret in secrets_in_use]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(found),
    }
