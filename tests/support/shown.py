"""What a list shows, cell by cell, in the order in which it shows it."""

from typing import Any

from django.test import Client
from django.utils.html import strip_tags

NOTHING = "—none"


def shown(client: Client, address: str, column: str, **params: Any) -> list[str]:
    """The texts of a column's cells, from top to bottom; those of a dash are empty."""
    answer = client.get(address, params)
    assert (answer.status_code, answer.context["problems"]) == (200, [])
    table = answer.context["table"]
    cell = table._cell(table.columns[column])
    texts = [strip_tags(cell(record)) for record in table.records]
    return ["" if text == NOTHING else text for text in texts]


def in_order(client: Client, address: str, column: str, **params: Any) -> list[str]:
    """The same, sorted by the column; the other way round it has to be the reverse."""
    up = shown(client, address, column, sort=column, **params)
    assert shown(client, address, column, sort=f"-{column}", **params) == up[::-1]
    return up


def begin_with(cells: list[str], words: list[str]) -> bool:
    """Whether each cell begins with its word, and is empty where the word is."""
    return all(cell.startswith(word) if word else not cell for cell, word in zip(cells, words, strict=True))
