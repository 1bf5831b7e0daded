"""The database tests run on is the one that the application will run on."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from redis import Redis

from exports.snapshot import bounds
from ledger import feed
from tenancy.models import Merchant
from tests.support import database
from tests.support.horizon import one_view
from tests.support.threads import Outcome


@pytest.mark.django_db
@pytest.mark.parametrize("alias", ["default", "aside"])
def test_tests_connect_as_the_application_does(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("app_rw", False, False)


def test_owner_connection_is_the_owner(owner_connection: psycopg.Connection[Any]) -> None:
    assert owner_connection.execute("SELECT current_user::text").fetchone() == ("app_owner",)


@pytest.mark.parametrize("number", [1, 2])
def test_real_transaction_leaves_nothing_behind(transactional_db: None, number: int) -> None:
    assert Merchant.objects.count() == 0

    Merchant.objects.create(slug=f"shop-{number}", name="Shop")


def test_callers_meet_with_real_commits(merchant: Merchant, together: Callable[..., list[Outcome]]) -> None:
    seen: set[int] = set()

    def look(number: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            seen.add(cursor.fetchone()[0])
        seen.add(-threading.get_ident())
        return number if Merchant.objects.filter(pk=merchant.pk).exists() else 0

    outcomes = together(look, [(1,), (2,), (3,)])

    assert outcomes == [Outcome(value=1), Outcome(value=2), Outcome(value=3)]
    assert len(seen) == 6


@pytest.mark.django_db
def test_truncate_is_refused_to_the_application(merchant: Merchant) -> None:
    with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE tenancy_merchant")


def test_valkey_answers_and_evicts_nothing(valkey_url: str) -> None:
    client = Redis.from_url(valkey_url)
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


@pytest.mark.django_db
def test_have_room_for_the_workers_of_a_large_machine(valkey_url: str) -> None:
    last = Redis.from_url(f"{valkey_url.rpartition('/')[0]}/255")
    assert last.ping()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int")
        assert cursor.fetchone()[0] >= 1000


def test_let_transactions_of_another_database_hold_back_nothing(
    transactional_db: None, merchant: Merchant, empty_database: str
) -> None:
    """One of them is open where a view of the data begins, and over where it is asked how far the view may be read."""
    with database.superuser(empty_database) as other, connection.cursor() as cursor:
        other.execute("BEGIN")
        other.execute("SELECT pg_current_xact_id()")
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (mine,) = cursor.fetchone()
        cursor.execute(f"SELECT ({feed.HORIZON})::text::bigint")
        assert cursor.fetchone()[0] > mine
        with one_view(merchant.id):
            cursor.execute("SELECT")
            other.execute("COMMIT")
            assert bounds(0).upto > mine


def test_let_transactions_of_this_database_hold_back_what_came_later(
    transactional_db: None, merchant: Merchant, owner_connection: psycopg.Connection[Any]
) -> None:
    owner_connection.execute("BEGIN")
    row = owner_connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        cursor.execute(f"SELECT ({feed.HORIZON})::text::bigint")
        assert cursor.fetchone() == row
        with one_view(merchant.id):
            assert (bounds(0).upto,) == row
    owner_connection.execute("ROLLBACK")
