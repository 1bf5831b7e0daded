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

CLEARING = """
SELECT format('EXISTS (SELECT FROM %%I.%%I)', schemaname, tablename),
       format('DELETE FROM %%I.%%I', schemaname, tablename)
FROM pg_tables
WHERE schemaname IN ('public', 'ledger') AND tablename <> ALL(%s)
"""


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

    DELETE on the few tables that hold rows takes milliseconds where TRUNCATE of all takes a tenth of a
    second, and it does not wait for a server under test that has a table open.
    """
    with superuser(database) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = connection.execute(CLEARING, [KEPT_TABLES]).fetchall()
        checks = ", ".join(check for check, _ in tables)
        (filled,) = connection.execute(f"SELECT ARRAY[{checks}]::boolean[]".encode()).fetchall()[0]
        deletes = [delete for (_, delete), is_filled in zip(tables, filled, strict=True) if is_filled]
        connection.execute("; ".join(deletes).encode())


@contextmanager
def other_database(name: str, *, migrated: bool = True) -> Iterator[str]:
    """A database of its own for a test that changes the schema or the rights; gone afterwards."""
    create(name, migrated=migrated)
    try:
        yield name
    finally:
        drop(name)
