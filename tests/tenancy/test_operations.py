"""The migration operations, on a throwaway copy of the whole schema."""

import contextlib
import copy
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connections, migrations, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.writer import OperationWriter
from pytest_django import DjangoDbBlocker

from tenancy import ids
from tenancy.base import MerchantForeignKey
from tenancy.operations import ForEachMerchant, MerchantReference, MerchantTable, OverEveryMerchant
from tenancy.operations import sql as statements
from tenancy.scope import merchant_scope
from tests.support import database

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
OWNED: Any = {"db_index": False, "on_delete": models.PROTECT, "related_name": "+", "to": "tenancy.merchant"}


def columns(*more: tuple[str, Any]) -> list[tuple[str, Any]]:
    own = ("id", models.UUIDField(default=ids.new_id, primary_key=True))
    return [own, ("merchant", models.ForeignKey(**OWNED)), *more]


PARENT = migrations.CreateModel("Parent", columns())
CHILD = migrations.CreateModel(
    "Child",
    columns(
        ("parent", MerchantForeignKey(on_delete=models.CASCADE, related_name="+", to="tenancy.parent")),
        ("note", models.CharField(max_length=9, null=True)),
    ),
)
BOTH: list[Operation] = [PARENT, CHILD, MerchantTable("parent"), MerchantTable("child")]


