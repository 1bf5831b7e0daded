"""One connection to the API that is opened again when it breaks, and calls that are repeated until they are answered."""

import http.client
import json
import random
import time
import uuid
from typing import Any
from urllib.parse import urlencode, urlsplit

from claims_till.errors import NoAnswer, Refused

BASE = "/api/v1/"
SERVER_ERROR, TOO_MANY, CONFLICT, FIRST_ERROR, ELSEWHERE = 500, 429, 409, 400, 300
LONGEST_PAUSE = 5.0


class Sender:
    """Sends calls, one at a time: give each thread its own.

    A call that gets no answer, an error of the server's (5xx), "too many" (429) or "still running" (409
    `request_in_progress`) is sent again after a pause, up to `attempts` times, with the same Idempotency-Key.
    """

    def __init__(self, base_url: str, key: str, *, timeout: float, attempts: int) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("Give the address as https://...")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=timeout)
        self._path = parts.path.rstrip("/") + BASE
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        self._attempts = max(attempts, 1)

    def get(self, path: str, params: dict[str, Any] | None = None) -> Any:
        """Read; raises Refused and NoAnswer."""
        asked = {name: value for name, value in (params or {}).items() if value is not None}
        return self._send("GET", f"{path}?{urlencode(asked)}" if asked else path, None, {}, None)

    def follow(self, address: str) -> Any:
        """Read the `next` of an answer."""
        parts = urlsplit(address)
        return self._send("GET", f"{parts.path.partition(BASE)[2]}?{parts.query}", None, {}, None)

    def post(self, path: str, body: dict[str, Any], *, key: str | None = None, is_once: bool = True) -> Any:
        """Write, once for each `key`; raises Refused and NoAnswer, which carries the key."""
        name = (key or uuid.uuid4().hex) if is_once else None
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": name} if name else {})
        given = {field: value for field, value in body.items() if value is not None}
        return self._send("POST", path, json.dumps(given).encode(), headers, name)

    def close(self) -> None:
        """Close the connection; the next call opens it again."""
        self._connection.close()

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str], key: str | None) -> Any:
        reason = ""
        for attempt in range(self._attempts):
            if attempt:
                time.sleep(_pause(attempt, reason))
            try:
                self._connection.request(method, self._path + path, body, self._headers | headers)
                answer = self._connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                reason = f"{type(error).__name__}: {error}"
                continue
            found = _values(content)
            if answer.status < FIRST_ERROR:
                if answer.status < ELSEWHERE and found is not None:
                    return found
                # A page to sign in to the network, or an address that leads elsewhere: the API was not asked.
                reason = f"Answered {answer.status} and no JSON"
                continue
            problem = found or {}
            if not _may_repeat(answer.status, problem):
                raise Refused(answer.status, problem)
            reason = answer.headers.get("Retry-After", "") or f"Answered {answer.status}"
        raise NoAnswer(key, reason)


def _may_repeat(status: int, problem: dict[str, Any]) -> bool:
    is_running = status == CONFLICT and problem.get("code") == "request_in_progress"
    return status >= SERVER_ERROR or status == TOO_MANY or is_running


def _values(content: bytes) -> dict[str, Any] | None:
    """Return the object that the API answers with; None for what is none."""
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _pause(attempt: int, asked: str) -> float:
    """Return how many seconds to wait: what the server asks for, else longer from time to time, never all at once."""
    if asked.isdigit():
        return min(float(asked), LONGEST_PAUSE)
    return min(0.1 * 2.0**attempt, LONGEST_PAUSE) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
