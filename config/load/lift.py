"""Indexes and keys of tables that are about to grow many times over: taken off, and put on again.

Filling an index at the end, sorted, and checking a foreign key by one join, takes a part of the time that it takes row
by row. All of it is one transaction, under lock: whoever wants the tables waits, and a failure leaves all as it was.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connections

from tenancy.operations import lifted_force

PARTS = """
SELECT 1 AS turn, conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), confrelid::regclass::text
FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY (%(tables)s::regclass[])
UNION ALL
SELECT 2, conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), ''
FROM pg_constraint AS k WHERE conrelid = ANY (%(tables)s::regclass[]) AND (contype = 'u' OR contype = 'p' AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE contype = 'f' AND confrelid = k.conrelid))
UNION ALL
SELECT 3, indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid), ''
FROM pg_index WHERE indrelid = ANY (%(tables)s::regclass[]) AND NOT indisprimary AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('u', 'p'))
ORDER BY 1, 2, 3
"""
FOREIGN_KEY, UNIQUE, INDEX = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Part:
    """An index or a constraint: which kind, of which table, its name, its definition, and the table it refers to."""

    kind: int
    table: str
    name: str
    definition: str
    target: str

    def off(self) -> str:
        """Return the statement that takes it off."""
        if self.kind == INDEX:
            return f"DROP INDEX {self.name}"
        return f"ALTER TABLE {self.table} DROP CONSTRAINT {self.name}"

    def on(self) -> str:
        """Return the statement that puts it on again."""
        if self.kind == INDEX:
            return self.definition
        return f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} {self.definition}"


@contextlib.contextmanager
def lifted(tables: list[str], *, using: str, say: Callable[[str], None]) -> Iterator[None]:
    """Take indexes and keys off these tables, primary keys of tables that others refer to apart; put them on at the end.

    Runs inside a transaction of the owner's that ends with it. Foreign keys are checked over all rows.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(PARTS, {"tables": tables})
        parts = [Part(*row) for row in cursor.fetchall()]
        for part in parts:
            cursor.execute(part.off())
        yield
        say(f"{len(parts)} indexes and keys")
        for part in reversed(parts):
            if part.kind != FOREIGN_KEY:
                cursor.execute(part.on())
    keys = [part for part in parts if part.kind == FOREIGN_KEY]
    walled = sorted({name for part in keys for name in (part.table, part.target)} - set(_unwalled(using)))
    # Under FORCE ROW LEVEL SECURITY the owner sees no rows, and a key would be checked against none.
    with connections[using].schema_editor(atomic=False) as editor, lifted_force(editor, *walled):
        for part in keys:
            editor.execute(part.on())


def _unwalled(using: str) -> list[str]:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND NOT relforcerowsecurity")
        return [name for (name,) in cursor.fetchall()]
