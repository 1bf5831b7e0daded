"""Writing many rows of one table by one statement."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models

from tenancy.scope import current_merchant_id

PORTION = 5000


def insert(rows: Sequence[models.Model]) -> None:
    """Insert unsaved rows of one model, some thousand a statement, handed over as one JSON text.

    Generated columns, and those that the database fills, are left out. Nothing happens for no rows.
    """
    for start in range(0, len(rows), PORTION):
        _insert(rows[start : start + PORTION])


def _insert(rows: Sequence[models.Model]) -> None:
    table = rows[0]._meta
    fields = [field for field in table.concrete_fields if not (field.generated or field.has_db_default())]
    names = ", ".join(f'"{field.column}"' for field in fields)
    given = [{field.column: getattr(row, field.attname) for field in fields} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table.db_table}" ({names}) SELECT {names}'  # noqa: S608 - names of the model's columns
            f' FROM json_populate_recordset(NULL::"{table.db_table}", %s)',
            [json.dumps(given, default=str)],
        )


def insert_words(model: Any, words: Mapping[uuid.UUID, Iterable[str]]) -> None:
    """Insert the search words of many rows by one statement; their own ids are made by the database."""
    given = [[row_id, list(found)] for row_id, found in words.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" (merchant_id, id, row_id, token)'  # noqa: S608 - the model's table
            " SELECT %s, uuidv7(), (one ->> 0)::uuid, word"
            " FROM json_array_elements(%s) AS one, json_array_elements_text(one -> 1) AS word",
            [current_merchant_id(), json.dumps(given, default=str)],
        )
