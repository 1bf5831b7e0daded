"""Rows between reading and writing: on disk, so that a file of any length is gathered in little memory.

The rows of one order may stand anywhere in a report. SQLite's own temporary database (a file without a name that is
gone with its connection) brings them together again in the order of the file.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from typing import Any

from claims_center.imports.rows import ReadItem, ReadOrder, frozen, frozen_item, thawed, thawed_item

TABLES = (
    "CREATE TABLE numbers (seq INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE TABLE rows (seq INTEGER NOT NULL, line INTEGER NOT NULL, held TEXT NOT NULL, item TEXT)",
)
AT_ONCE = 1000


class Spool:
    """The orders of one file. `count` of them; `orders()` yields each with all its rows folded into it."""

    def __init__(self) -> None:
        # An empty name is a temporary file of SQLite's own, read and written by this connection alone.
        self._books = sqlite3.connect("", isolation_level=None)
        for statement in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", *TABLES):
            self._books.execute(statement)
        self._waiting: list[tuple[str, int, str, str | None]] = []

    def add(self, order: ReadOrder, item: ReadItem | None) -> None:
        """Take one row."""
        self._waiting.append(("\x00".join(order.key), order.line, frozen(order), frozen_item(item)))
        if len(self._waiting) >= AT_ONCE:
            self._write()

    def seal(self) -> None:
        """Write what is left; from now on the orders can be read."""
        self._write()
        self._books.execute("CREATE INDEX by_number ON rows (seq, line)")

    @property
    def count(self) -> int:
        """Return how many orders there are."""
        return int(self._books.execute("SELECT count(*) FROM numbers").fetchone()[0])

    def orders(self) -> Iterator[ReadOrder]:
        """Yield the orders as they come in the file, by their first rows."""
        with closing(self._books.cursor()) as cursor:
            rows = cursor.execute("SELECT seq, held, item FROM rows ORDER BY seq, line, rowid")
            for _seq, group in groupby(rows, key=lambda row: row[0]):
                yield _folded(group)

    def close(self) -> None:
        """Forget everything."""
        self._books.close()

    def _write(self) -> None:
        self._books.execute("BEGIN")
        self._books.executemany("INSERT OR IGNORE INTO numbers (name) VALUES (?)", [row[:1] for row in self._waiting])
        self._books.executemany(
            "INSERT INTO rows (seq, line, held, item) SELECT seq, ?2, ?3, ?4 FROM numbers WHERE name = ?1",
            self._waiting,
        )
        self._books.execute("COMMIT")
        self._waiting.clear()


def _folded(rows: Iterator[tuple[Any, ...]]) -> ReadOrder:
    _seq, held, item = next(rows)
    order = thawed(held)
    order.add(thawed_item(item))
    for _seq, more, another in rows:
        order.fold(thawed(more))
        order.add(thawed_item(another))
    return order
