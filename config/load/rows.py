"""Writing many rows of one table by one statement."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

PORTION = 5000


def insert(rows: Sequence[models.Model]) -> None:
    """Insert unsaved rows of one model, some thousand a statement, their columns handed over as arrays.

    Generated columns, and those that the database fills, are left out. Nothing happens for no rows.
    """
    for start in range(0, len(rows), PORTION):
        _insert(rows[start : start + PORTION])


def _insert(rows: Sequence[models.Model]) -> None:
    table = rows[0]._meta
    fields = [field for field in table.concrete_fields if not (field.generated or field.has_db_default())]
    names = ", ".join(f'"{field.column}"' for field in fields)
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in fields)
    chosen = ", ".join(f"given.c{place}{_cast(field)}" for place, field in enumerate(fields))
    aliases = ", ".join(f"c{place}" for place in range(len(fields)))
    statement = f'INSERT INTO "{table.db_table}" ({names}) SELECT {chosen} FROM unnest({arrays}) AS given ({aliases})'  # noqa: S608 - names of columns
    with connection.cursor() as cursor:
        cursor.execute(statement, [_column(rows, field) for field in fields])


def _column(rows: Iterable[models.Model], field: Any) -> list[Any]:
    values = [getattr(row, field.attname) for row in rows]
    if isinstance(field, models.JSONField):
        return [None if value is None else json.dumps(value) for value in values]
    # A member of an enumeration, or an uploaded file's name.
    return [str(value) for value in values] if isinstance(field, models.FileField) else values


def _type(field: Any) -> str:
    if isinstance(field, models.JSONField):
        return "text"
    kind = str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))
    return kind.partition("(")[0]


def _cast(field: Any) -> str:
    return "::jsonb" if isinstance(field, models.JSONField) else ""
