"""Ids that statements make: uuidv7() of the server, or the house's own on servers before 18, which must be the same."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from config.embedded.postgres import BOOTSTRAP
from tenancy.checks import check_ids

OWN = re.compile(r"CREATE OR REPLACE FUNCTION public\.uuidv7\b[^;]*;")
SHIFTED = {"": timedelta(), "interval '-40 days'": timedelta(days=-40)}
Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(params=["own", "server's"])
def named(owner_connection: Connection, request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of the function: the house's own, made in a schema of its own for the test, and what statements find."""
    if request.param == "server's":
        yield "uuidv7"
        return
    definitions = OWN.findall(BOOTSTRAP.read_text())
    assert len(definitions) == 2
    with owner_connection.transaction(force_rollback=True):
        owner_connection.execute("CREATE SCHEMA older")
        for definition in definitions:
            owner_connection.execute(definition.replace("public.", "older."))
        yield "older.uuidv7"


def made_at(value: uuid.UUID) -> datetime:
    """The moment in an id, to the microsecond, as tenancy/ids.py writes it: milliseconds, and 12 bits of their fraction."""
    fraction = (value.int >> 64 & 0xFFF) * 1000 // 4096
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=value.int >> 80, microseconds=fraction)


@pytest.mark.parametrize("shift", SHIFTED)
def test_id_holds_version_variant_and_moment(owner_connection: Connection, named: str, shift: str) -> None:
    row = owner_connection.execute(
        f"SELECT clock_timestamp(), {named}({shift}), clock_timestamp() FROM generate_series(1, 3)"
    ).fetchone()
    assert row is not None
    before, value, after = row

    assert (value.version, value.variant) == (7, uuid.RFC_4122)
    # The fraction is rounded down.
    assert before - timedelta(microseconds=1) <= made_at(value) - SHIFTED[shift] <= after


def test_ids_of_a_statement_are_different_and_in_the_order_of_their_making(
    owner_connection: Connection, named: str
) -> None:
    rows = owner_connection.execute(f"SELECT {named}() FROM generate_series(1, 20000) AS n ORDER BY n").fetchall()
    ids = [row[0] for row in rows]
    moments = [value.int >> 64 for value in ids]

    assert moments == sorted(moments)
    assert len(set(moments)) > 1000
    assert len({value.int & (1 << 62) - 1 for value in ids}) == 20_000


@pytest.mark.django_db
def test_statements_of_the_application_make_ids() -> None:
    assert check_ids(None, databases=["default", "aside"]) == []


@pytest.mark.django_db(databases=["default", "aside"])
def test_database_is_refused_where_the_application_cannot_make_ids(superuser_connection: Connection) -> None:
    row = superuser_connection.execute("SELECT 'uuidv7()'::regprocedure::text").fetchone()
    assert row is not None
    superuser_connection.execute(f"REVOKE EXECUTE ON FUNCTION {row[0]} FROM PUBLIC, app_rw")
    try:
        found = check_ids(None, databases=["default", "aside"])
    finally:
        superuser_connection.execute(f"GRANT EXECUTE ON FUNCTION {row[0]} TO PUBLIC")

    assert [message.id for message in found] == ["tenancy.E003", "tenancy.E003"]
