"""Fixtures for every room: a database, merchants, an open scope, real transactions in threads."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.support import database
from tests.support.threads import Outcome, run_together

pytest_plugins = [
    "tests.support.plugin",
    "tests.support.dealing",
    "tests.support.horizon",
    "tests.support.browser",
    "tests.support.processes",
    "tests.support.searching",
    "tests.support.shared",
]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None) -> None:
    """A database of this worker's own, copied from the migrated template."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    database.create(name)
    database.point_at(name)


@pytest.fixture
def merchant(db: None) -> Merchant:
    """A merchant with everything by default."""
    return Merchant.objects.create(name="Brew & Bloom", slug="brew-bloom")


@pytest.fixture
def other_merchant(db: None) -> Merchant:
    """A second merchant, whose rows must never show."""
    return Merchant.objects.create(name="North Trail", slug="north-trail")


@pytest.fixture
def scope(merchant: Merchant) -> Iterator[Merchant]:
    """The merchant's door, open for the whole test."""
    with merchant_scope(merchant):
        yield merchant


@pytest.fixture
def together(transactional_db: None) -> Callable[..., list[Outcome]]:
    """Run callables at the same moment in threads of their own, each with real commits.

    `together(function, [args, ...])` returns one Outcome (`value` or `error`) per call, in order.
    """
    return run_together


@pytest.fixture
def owner_connection(django_db_setup: None) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection as app_owner in autocommit: sees what was committed, under row level security."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def superuser_connection(django_db_setup: None) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection past row level security, for looking at what is really there."""
    name = os.environ["DATABASE_URL"].rpartition("/")[2]
    with database.superuser(name) as connection:
        yield connection


@pytest.fixture
def empty_database(django_db_setup: None) -> Iterator[str]:
    """The name of a throwaway database that holds roles and schemas only."""
    with database.other_database(f"{os.environ['DATABASE_URL'].rpartition('/')[2]}_empty", migrated=False) as name:
        yield name


@pytest.fixture
def migrated_database(django_db_setup: None) -> Iterator[str]:
    """The name of a throwaway database with the whole schema, for tests that change it."""
    with database.other_database(f"{os.environ['DATABASE_URL'].rpartition('/')[2]}_copy") as name:
        yield name


@pytest.fixture
def valkey_url() -> str:
    """This worker's own database on the run's Valkey."""
    return os.environ["REDIS_URL"]
