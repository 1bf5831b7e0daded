"""One id for a row of every kind: whatever kind an address takes, this id is a row of it.

So one request says of an address what a request for every kind would say, and an address with several ids finds a row
for each of them at once.
"""

import uuid
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection
from psycopg import sql

from tenancy.base import MerchantForeignKey
from tenancy.ids import new_id
from tests.walls.addresses import one_row_each


def share_one_id(superuser: psycopg.Connection[Any]) -> tuple[uuid.UUID, list[str]]:
    """Give one committed row of every kind of the merchant in scope the same id; return it and the kinds.

    The superuser does it past triggers and constraints; references within the merchant follow.
    """
    shared, rows = new_id(), one_row_each()
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        for label, row in rows.items():
            _replace(superuser, apps.get_model(label), "id", row, shared)
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, MerchantForeignKey) and field.related_model._meta.label in rows:
                    _replace(superuser, model, field.column, rows[field.related_model._meta.label], shared)
    return shared, sorted(rows)


def _replace(superuser: psycopg.Connection[Any], model: Any, column: str, old: uuid.UUID, new: uuid.UUID) -> None:
    table = sql.SQL(connection.ops.quote_name(model._meta.db_table))
    statement = sql.SQL("UPDATE {table} SET {column} = %s WHERE {column} = %s")
    superuser.execute(statement.format(table=table, column=sql.Identifier(column)), [new, old])
