"""What the database refuses, whatever the Python does."""

from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg import errors

from customers.models import Customer
from ledger import services
from ledger.acts import Act
from ledger.errors import GrantNotUsable, NotReversible, WrongMerchant
from ledger.models import Account, Entry, Grant, LedgerCheck, Movement
from ledger.units import Unit
from tenancy.ids import new_id
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.ledger.acting import about, earn, give, now
from tests.ledger.conftest import new_customer
from tests.support import database

TABLES = ("accounts", "entries", "grants", "movements")
WRITES = (
    "INSERT INTO ledger.{0} (merchant_id, id) SELECT merchant_id, id FROM ledger.{0}",
    "UPDATE ledger.{0} SET id = id",
    "DELETE FROM ledger.{0}",
    "TRUNCATE ledger.{0}",
    "ALTER TABLE ledger.{0} DISABLE ROW LEVEL SECURITY",
    "DROP TABLE ledger.{0}",
)


def run(statement: str, values: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", WRITES, ids=lambda text: text.split()[0].lower())
def test_application_may_only_read(scope: Merchant, table: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        run(statement.format(table))


def test_application_may_call_the_door_and_nothing_behind_it(db: None) -> None:
    callable_ones = run(
        "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'ledger'::regnamespace"
        " AND has_function_privilege('app_rw', p.oid, 'EXECUTE')"
    )
    assert {name for (name,) in callable_ones} == {"post", "reverse", "post_many", "reverse_many", "expire_due"}


def test_nobody_owns_the_functions_who_can_sign_in(db: None) -> None:
    owners = run(
        "SELECT DISTINCT r.rolname, r.rolcanlogin, r.rolsuper, r.rolbypassrls FROM pg_proc p"
        " JOIN pg_roles r ON r.oid = p.proowner WHERE p.pronamespace = 'ledger'::regnamespace"
    )
    assert owners == [("app_ledger", False, False, False)]


def test_functions_of_the_door_fix_their_search_path(db: None) -> None:
    loose = run(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'ledger'::regnamespace AND prosecdef"
        " AND NOT coalesce(proconfig @> ARRAY['search_path=ledger, pg_temp'], false)"
    )
    assert loose == []


RIGHTS = """
SELECT p.verb, a.attname FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS p (verb)
CROSS JOIN pg_attribute a WHERE a.attrelid = %s::regclass AND attnum > 0
AND has_column_privilege('app_ledger', a.attrelid, a.attname, p.verb)
AND NOT has_table_privilege('app_ledger', a.attrelid, p.verb)
"""


@pytest.mark.parametrize("table", TABLES)
def test_functions_may_do_no_more_than_they_do(db: None, table: str) -> None:
    rights = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    name = f"ledger.{table}"
    has = [right for right in rights if run("SELECT has_table_privilege('app_ledger', %s, %s)", [name, right])[0][0]]
    changed = {"accounts": [("UPDATE", "balance")], "grants": [("UPDATE", "remaining")]}
    assert has == ["SELECT", "INSERT"]
    assert run(RIGHTS, [name]) == changed.get(table, [])


def test_tables_have_no_triggers_of_ours_and_no_identity(db: None) -> None:
    triggers = run(
        "SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
        " WHERE c.relnamespace = 'ledger'::regnamespace AND NOT tgisinternal"
    )
    identities = run(
        "SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'ledger'::regnamespace AND attidentity <> ''"
    )
    assert (triggers, identities) == ([], [])


def test_every_key_begins_with_the_merchant_and_waits_for_nothing(db: None) -> None:
    loose = run(
        "SELECT conname FROM pg_constraint JOIN pg_class c ON c.oid = conrelid"
        " WHERE c.relnamespace = 'ledger'::regnamespace AND contype IN ('p', 'u', 'f') AND (condeferrable OR"
        " (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) <> 'merchant_id')"
    )
    assert loose == []


def test_another_merchants_rows_are_not_there(scope: Merchant, other_merchant: Merchant, customer: Customer) -> None:
    earn(customer.id, 100)
    with merchant_scope(other_merchant):
        assert [model.objects.count() for model in (Account, Entry, Grant, Movement)] == [0, 0, 0, 0]
        assert [run(f"SELECT count(*) FROM ledger.{table}") for table in TABLES] == [[(0,)]] * 4
    assert run("SELECT count(*) FROM ledger.entries") == [(1,)]


def test_nothing_is_there_without_a_merchant(scope: Merchant, customer: Customer) -> None:
    earn(customer.id, 100)
    run("SET LOCAL app.merchant_id = ''")
    assert [run(f"SELECT count(*) FROM ledger.{table}") for table in TABLES] == [[(0,)]] * 4


@pytest.fixture
def spoofed(scope: Merchant, other_merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    """Python names the other merchant while the database's door is open for ours."""
    monkeypatch.setattr(services, "current_merchant_id", lambda: other_merchant.id)
    return other_merchant


def test_refuse_another_merchant_than_the_one_in_scope(spoofed: Merchant, customer: Customer) -> None:
    told = about(customer.id)
    calls: list[Any] = [
        lambda: services.record(**told),
        lambda: services.reverse(reverses=new_id(), **told),
        lambda: services.expire_due(unit=Unit.POINT, actor=told["actor"], now=now()),
        lambda: services.post_many(acts=[_act(told)], actor=told["actor"]),
    ]
    for call in calls:
        with pytest.raises(WrongMerchant), transaction.atomic():
            call()


def _act(told: dict[str, Any]) -> Any:
    return Act(**{name: value for name, value in told.items() if name != "actor"})


def test_refuse_another_merchants_customer_grant_and_entry(
    scope: Merchant, other_merchant: Merchant, customer: Customer
) -> None:
    voucher = give(customer.id)
    entry = Entry.objects.get()
    with merchant_scope(other_merchant):
        theirs = new_customer()
        with pytest.raises(Exception, match="same_merchant"), transaction.atomic():
            services.record(**about(customer.id))
        with pytest.raises(GrantNotUsable) as refused, transaction.atomic():
            services.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher, **about(theirs.id))
        assert refused.value.reason == "unknown"
        with pytest.raises(NotReversible), transaction.atomic():
            services.reverse(reverses=entry.id, **about(theirs.id))


def test_a_key_is_the_merchants_own(scope: Merchant, other_merchant: Merchant, customer: Customer) -> None:
    services.record(**about(customer.id, key="claim:1"))
    with merchant_scope(other_merchant):
        assert not services.record(**about(new_customer().id, key="claim:1")).replayed


def test_other_rooms_refer_to_a_grant_of_the_same_merchant(migrated_database: str) -> None:
    with psycopg.connect(database.address("DATABASE_OWNER_URL", migrated_database), autocommit=True) as owner:
        owner.execute(
            "CREATE TABLE things (merchant_id uuid, grant_id uuid, FOREIGN KEY (merchant_id, grant_id)"
            " REFERENCES ledger.grants (merchant_id, id))"
        )
        with pytest.raises(errors.ForeignKeyViolation):
            owner.execute("INSERT INTO things VALUES (%s, %s)", [new_id(), new_id()])


def test_check_results_are_the_merchants_own(scope: Merchant, other_merchant: Merchant) -> None:
    LedgerCheck(checked_at=now(), ok=True).save()
    with merchant_scope(other_merchant):
        assert LedgerCheck.objects.count() == 0


@pytest.mark.parametrize("table", TABLES)
def test_the_planner_expects_a_new_merchant_to_have_rows(db: None, table: str) -> None:
    target = run(
        "SELECT attstattarget FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'merchant_id'",
        [f"ledger.{table}"],
    )
    assert target == [(0,)]
