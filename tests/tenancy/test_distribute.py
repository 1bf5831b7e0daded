"""`distribute`: the schema as it stands is clean, and every rule fires on a table that breaks it."""

import copy
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import DjangoDbBlocker

from tenancy.distribution.lint import lint
from tenancy.distribution.rules import RULES
from tenancy.distribution.tables import REFERENCE, Tables, tables_of
from tenancy.operations import walls
from tests.support import database

GOOD = [
    """CREATE TABLE good (merchant_id uuid NOT NULL REFERENCES tenancy_merchant, id uuid, parent_id uuid, n int,
       PRIMARY KEY (merchant_id, id), CONSTRAINT same FOREIGN KEY (merchant_id, parent_id) REFERENCES good)""",
    *walls("good"),
]
SIMPLE = "CREATE FUNCTION f() RETURNS int LANGUAGE sql {} AS 'SELECT 1'"
TRIGGER = "CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
LOOSE = "CREATE TABLE loose (id uuid PRIMARY KEY, merchant_id uuid, good_id uuid)"

# rule -> what breaks it, and what the fault is called.
BAD: dict[str, tuple[list[str], str]] = {
    "primary key does not begin with the merchant": (
        ["ALTER TABLE good DROP CONSTRAINT same", "ALTER TABLE good DROP CONSTRAINT good_pkey",
         "ALTER TABLE good ADD PRIMARY KEY (id, merchant_id)"], "good"),
    "unique key does not begin with the merchant": (["CREATE UNIQUE INDEX one_n ON good (n, merchant_id)"], "one_n"),
    "foreign key does not carry the merchant": (
        ["CREATE UNIQUE INDEX by_id ON good (id)", "ALTER TABLE good ADD CONSTRAINT bare FOREIGN KEY (parent_id) REFERENCES good (id)"],
        "good.bare"),
    "foreign key leads to a table that stays behind": (
        [LOOSE, "ALTER TABLE good ADD CONSTRAINT away FOREIGN KEY (parent_id) REFERENCES loose"], "good.away"),
    "foreign key comes from a table that stays behind": (
        [LOOSE, "ALTER TABLE loose ADD CONSTRAINT inwards FOREIGN KEY (merchant_id, good_id) REFERENCES good"], "loose.inwards"),
    "foreign key between merchants' tables is deferrable": (
        ["ALTER TABLE good ADD CONSTRAINT late FOREIGN KEY (merchant_id, parent_id) REFERENCES good DEFERRABLE"], "good.late"),
    "foreign key was never validated": (
        ["ALTER TABLE good ADD CONSTRAINT hope FOREIGN KEY (merchant_id, parent_id) REFERENCES good NOT VALID"], "good.hope"),
    "exclusion constraint": (
        ["ALTER TABLE good ADD CONSTRAINT apart EXCLUDE USING btree (merchant_id WITH =, n WITH =)"], "good.apart"),
    "merchant may be empty": (
        ["ALTER TABLE good DROP CONSTRAINT same", "ALTER TABLE good DROP CONSTRAINT good_pkey",
         "ALTER TABLE good ALTER merchant_id DROP NOT NULL"], "good"),
    "identity column": (["ALTER TABLE good ADD seq int GENERATED ALWAYS AS IDENTITY"], "good.seq"),
    "default is volatile": (["ALTER TABLE good ALTER id SET DEFAULT gen_random_uuid()"], "good.id"),
    "trigger": ([TRIGGER, "CREATE TRIGGER watch BEFORE INSERT ON good FOR EACH ROW EXECUTE FUNCTION t()"], "good.watch"),
    "names a merchant, but stands outside the walls": ([LOOSE], "loose"),
    "row level security is off": (["ALTER TABLE good DISABLE ROW LEVEL SECURITY"], "good"),
    "row level security is not forced": (["ALTER TABLE good NO FORCE ROW LEVEL SECURITY"], "good"),
    "policy of the merchant is missing": (
        ["DROP POLICY merchant ON good", "CREATE POLICY merchant ON good USING (true) WITH CHECK (true)"], "good"),
    "policy opens the table to more than the poller": (["CREATE POLICY wide ON good FOR SELECT USING (true)"], "good.wide"),
    "view runs with its owner's rights": (["CREATE VIEW peep AS SELECT * FROM good"], "peep"),
    "application may do more than read and write rows": (["GRANT TRUNCATE ON good TO app_rw"], "good TRUNCATE"),
    "application owns": (["ALTER TABLE good OWNER TO app_rw"], "good"),
    "role is above row level security": (["ALTER ROLE app_ledger BYPASSRLS"], "app_ledger"),
    "application may become another role": (["GRANT app_ledger TO app_rw"], "app_ledger"),
    "anybody may use": (["GRANT SELECT ON good TO PUBLIC"], "good"),
    "function with its owner's rights trusts the caller's path, or anybody may call it": (
        [SIMPLE.format("SECURITY DEFINER")], "f()"),
}  # fmt: skip


