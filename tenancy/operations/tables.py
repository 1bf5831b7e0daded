"""Operations that put a table behind the merchant's three walls."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tenancy.operations import sql


class MerchantTable(Operation):
    """Put a merchant's new table behind its walls: keys, composite foreign keys, row level security, rights.

    Runs after the CreateModel and after the MerchantTable of every table that this one refers to.
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
        """Swap the primary key, force row level security, grant the rights, make the foreign keys."""
        model = to_state.apps.get_model(app_label, self.model)
        sql.run_deferred(schema_editor)
        table = sql.table_of(model)
        schema_editor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{sql.primary_key_name(model)}"')
        schema_editor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (merchant_id, id)")
        for statement in sql.walls(table, writes=self.writes, poller=self.poller):
            schema_editor.execute(statement)
        for field in sql.references_of(model):
            sql.add_reference(schema_editor, model, field)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Take the walls down again; the table itself goes with Django's own operation."""
        model = from_state.apps.get_model(app_label, self.model)
        table = sql.table_of(model)
        for field in sql.references_of(model):
            name = sql.reference_name(model, field)
            schema_editor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}"')
        for statement in sql.take_down(table):
            schema_editor.execute(statement)


class MerchantReference(Operation):
    """Make the composite foreign key of a MerchantForeignKey that was added, or whose on_delete was changed."""

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
        """Make the constraint and validate it over every merchant's rows."""
        sql.run_deferred(schema_editor)
        model = to_state.apps.get_model(app_label, self.model)
        sql.add_reference(schema_editor, model, model._meta.get_field(self.field))

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop the constraint."""
        model = from_state.apps.get_model(app_label, self.model)
        name = sql.reference_name(model, model._meta.get_field(self.field))
        schema_editor.execute(f'ALTER TABLE {sql.table_of(model)} DROP CONSTRAINT IF EXISTS "{name}"')
