"""Turn the schema of one machine into that of several, with Citus on the coordinator.

All of it is one transaction, run by the tables' owner while the application is stopped, since rows are copied under
lock. What is distributed already is left alone, so that it can be run again after new tables have come.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.core.management.base import CommandError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from tenancy.distribution.tables import Tables

FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conparentid = 0
  AND conrelid::regclass::text = ANY(%s) AND confrelid::regclass::text = ANY(%s) ORDER BY 1, 2
"""
FUNCTIONS = """
SELECT oid::regprocedure::text, proargnames[1] FROM pg_proc
WHERE pronamespace = 'ledger'::regnamespace AND prosecdef AND proargnames[1] LIKE '%%merchant%%' ORDER BY 1
"""
DONE = """
SELECT logicalrelid::regclass::text FROM pg_dist_partition
WHERE partmethod = 'h' OR (partmethod = 'n' AND repmodel = 't')
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is still to be done."""

    tables: tuple[str, ...]
    reference: tuple[str, ...]
    functions: tuple[tuple[str, str], ...]
    done: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_empty(self) -> bool:
        """Tell whether all tables are where they belong."""
        return not self.tables and not self.reference

    def lines(self) -> Iterator[str]:
        """Yield the plan as sentences."""
        yield from (f"copy to every machine: {name}" for name in self.reference)
        yield from (f"spread by merchant: {name}" for name in self.tables)
        yield from (f"run beside the rows: {signature} by {argument}" for signature, argument in self.functions)


def has_citus(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether this database has the extension."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'citus'")
        return bool(cursor.fetchone()[0])


def plan(connection: BaseDatabaseWrapper, tables: Tables) -> Plan:
    """Return what is to be done, in order."""
    with connection.cursor() as cursor:
        done: frozenset[str] = frozenset()
        if has_citus(connection):
            cursor.execute(DONE)
            done = frozenset(row[0] for row in cursor.fetchall())
        cursor.execute(FUNCTIONS)
        functions = tuple((str(row[0]), str(row[1])) for row in cursor.fetchall())
    return Plan(
        tables=tuple(name for name in tables.merchants if name not in done),
        reference=tuple(name for name in tables.reference if name not in done),
        functions=functions,
        done=done,
    )


def apply(
    connection: BaseDatabaseWrapper, tables: Tables, wanted: Plan, *, shards: int, say: Callable[[str], object]
) -> None:
    """Carry the plan out; raise CommandError, and change nothing, where rows went missing on the way."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        # Foreign keys to reference tables demand that each machine is reached over one connection.
        cursor.execute("SET LOCAL citus.multi_shard_modify_mode TO 'sequential'")
        cursor.execute(FOREIGN_KEYS, [list(tables.merchants), [*tables.merchants, *tables.reference]])
        keys = cursor.fetchall()
        before = {name: _unforced_count(cursor, name) for name in tables.merchants}
        for table, name, _definition in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name in wanted.reference:
            cursor.execute("SELECT create_reference_table(%s)", [name])
            say(f"copied to every machine: {name}")
        _spread(cursor, tables, wanted, shards, say)
        for table, name, definition in keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        for name, count in before.items():
            _compare_and_force(cursor, name, count)
        for signature, argument in wanted.functions:
            cursor.execute(
                "SELECT create_distributed_function(%s, %s, colocate_with := %s, force_delegation := true)",
                [signature, argument, tables.merchants[0]],
            )


def _spread(cursor: CursorWrapper, tables: Tables, wanted: Plan, shards: int, say: Callable[[str], object]) -> None:
    """Distribute the first table by the number of shards, and put all others beside it."""
    first = next((name for name in tables.merchants if name in wanted.done), None)
    for name in wanted.tables:
        if first is None:
            first = name
            cursor.execute("SELECT create_distributed_table(%s, 'merchant_id', shard_count := %s)", [name, shards])
        else:
            cursor.execute("SELECT create_distributed_table(%s, 'merchant_id', colocate_with := %s)", [name, first])
        say(f"spread by merchant: {name}")


def _unforced_count(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name that PostgreSQL has quoted
    return int(cursor.fetchone()[0])


def _compare_and_force(cursor: CursorWrapper, table: str, before: int) -> None:
    cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name that PostgreSQL has quoted
    after = int(cursor.fetchone()[0])
    if after != before:
        raise CommandError(f"{table}: {before} rows before, {after} after. Nothing was changed.")
    cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