@pytest.fixture
def scratch(migrated_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[BaseDatabaseWrapper]:
    """The application's connection to a throwaway copy of the schema, with one good table more."""
    run(migrated_database, GOOD)
    connections.settings["scratch"] = {**copy.deepcopy(connections.settings["default"]), "NAME": migrated_database}
    connection = connections["scratch"]
    with django_db_blocker.unblock():
        yield connection
        connection.close()
    del connections.settings["scratch"]
    delattr(connections._connections, "scratch")  # type: ignore[attr-defined]


def run(name: str, statements: list[str]) -> None:
    with database.superuser(name) as connection:
        for statement in statements:
            connection.execute(statement)


def faults(connection: Any) -> list[str]:
    known = tables_of(connection)
    return [str(fault) for fault in lint(connection, Tables((*known.merchants, "good"), REFERENCE))]


def test_find_the_schema_clean(scratch: BaseDatabaseWrapper) -> None:
    assert faults(scratch) == []


def test_have_a_bad_table_for_every_rule() -> None:
    assert set(BAD) == set(RULES)


@pytest.mark.parametrize("rule", BAD)
def test_find_what_breaks_the_rule(scratch: BaseDatabaseWrapper, rule: str) -> None:
    statements, name = BAD[rule]
    # Roles belong to the cluster and not to the database: nobody else's test may ever see them changed.
    with database.superuser(scratch.settings_dict["NAME"]) as connection, connection.transaction(force_rollback=True):
        for statement in statements:
            connection.execute(statement)
        assert f"{rule}: {name}" in faults(connection)


def test_know_every_merchants_table(scratch: BaseDatabaseWrapper) -> None:
    names = tables_of(scratch).merchants
    assert {"ledger.entries", "tenancy_apikey", "customers_customer"} <= set(names)


@pytest.mark.django_db(databases=["default", "aside"])
def test_lint_by_command() -> None:
    out = StringIO()
    call_command("distribute", "--lint", "--database", "default", stdout=out)
    assert out.getvalue().startswith("Lint: clean")


@pytest.mark.django_db(databases=["default", "aside"])
def test_print_the_plan_and_do_nothing() -> None:
    out = StringIO()
    call_command("distribute", "--database", "default", stdout=out)
    lines = out.getvalue().splitlines()
    assert "copy to every machine: tenancy_merchant" in lines
    assert "spread by merchant: ledger.entries" in lines
    assert any(line.startswith("run beside the rows: ledger.post(") for line in lines)


@pytest.mark.django_db(databases=["default", "aside"])
def test_refuse_to_apply_without_citus() -> None:
    with pytest.raises(CommandError, match="no Citus extension"):
        call_command("distribute", "--apply", "--database", "default", stdout=StringIO())


def test_fail_with_the_list_of_faults(scratch: BaseDatabaseWrapper) -> None:
    run(scratch.settings_dict["NAME"], ["ALTER TABLE customers_customer DISABLE ROW LEVEL SECURITY"])
    out = StringIO()
    with pytest.raises(CommandError, match="faults to mend"):
        call_command("distribute", "--lint", "--database", "scratch", stdout=out)
    assert "LINT row level security is off: customers_customer" in out.getvalue()
