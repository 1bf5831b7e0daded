"""What a list shows under a sort or a search, by a word of each row."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.test import Client


def shown(client: Client, address: str, word: Callable[[Any], Any], **params: str) -> list[Any]:
    """The rows of the page in their order; nothing of the address was left out as not understood."""
    answer = client.get(address, params)
    assert answer.status_code == 200
    assert answer.context["problems"] == []
    return [word(row) for row in answer.context["page"].rows]


def check_sorts(
    client: Client, address: str, word: Callable[[Any], Any], expected: Mapping[str, Iterable[Any]]
) -> None:
    """Each sort gives the rows as expected, and backwards its reverse."""
    found = {name: shown(client, address, word, sort=name) for name in expected}
    assert found == {name: list(rows) for name, rows in expected.items()}
    back = {name: shown(client, address, word, sort=f"-{name}") for name in expected}
    assert back == {name: list(rows)[::-1] for name, rows in expected.items()}
