"""How many queries a page makes where it is served, each request in a transaction of its own."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

# What a test's own transaction around the request adds.
AROUND = ("SAVEPOINT", "RELEASE SAVEPOINT", "SET LOCAL app.merchant_id = ''")


def queries_of(client: Client, address: str, **params: Any) -> list[str]:
    """The statements of a second request of this address: the first one notes the session as seen."""
    client.get(address, params)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, params)
    assert answer.status_code == 200
    return [query["sql"] for query in captured if not query["sql"].startswith(AROUND)]
