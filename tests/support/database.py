"""The test databases: a copy of the migrated template for each worker, emptied after real transactions.

Tests connect as the application does (`app_rw`), which may neither create databases nor truncate; what sets
up and clears away uses the cluster's superuser on connections of its own.
"""

import copy
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

from tests.support.servers import TEMPLATE

# Filled by Django itself when the template was migrated.
KEPT_TABLES = ["django_migrations", "django_content_type", "auth_permission"]

# Tables that have pages: those that were never written to have none.
WRITTEN = """
SELECT format('%%I.%%I', n.nspname, c.relname), pg_relation_size(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'ledger') AND c.relkind = 'r' AND c.relname <> ALL(%s) AND pg_relation_size(c.oid) > 0
"""
# Nobody vacuums by itself on a test's server. From this size on, rows that are long gone are in everybody's way.
LARGE = 256 * 1024

# The superuser's connection by database, kept from test to test; of this process only.
_sweepers: dict[tuple[int, str], psycopg.Connection] = {}


def address(variable: str, database: str) -> str:
    """The address in an environment variable, with another database."""
    return urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{database}"))


def superuser(database: str = "postgres") -> psycopg.Connection:
    """A connection of the cluster's superuser in autocommit."""
    return psycopg.connect(address("TEST_SUPERUSER_URL", database), autocommit=True)


def create(database: str, *, migrated: bool = True) -> None:
    """Make a database: a copy of the migrated template, or an empty one that has its roles only."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER app_owner STRATEGY file_copy")
    source = sql.Identifier(TEMPLATE if migrated else "template0")
    with superuser() as connection:
        connection.execute(statement.format(sql.Identifier(database), source))


def drop(database: str) -> None:
    """Remove a database and whoever is connected to it."""
    with superuser() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def point_at(database: str) -> None:
    """Turn all of Django's connections, and the environment of child processes, to this database.

    Adds the alias `owner`. Only app_rw's own aliases are open to tests unless they ask for more.
    """
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[variable] = address(variable, database)
    connections.settings.setdefault("owner", copy.deepcopy(connections.settings["default"]))
    settings.DATABASES.setdefault("owner", connections.settings["owner"])
    for alias in ("default", "aside", "owner"):
        connections.settings[alias].update(parts("DATABASE_OWNER_URL" if alias == "owner" else "DATABASE_URL"))
    TransactionTestCase.databases = {"default", "aside"}
    TransactionTestCase._fixture_teardown = clear_after_test  # type: ignore[attr-defined]


def parts(variable: str) -> dict[str, str]:
    """An address in the shape of Django's settings."""
    split = urlsplit(os.environ[variable])
    return {
        "HOST": split.hostname or "",
        "PORT": str(split.port),
        "USER": split.username or "",
        "PASSWORD": split.password or "",
        "NAME": split.path.removeprefix("/"),
    }


def clear_after_test(test_case: TransactionTestCase) -> None:
    """Stand in for Django's flush, which app_rw has no right to run."""
    clear(connections.settings["default"]["NAME"])


def clear(database: str) -> None:
    """Empty all tables, the ledger's as well, past row level security, foreign keys and privileges.

    DELETE on the tables that were written to takes milliseconds where TRUNCATE of all takes a tenth of a second, and
    it does not wait for a server under test that has a table open.
    """
    connection = sweeper(database)
    written = connection.execute(WRITTEN, [KEPT_TABLES]).fetchall()
    connection.execute("; ".join(f"DELETE FROM {table}" for table, _ in written).encode())
    for table, size in written:
        if size > LARGE:
            connection.execute(f"VACUUM {table}".encode())


def sweeper(database: str) -> psycopg.Connection:
    """The superuser's connection to this database, kept from test to test: it empties tables, and asks beside a test."""
    found = _sweepers.get((os.getpid(), database))
    if found is None or found.closed:
        found = _sweepers[os.getpid(), database] = superuser(database)
        found.execute("SET session_replication_role = replica")
    return found


@contextmanager
def other_database(name: str, *, migrated: bool = True) -> Iterator[str]:
    """A database of its own for a test that changes the schema or the rights; gone afterwards."""
    create(name, migrated=migrated)
    try:
        yield name
    finally:
        drop(name)
