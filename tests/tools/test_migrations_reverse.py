"""Every migration can be taken back, and put on again."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from config.fingerprint import ROOT

# The room that all others stand on cannot be taken back whole; its later migrations can.
LOWEST = ("tenancy", "0002_cache_and_rights")
MADE = """
SELECT 'table', schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('public', 'ledger')
UNION SELECT 'index', indexdef FROM pg_indexes WHERE schemaname IN ('public', 'ledger')
UNION SELECT 'constraint', conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
UNION SELECT 'policy', polrelid::regclass || ' ' || polname FROM pg_policy
"""


@pytest.fixture
def owner_of_copy(migrated_database: str, settings: Any) -> Iterator[Any]:
    """The owner's connection, pointed at a throwaway copy of the whole schema."""
    owner = connections["owner"]
    before = owner.settings_dict["NAME"]
    owner.close()
    owner.settings_dict["NAME"] = migrated_database
    # Operations make models anew by the thousand: to look for garbage among them all the time takes longer than that.
    usual = gc.get_threshold()
    gc.set_threshold(200_000, *usual[1:])
    yield owner
    gc.set_threshold(*usual)
    owner.close()
    owner.settings_dict["NAME"] = before


def rooms() -> list[str]:
    """The rooms with migrations of their own, but for the lowest."""
    homes = {app.label: Path(app.path) for app in apps.get_app_configs()}
    own = {label for label, home in homes.items() if home.parent == ROOT and (home / "migrations").is_dir()}
    assert len(own) > 7
    return sorted(own - {LOWEST[0]})


def made(owner: Any) -> set[tuple[str, str]]:
    """Every table, index, constraint and policy."""
    with owner.cursor() as cursor:
        cursor.execute(MADE)
        return set(cursor.fetchall())


def take_back(owner: Any, targets: list[tuple[str, str | None]]) -> None:
    """Take back one migration after the other, each with the models that it was written on and no others."""
    executor = MigrationExecutor(owner)
    plan = executor.migration_plan(targets)
    assert len(plan) > 20
    for migration, backwards in plan:
        assert backwards
        before = executor.loader.project_state((migration.app_label, migration.name), at_end=False)
        assert before.apps.ready
        executor.unapply_migration(before, migration)


@pytest.mark.django_db(databases=["default", "aside", "owner"], transaction=True)
def test_take_back_every_room_and_put_it_on_again(owner_of_copy: Any) -> None:
    whole = made(owner_of_copy)
    take_back(owner_of_copy, [*((room, None) for room in rooms()), LOWEST])
    left = {name for kind, name in made(owner_of_copy) if kind == "table"}
    assert not {name for name in left if name.startswith(("ledger.", *(f"public.{room}_" for room in rooms())))}
    assert not left & {"public.tenancy_savedview", "public.tenancy_userpreference"}
    assert "public.tenancy_merchant" in left
    call_command("migrate", database="owner", verbosity=0)
    assert made(owner_of_copy) ^ whole == set()
