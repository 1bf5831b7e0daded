"""Statements whose plans the server keeps: still Django's own in errors, times and counting."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.types.json import Jsonb

from tenancy.models import Merchant
from tenancy.prepared import prepared_cursor

KEPT = "SELECT count(*) FROM pg_prepared_statements WHERE statement = %s"


def kept(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(KEPT, [statement])
        return int(cursor.fetchone()[0])


def run(statement: str, values: list[object]) -> object:
    with prepared_cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_server_keeps_the_plan_of_one_statement_for_all_values() -> None:
    statement = "SELECT %s::int + 41"

    assert [run(statement, [number]) for number in (1, 2, 3)] == [42, 43, 44]
    assert kept("SELECT $1::int + 41") == 1


@pytest.mark.django_db
def test_ordinary_cursor_keeps_nothing() -> None:
    for _time in range(7):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int + 43", [1])

    assert kept("SELECT $1::int + 43") == 0


@pytest.mark.django_db
def test_pooler_that_forgets_gets_no_prepared_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PLANNED", False)

    assert run("SELECT %s::int + 45", [1]) == 46
    assert kept("SELECT $1::int + 45") == 0


@pytest.mark.django_db
def test_values_have_names_and_types_of_their_own() -> None:
    statement = "SELECT %(a)s::int + %(b)s::int + %(a)s::int, '100%%', %(c)s::text, %(d)s::jsonb"
    with prepared_cursor() as cursor:
        for a, c in ((1, "x"), (None, None), (3, "y")):
            cursor.execute(statement, {"a": a, "b": 2, "c": c, "d": Jsonb({"k": [1]})})
            assert cursor.fetchone() == (None if a is None else 2 * a + 2, "100%", c, '{"k": [1]}')


@pytest.mark.django_db
def test_rows_are_counted_and_all_of_them_come() -> None:
    with prepared_cursor() as cursor:
        cursor.execute("SELECT n FROM generate_series(1, %s::int) AS n", [3])
        assert (cursor.rowcount, cursor.fetchall()) == (3, [(1,), (2,), (3,)])
        cursor.execute("SELECT 1 WHERE %s::boolean", [False])
        assert (cursor.rowcount, cursor.fetchone()) == (0, None)


@pytest.mark.django_db
def test_plans_outlive_a_rollback_to_a_savepoint() -> None:
    statement = "SELECT 1 / %s::int + 46"
    run(statement, [1])
    for _time in range(2):
        with pytest.raises(DataError), transaction.atomic():
            run(statement, [0])
        assert run(statement, [1]) == 47
    assert kept("SELECT 1 / $1::int + 46") == 1


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_a_connection_that_broke_is_opened_anew() -> None:
    statement = "SELECT %s::int + 48"
    with transaction.atomic():
        run(statement, [1])
    pid = connection.connection.info.backend_pid
    with connections["aside"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    with pytest.raises(OperationalError), transaction.atomic():
        run(statement, [1])
    connection.close_if_unusable_or_obsolete()
    with transaction.atomic():
        assert run(statement, [1]) == 49


@pytest.mark.django_db
def test_times_are_aware() -> None:
    moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)

    assert run("SELECT %s::timestamptz", [moment]) == moment


def test_errors_are_djangos_and_the_statement_is_counted(merchant: Merchant) -> None:
    statement = "UPDATE tenancy_merchant SET slug = %s WHERE id = %s RETURNING id"
    Merchant.objects.create(name="Another", slug="another")

    with (
        CaptureQueriesContext(
            connection,
        ) as counted,
        pytest.raises(IntegrityError),
    ):
        run(statement, ["another", merchant.id])

    assert len(counted) == 1
