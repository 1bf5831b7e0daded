"""Writing many rows of one table by one statement, handed over as one JSON text."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, connection, models

from tenancy.scope import current_merchant_id

# A row is addressed by its key; the planner takes it from there whatever it guesses of the JSON.
UPDATE = """
UPDATE "{table}" AS d SET {sets} FROM json_populate_recordset(NULL::"{table}", %s) AS v
WHERE d.merchant_id = %s AND d.id = v.id
"""


def insert(rows: Sequence[models.Model]) -> None:
    """Insert unsaved rows of one model; raise IntegrityError where one of them is there already."""
    if not rows:
        return
    table = rows[0]._meta
    fields = [field for field in table.concrete_fields if not (field.generated or field.has_db_default())]
    names = ", ".join(f'"{field.column}"' for field in fields)
    given = [{field.column: getattr(row, field.attname) for field in fields} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table.db_table}" ({names}) SELECT {names}'  # noqa: S608 - names of the model's columns
            f' FROM json_populate_recordset(NULL::"{table.db_table}", %s) ON CONFLICT DO NOTHING',
            [json.dumps(given, default=str)],
        )
        if cursor.rowcount != len(rows):
            raise IntegrityError(f"{len(rows) - cursor.rowcount} rows of {table.db_table} stood already")


def update(rows: Sequence[models.Model], columns: Iterable[str], *, more: str = "") -> None:
    """Save these columns of locked rows, and set `more` besides; raise IntegrityError where one is not there.

    `more` is SQL of ours such as `change_xid = pg_current_xact_id()::text::bigint`.
    """
    if not rows:
        return
    names = sorted(set(columns))
    given: list[dict[str, Any]] = [{name: getattr(row, name) for name in ("id", *names)} for row in rows]
    sets = ", ".join([*(f'"{name}" = v."{name}"' for name in names), *([more] if more else [])])
    with connection.cursor() as cursor:
        cursor.execute(
            UPDATE.format(table=rows[0]._meta.db_table, sets=sets),
            [json.dumps(given, default=str), current_merchant_id()],
        )
        if cursor.rowcount != len(rows):
            raise IntegrityError(f"{len(rows) - cursor.rowcount} rows were not there")
