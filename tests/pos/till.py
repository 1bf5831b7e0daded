"""A till: calls the API through the whole stack of the application."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.test import Client
from django.utils import timezone

from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.scopes import KeyScope
from tenancy.services.keys import create_key

BASE = "/api/v1/"
EVERYTHING = tuple(KeyScope)


class Till:
    """One API key of a merchant, and the calls that are made with it."""

    def __init__(self, merchant: Merchant, scopes: Sequence[KeyScope] = EVERYTHING) -> None:
        with merchant_scope(merchant):
            self.key, self.text = create_key(
                merchant=merchant, name="Till", scopes=scopes, actor=Actor.system(), now=timezone.now()
            )

    def get(self, path: str, **params: Any) -> Any:
        """Read."""
        return Client(raise_request_exception=False).get(BASE + path, params, headers=self._headers())

    def post(self, path: str, body: Any = None, *, key: str | None = None, raw: bytes | None = None) -> Any:
        """Write; a new Idempotency-Key unless one is given, none where it is "" ."""
        headers = self._headers() | ({"Idempotency-Key": key or uuid.uuid4().hex} if key != "" else {})
        content = raw if raw is not None else json.dumps(body or {}).encode()
        client = Client(raise_request_exception=False)
        return client.post(BASE + path, content, content_type="application/json", headers=headers)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.text}"}