class Scratch:
    """A throwaway database, and the state of the models in it."""

    def __init__(self, name: str, connection: BaseDatabaseWrapper) -> None:
        self.name = name
        self.connection = connection
        self.state = MigrationLoader(connection).project_state()

    def run(self, *operations: Operation) -> None:
        """Apply operations as one migration."""
        with self.connection.schema_editor(atomic=True) as editor:
            for operation in operations:
                before, after = self.state, self.state.clone()
                operation.state_forwards("tenancy", after)
                operation.database_forwards("tenancy", editor, before, after)
                self.state = after

    def back(self, operation: Operation) -> None:
        """Take the last operation back."""
        with self.connection.schema_editor(atomic=True) as editor:
            operation.database_backwards("tenancy", editor, self.state, self.state)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Run a statement past every wall."""
        with database.superuser(self.name) as connection:
            cursor = connection.execute(question)
            return cursor.fetchall() if cursor.description else []

    def walls(self, table: str) -> tuple[Any, ...]:
        """Return whether row level security is on, and forced."""
        return self.ask(f"SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = '{table}'")[0]


@pytest.fixture
def scratch(migrated_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Scratch]:
    """The throwaway database, with two merchants."""
    with django_db_blocker.unblock():
        yield from opened(migrated_database)


def opened(migrated_database: str) -> Iterator[Scratch]:
    connections.settings["scratch"] = {**copy.deepcopy(connections.settings["owner"]), "NAME": migrated_database}
    connection = connections["scratch"]
    made = Scratch(migrated_database, connection)
    for number, key in enumerate((ONE, TWO)):
        made.ask(
            "INSERT INTO tenancy_merchant (id, public_id, slug, name, time_zone, language, locale, currency, accent,"
            f" sender_name, reply_to, mfa_required, created_at) VALUES ('{key}', 'p{number}', 's{number}', 'n', 'UTC',"
            " 'en', 'en_US', 'USD', '', '', '', false, now())"
        )
    yield made
    connection.close()
    del connections.settings["scratch"]
    delattr(connections._connections, "scratch")  # type: ignore[attr-defined]


def test_put_a_table_behind_its_walls(scratch: Scratch) -> None:
    scratch.run(*BOTH)
    keys = scratch.ask(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'tenancy_child'::regclass AND contype IN ('p', 'f') ORDER BY 1"
    )
    assert scratch.walls("tenancy_child") == (True, True)
    assert ("tenancy_child_pkey", "PRIMARY KEY (merchant_id, id)") in keys
    assert (
        "tenancy_child_parent_id_same_merchant",
        "FOREIGN KEY (merchant_id, parent_id) REFERENCES tenancy_parent(merchant_id, id) ON DELETE CASCADE",
    ) in keys


def test_grant_no_more_than_asked(scratch: Scratch) -> None:
    scratch.run(PARENT, MerchantTable("parent", writes="insert", poller=("id",)))
    rights = scratch.ask(
        "SELECT grantee::text, privilege_type::text FROM information_schema.role_table_grants"
        " WHERE table_name = 'tenancy_parent' AND grantee LIKE 'app_%' AND grantee <> 'app_owner' ORDER BY 2"
    )
    polled = scratch.ask(
        "SELECT column_name::text FROM information_schema.column_privileges"
        " WHERE table_name = 'tenancy_parent' AND grantee = 'app_poller' ORDER BY 1"
    )
    assert rights == [("app_rw", "INSERT"), ("app_rw", "SELECT")]
    assert polled == [("id",), ("merchant_id",)]


def test_let_a_deleted_row_leave_null_behind_in_one_column_only(scratch: Scratch) -> None:
    child = migrations.CreateModel(
        "Child",
        columns(
            ("parent", MerchantForeignKey(on_delete=models.SET_NULL, null=True, related_name="+", to="tenancy.parent"))
        ),
    )
    scratch.run(PARENT, child, MerchantTable("parent"), MerchantTable("child"))
    scratch.ask(f"INSERT INTO tenancy_parent (id, merchant_id) VALUES ('{ONE}', '{ONE}')")
    scratch.ask(f"INSERT INTO tenancy_child (id, merchant_id, parent_id) VALUES ('{ONE}', '{ONE}', '{ONE}')")
    scratch.ask("DELETE FROM tenancy_parent")
    assert scratch.ask("SELECT merchant_id, parent_id FROM tenancy_child") == [(ONE, None)]


def test_refuse_what_a_database_cannot_do_on_delete(scratch: Scratch) -> None:
    parent = MerchantForeignKey(on_delete=models.SET(None), null=True, related_name="+", to="tenancy.parent")
    with pytest.raises(KeyError):
        scratch.run(PARENT, migrations.CreateModel("Child", columns(("parent", parent))), *BOTH[2:])


def orphan(scratch: Scratch) -> None:
    """Make the tables, and a child whose parent belongs to another merchant."""
    scratch.run(*BOTH)
    scratch.ask("ALTER TABLE tenancy_child DROP CONSTRAINT tenancy_child_parent_id_same_merchant")
    scratch.ask(f"INSERT INTO tenancy_parent (id, merchant_id) VALUES ('{ONE}', '{ONE}')")
    scratch.ask(f"INSERT INTO tenancy_child (id, merchant_id, parent_id) VALUES ('{TWO}', '{TWO}', '{ONE}')")


def test_find_an_orphan_when_a_reference_is_made(scratch: Scratch) -> None:
    orphan(scratch)
    with pytest.raises(IntegrityError, match="same_merchant"):
        scratch.run(MerchantReference("child", "parent"))
    assert (scratch.walls("tenancy_child"), scratch.walls("tenancy_parent")) == ((True, True), (True, True))


def test_control_that_under_force_nothing_is_checked(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "lifted_force", lambda *_args: contextlib.nullcontext())
    orphan(scratch)
    scratch.run(MerchantReference("child", "parent"))


def test_make_a_reference_once_more(scratch: Scratch) -> None:
    scratch.run(*BOTH)
    scratch.run(MerchantReference("child", "parent"))
    count = "SELECT count(*) FROM pg_constraint WHERE conname LIKE '%same_merchant' AND conrelid = 'tenancy_child'::regclass"
    assert scratch.ask(count) == [(1,)]
    scratch.back(MerchantReference("child", "parent"))
    assert scratch.ask(count) == [(0,)]


def test_take_the_walls_down(scratch: Scratch) -> None:
    scratch.run(*BOTH)
    scratch.back(MerchantTable("child"))
    assert scratch.walls("tenancy_child") == (False, False)


FILL = migrations.AlterField("child", "note", models.CharField(max_length=9, default="-"))


def test_fill_in_every_merchants_rows(scratch: Scratch) -> None:
    orphan(scratch)
    scratch.run(OverEveryMerchant("child", [FILL]))
    assert scratch.ask("SELECT note FROM tenancy_child") == [("-",)]
    assert scratch.walls("tenancy_child") == (True, True)


def test_control_that_under_force_nothing_is_filled_in(scratch: Scratch) -> None:
    orphan(scratch)
    with pytest.raises(IntegrityError, match="null values"):
        scratch.run(FILL)


def test_go_back_over_every_merchants_rows(scratch: Scratch) -> None:
    orphan(scratch)
    before = scratch.state.clone()
    operation = OverEveryMerchant("child", [FILL])
    scratch.run(operation)
    with scratch.connection.schema_editor(atomic=True) as editor:
        operation.database_backwards("tenancy", editor, scratch.state, before)
    nullable = "SELECT is_nullable::text FROM information_schema.columns WHERE table_name = 'tenancy_child' AND column_name = 'note'"
    assert scratch.ask(nullable) == [("YES",)]


def mark(apps: Any, editor: Any) -> None:
    """Change every row that can be seen."""
    apps.get_model("tenancy", "Child").objects.using(editor.connection.alias).update(note="seen")


def test_change_data_merchant_by_merchant(scratch: Scratch) -> None:
    orphan(scratch)
    scratch.run(migrations.RunPython(mark))
    assert scratch.ask("SELECT note FROM tenancy_child") == [(None,)]
    scratch.run(ForEachMerchant(mark))
    assert scratch.ask("SELECT note FROM tenancy_child") == [("seen",)]


@pytest.mark.parametrize(
    "operation",
    [
        MerchantTable("child", writes="insert", poller=("id",)),
        MerchantReference("child", "parent"),
        OverEveryMerchant("child", [FILL]),
        ForEachMerchant(mark),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_write_itself_into_a_migration(operation: Operation) -> None:
    text, imports = OperationWriter(operation, indentation=0).serialize()
    assert type(operation).__name__ in text
    assert any("tenancy.operations" in line for line in imports)
    assert operation.describe()


def test_scope_reaches_the_other_connection(scratch: Scratch) -> None:
    scratch.run(*BOTH)
    scratch.ask(f"INSERT INTO tenancy_parent (id, merchant_id) VALUES ('{ONE}', '{ONE}')")
    with psycopg.connect(database.address("DATABASE_OWNER_URL", scratch.name)) as plain:
        assert plain.execute("SELECT count(*) FROM tenancy_parent").fetchone() == (0,)
    with merchant_scope(ONE, using="scratch"), scratch.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_parent")
        assert cursor.fetchone() == (1,)
