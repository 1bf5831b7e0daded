"""Tills over real HTTP, and what each of their calls was answered."""

import http.client
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from tenancy.models import Merchant
from tenancy.scopes import KeyScope
from tests.pos.till import BASE, EVERYTHING, Till


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        """The body's values."""
        return json.loads(self.content)

    @property
    def code(self) -> str:
        """The code of a problem, nothing where it went well."""
        is_problem = self.headers["content-type"] == "application/problem+json"
        return str(self.json()["code"]) if is_problem else ""


class Wire:
    """A key and a connection to a web server; `seen` gathers (call, status, code) of everything that was answered."""

    def __init__(
        self,
        address: str,
        merchant: Merchant,
        scopes: Sequence[KeyScope] = EVERYTHING,
        *,
        seen: set[tuple[str, int, str]] | None = None,
    ) -> None:
        parts = urlsplit(address)
        self.text = Till(merchant, scopes).text
        self.seen = set() if seen is None else seen
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def get(self, call: str, *ids: Any, **params: str) -> Answer:
        """Read; braces of the call stand for ids."""
        return self._send("GET", call, ids, params, None, {})

    def post(self, call: str, *ids: Any, key: str | None = None, raw: Any = None, **body: Any) -> Answer:
        """Write; a new Idempotency-Key unless one is given, none where it is "" ."""
        name = uuid.uuid4().hex if key is None else key
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": name} if name else {})
        return self._send("POST", call, ids, {}, json.dumps(body).encode() if raw is None else raw, headers)

    def _send(
        self, method: str, call: str, ids: tuple[Any, ...], params: Any, body: bytes | None, headers: dict[str, str]
    ) -> Answer:
        path = BASE + call.format(*ids) + (f"?{urlencode(params)}" if params else "")
        given = headers | ({"Authorization": f"Bearer {self.text}"} if self.text else {})
        self._connection.request(method, path, body, given)
        came = self._connection.getresponse()
        found = {name.lower(): value for name, value in came.getheaders()}
        answer = Answer(came.status, found, came.read())
        self.seen.add((f"{method} {call}", answer.status, answer.code))
        return answer
