"""Statements that the server has planned once for a connection, run with little between them and the driver's C code.

The driver's own cursors, and Django's around them, cost a till's call more than such a statement itself does. These
keep to what the driver documents for code of this kind: `psycopg.pq` and `psycopg.adapt.Transformer`.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Self

from psycopg import OperationalError, errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

PLACE = re.compile(r"%%|%\((\w+)\)s|%s")
FINE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})


class PlannedCursor:
    """What such statements need of a cursor: `execute`, `fetchone`, `fetchall`, `rowcount`.

    Raises what Django's cursors raise. `planned` are the names of the statements that the connection knows.
    """

    def __init__(self, wrapper: Any, planned: dict[tuple[bytes, tuple[int, ...]], bytes]) -> None:
        self.wrapper, self.raw, self.planned = wrapper, wrapper.connection, planned
        self.rows: list[tuple[Any, ...]] = []
        self.rowcount = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        """There is nothing to close."""

    def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> None:
        """Run it with these values, which the server binds."""
        text, names = _numbered(statement)
        given = [values[name] for name in names] if isinstance(values, Mapping) else values
        self.wrapper.validate_no_broken_transaction()
        with self.wrapper.wrap_database_errors:
            self._run(text, given)

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the first row; there is one at most."""
        return self.rows[0] if self.rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows."""
        return self.rows

    def _run(self, text: bytes, given: Sequence[Any]) -> None:
        transformer = Transformer(self.raw)
        sent = transformer.dump_sequence(given, [PyFormat.AUTO] * len(given))
        name = self._name(text, tuple(transformer.types or ()))
        result = checked(self.raw, self.raw.pgconn.exec_prepared(name, sent, transformer.formats))
        transformer.set_pgresult(result)
        self.rows = transformer.load_rows(0, result.ntuples, tuple) if result.nfields else []
        self.rowcount = result.command_tuples if result.command_tuples is not None else -1

    def _name(self, text: bytes, types: tuple[int, ...]) -> bytes:
        """Return the name under which the server keeps the plan; a value's type is part of it."""
        name = self.planned.get((text, types))
        if name is None:
            name = f"planned_{len(self.planned)}".encode()
            checked(self.raw, self.raw.pgconn.prepare(name, text, types))
            self.planned[text, types] = name
        return name


def run_plainly(raw: Any, statements: str) -> None:
    """Run statements without values and without rows, on one trip; raises what the driver raises."""
    checked(raw, raw.pgconn.exec_(statements.encode()))


def checked(raw: Any, result: Any) -> Any:
    """Return the result of a statement that was fine; raises what the driver raises for one that was not."""
    if result.status in FINE:
        return result
    if raw.pgconn.status == ConnStatus.BAD:
        raise OperationalError(result.get_error_message())
    raise errors.error_from_result(result, encoding=raw.info.encoding)


def is_begun(raw: Any) -> bool:
    """Say whether a statement would go out as it stands, with no BEGIN that the driver puts before it."""
    return raw.autocommit or raw.pgconn.transaction_status != TransactionStatus.IDLE


@lru_cache(maxsize=500)
def _numbered(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """Return the statement with numbers for its places, and the names of the places, if they have names."""
    names: list[str] = []

    def numbered(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        if not found[1] or found[1] not in names:
            names.append(found[1] or "")
            return f"${len(names)}"
        return f"${names.index(found[1]) + 1}"

    text = PLACE.sub(numbered, statement)
    return text.encode(), tuple(names)
