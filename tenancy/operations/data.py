"""Operations that change rows: under FORCE ROW LEVEL SECURITY the tables' owner sees none."""

from collections.abc import Callable, Sequence
from typing import Any

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tenancy.operations import sql
from tenancy.scope import merchant_scope

Change = Callable[[Apps, BaseDatabaseSchemaEditor], None]


class OverEveryMerchant(Operation):
    """Run Django's own operations on one model with FORCE lifted, so that they see every merchant's rows.

    For an AlterField from null to not null with a default, which fills in by an UPDATE, and for the like.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model: str, operations: Sequence[Operation]) -> None:
        self.model = model
        self.operations = list(operations)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Describe this operation for the migration writer."""
        return self.__class__.__name__, [self.model, self.operations], {}

    def describe(self) -> str:
        """Say what happens."""
        return f"Over every merchant's {self.model}: " + "; ".join(each.describe() for each in self.operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change what the operations change."""
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Run the operations one after the other."""
        model = to_state.apps.get_model(app_label, self.model)
        with sql.lifted_force(schema_editor, sql.table_of(model)):
            for operation in self.operations:
                after = from_state.clone()
                operation.state_forwards(app_label, after)
                operation.database_forwards(app_label, schema_editor, from_state, after)
                from_state = after

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Run the operations backwards, last first."""
        states = [to_state]
        for operation in self.operations:
            after = states[-1].clone()
            operation.state_forwards(app_label, after)
            states.append(after)
        model = to_state.apps.get_model(app_label, self.model)
        with sql.lifted_force(schema_editor, sql.table_of(model)):
            for operation, before, after in reversed(list(zip(self.operations, states, states[1:], strict=False))):
                operation.database_backwards(app_label, schema_editor, after, before)


class ForEachMerchant(RunPython):
    """Call `change(apps, schema_editor)` once for every merchant, inside that merchant's scope."""

    def __init__(self, change: Change, back: Change | None = None, **options: Any) -> None:
        self.change = change
        self.back = back
        super().__init__(_in_every_scope(change), _in_every_scope(back) if back else RunPython.noop, **options)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Describe this operation for the migration writer."""
        return self.__class__.__name__, [self.change, self.back], {}


def _in_every_scope(change: Change) -> Change:
    def run(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        alias = schema_editor.connection.alias
        merchants = apps.get_model("tenancy", "Merchant").objects.using(alias).order_by("id")
        for merchant_id in merchants.values_list("id", flat=True):
            with merchant_scope(merchant_id, using=alias):
                change(apps, schema_editor)

    return run
