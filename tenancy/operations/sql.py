"""The statements behind the operations."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tenancy.base import MerchantForeignKey

POLICY = "merchant_id = NULLIF(current_setting('app.merchant_id', true), '')::uuid"
WRITES = {
    "all": "SELECT, INSERT, UPDATE, DELETE",
    "insert": "SELECT, INSERT",
    "none": "SELECT",
}
ON_DELETE: dict[Any, str] = {
    models.PROTECT: "",
    models.RESTRICT: "",
    models.DO_NOTHING: "",
    models.CASCADE: " ON DELETE CASCADE",
    models.SET_NULL: ' ON DELETE SET NULL ("{column}")',
}
LONGEST_NAME = 63


def table_of(model: type[models.Model]) -> str:
    """Return the table's name, quoted, with its schema where it has one."""
    name = model._meta.db_table
    return name if name.startswith('"') else f'"{name}"'


def plain_name(model: type[models.Model]) -> str:
    """Return the table's name fit to be part of a constraint's name."""
    return model._meta.db_table.replace('"', "").replace(".", "_")


def primary_key_name(model: type[models.Model]) -> str:
    """Return the name that PostgreSQL gave the primary key; a schema is no part of it."""
    return model._meta.db_table.replace('"', "").rpartition(".")[2] + "_pkey"


def reference_name(model: type[models.Model], field: Any) -> str:
    """Return the name of a composite foreign key, within PostgreSQL's 63 characters."""
    return f"{plain_name(model)}_{field.column}_same_merchant"[-LONGEST_NAME:]


def references_of(model: type[models.Model]) -> list[Any]:
    """Return the model's references to rows of the same merchant."""
    return [field for field in model._meta.local_fields if isinstance(field, MerchantForeignKey)]


@contextlib.contextmanager
def lifted_force(editor: BaseDatabaseSchemaEditor, *tables: str) -> Iterator[None]:
    """Lift FORCE ROW LEVEL SECURITY from tables while something is validated or filled in over all their rows.

    Under FORCE the owner sees no rows, so that adding or validating a foreign key would check nothing.
    """
    names = sorted(set(tables))
    for table in names:
        editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    try:
        yield
    except BaseException:
        # Inside a transaction the rollback puts FORCE back; there is nothing more that could be executed.
        if not editor.connection.in_atomic_block:
            _force(editor, names)
        raise
    _force(editor, names)


def _force(editor: BaseDatabaseSchemaEditor, tables: list[str]) -> None:
    for table in tables:
        editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def walls(table: str, *, writes: str = "all", poller: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the statements that force row level security on a table and grant the application's rights."""
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY merchant ON {table} USING ({POLICY}) WITH CHECK ({POLICY})"
    yield f"REVOKE ALL ON {table} FROM app_rw"
    yield f"GRANT {WRITES[writes]} ON {table} TO app_rw"
    if poller:
        yield f"CREATE POLICY poller ON {table} FOR SELECT TO app_poller USING (true)"
        columns = ", ".join(f'"{column}"' for column in ("merchant_id", *poller))
        yield f"GRANT SELECT ({columns}) ON {table} TO app_poller"


def take_down(table: str) -> Iterator[str]:
    """Yield the statements that take the walls down again."""
    yield f"DROP POLICY IF EXISTS merchant ON {table}"
    yield f"DROP POLICY IF EXISTS poller ON {table}"
    yield f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"


def add_reference(editor: BaseDatabaseSchemaEditor, model: type[models.Model], field: Any) -> None:
    """Make the constraint (merchant_id, x_id) -> (merchant_id, id), first unchecked, then over all rows.

    Raises KeyError where `on_delete` is one that a database cannot do by itself.
    """
    table, target = table_of(model), table_of(field.related_model)
    name = reference_name(model, field)
    action = ON_DELETE[field.remote_field.on_delete].format(column=field.column)
    with lifted_force(editor, table, target):
        editor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}"')
        editor.execute(
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" FOREIGN KEY (merchant_id, "{field.column}") '
            f"REFERENCES {target} (merchant_id, id){action} NOT VALID"
        )
        editor.execute(f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"')


def run_deferred(editor: BaseDatabaseSchemaEditor) -> None:
    """Run what Django keeps for the end of a migration: a key can only be swapped on a settled table."""
    statements, editor.deferred_sql = list(editor.deferred_sql), []
    for statement in statements:
        editor.execute(statement)
