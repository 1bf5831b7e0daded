"""Statements whose plans the server keeps: still Django's own in errors, times and counting."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

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
def test_pooler_that_forgets_gets_no_prepared_statements() -> None:
    connection.ensure_connection()
    before = connection.connection.prepare_threshold
    connection.connection.prepare_threshold = None
    try:
        assert run("SELECT %s::int + 45", [1]) == 46
    finally:
        connection.connection.prepare_threshold = before
    assert kept("SELECT $1::int + 45") == 0


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
