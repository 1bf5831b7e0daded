"""Migration operations that put a table behind the merchant's three walls.

`MerchantTable` swaps the primary key to (merchant_id, id), makes the composite foreign keys, forces row level
security, and gives the application's role its rights. `MerchantReference` adds one composite foreign key later.
Constraints are validated with FORCE lifted, because under FORCE the owner sees no rows and a validation checks nothing.
"""

from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tenancy.base import MerchantForeignKey

POLICY = "merchant_id = NULLIF(current_setting('app.merchant_id', true), '')::uuid"
WRITES = {
    "all": "SELECT, INSERT, UPDATE, DELETE",
    "insert": "SELECT, INSERT",
    "none": "SELECT",
}
ON_DELETE = {
    models.PROTECT: "",
    models.RESTRICT: "",
    models.DO_NOTHING: "",
    models.CASCADE: " ON DELETE CASCADE",
}


def table_of(model: type[models.Model]) -> str:
    """Return the table's name, quoted, with its schema where it has one."""
    name = model._meta.db_table
    return name if name.startswith('"') else f'"{name}"'


def plain_name(model: type[models.Model]) -> str:
    """Return the table's name fit to be part of a constraint's name."""
    return model._meta.db_table.replace('"', "").replace(".", "_")


class lifted_force:  # noqa: N801 - reads as a statement in a with block
    """Lift FORCE ROW LEVEL SECURITY from tables while something is validated or filled in over their rows."""

    def __init__(self, editor: BaseDatabaseSchemaEditor, *tables: str) -> None:
        self.editor = editor
        self.tables = sorted(set(tables))

    def __enter__(self) -> None:
        for table in self.tables:
            self.editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")

    def __exit__(self, *exc: object) -> None:
        if exc[0] is None:
            for table in self.tables:
                self.editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


class MerchantTable(Operation):
    """Put a merchant's table behind its walls: keys, composite foreign keys, row level security, rights.

    ``writes``: what the application's role may do: "all" (default), "insert" (append only) or "none".
    ``poller``: columns of due work that the poller's role may read of every merchant.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model: str, writes: str = "all", poller: tuple[str, ...] = ()) -> None:
        self.model = model
        self.writes = writes
        self.poller = tuple(poller)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Describe this operation for the migration writer."""
        return self.__class__.__name__, [self.model], {"writes": self.writes, "poller": self.poller}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing that Django knows of."""

    def describe(self) -> str:
        """Say what happens."""
        return f"Put {self.model} behind the merchant's walls"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Run the statements."""
        model = _model(to_state.apps, app_label, self.model)
        # Django defers its own foreign keys to the end of the migration; the key swap must find the table settled.
        _run_deferred(schema_editor)
        table = table_of(model)
        schema_editor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{plain_name(model)}_pkey" CASCADE')
        schema_editor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (merchant_id, id)")
        for statement in walls(table, writes=self.writes, poller=self.poller):
            schema_editor.execute(statement)
        for field in _references(model):
            add_reference(schema_editor, model, field)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Take the walls down again; the table itself goes with Django's own operation."""
        model = _model(from_state.apps, app_label, self.model)
        table = table_of(model)
        for field in _references(model):
            schema_editor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{reference_name(model, field)}"')
        schema_editor.execute(f"DROP POLICY IF EXISTS merchant ON {table}")
        schema_editor.execute(f"DROP POLICY IF EXISTS poller ON {table}")
        schema_editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


class MerchantReference(Operation):
    """Make the composite foreign key of a MerchantForeignKey that was added to an existing table."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, model: str, field: str) -> None:
        self.model = model
        self.field = field

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Describe this operation for the migration writer."""
        return self.__class__.__name__, [self.model, self.field], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing that Django knows of."""

    def describe(self) -> str:
        """Say what happens."""
        return f"Hold {self.model}.{self.field} to rows of the same merchant"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Add the constraint and validate it over every merchant's rows."""
        _run_deferred(schema_editor)
        model = _model(to_state.apps, app_label, self.model)
        field = model._meta.get_field(self.field)
        add_reference(schema_editor, model, field)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop the constraint."""
        model = _model(from_state.apps, app_label, self.model)
        name = reference_name(model, model._meta.get_field(self.field))
        schema_editor.execute(f'ALTER TABLE {table_of(model)} DROP CONSTRAINT IF EXISTS "{name}"')


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


def add_reference(editor: BaseDatabaseSchemaEditor, model: type[models.Model], field: Any) -> None:
    """Add the constraint (merchant_id, x_id) -> (merchant_id, id), first unchecked, then over all rows."""
    table, target = table_of(model), table_of(field.related_model)
    name = reference_name(model, field)
    action = ON_DELETE.get(field.remote_field.on_delete, f' ON DELETE SET NULL ("{field.column}")')
    with lifted_force(editor, table, target):
        editor.execute(
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" FOREIGN KEY (merchant_id, "{field.column}") '
            f"REFERENCES {target} (merchant_id, id){action} NOT VALID"
        )
        editor.execute(f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"')


def reference_name(model: type[models.Model], field: Any) -> str:
    """Return the constraint's name, within PostgreSQL's 63 characters."""
    return f"{plain_name(model)}_{field.column}_same_merchant"[-63:]


def _references(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_fields if isinstance(field, MerchantForeignKey)]


def _model(apps: Apps, app_label: str, name: str) -> Any:
    return apps.get_model(app_label, name)


def _run_deferred(editor: BaseDatabaseSchemaEditor) -> None:
    statements, editor.deferred_sql = list(editor.deferred_sql), []
    for statement in statements:
        editor.execute(statement)
