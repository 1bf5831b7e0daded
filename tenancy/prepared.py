"""Statements that the server plans once for a connection, and not each time they run."""

from functools import cache
from typing import Any, cast

from django.db import connection, connections, models


def prepared_cursor(using: str = "default") -> Any:
    """Return a cursor for the few statements that tills run all day.

    Values are bound by the server, so its types count: give a cast where a text or a None would leave one open. Write
    out the columns that come back: `*` would break an open connection when a migration adds one. Statements that name
    many values at once, or whose best plan hangs on a value, belong on the ordinary cursor.
    """
    return cast("Any", connections[using]).prepared_cursor()


def insert_prepared(row: models.Model) -> None:
    """Insert a new row of a model whose values are all given. Raises IntegrityError; sends no signals."""
    statement, fields = _insert_of(type(row))
    with prepared_cursor() as cursor:
        cursor.execute(statement, [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields])
    row._state.adding = False


@cache
def _insert_of(model: type[models.Model]) -> tuple[str, list[Any]]:
    fields = [field for field in model._meta.concrete_fields if not (field.generated or field.has_db_default())]
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})', fields  # noqa: S608 - the model's own names
