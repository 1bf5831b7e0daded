"""Every migration can be taken back, and put on again."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

ROOMS = ("exports", "claims_center", "messaging", "codes", "ledger", "jobs", "customers")


@pytest.fixture
def owner_of_copy(migrated_database: str, settings: Any) -> Any:
    """The owner's connection, pointed at a throwaway copy of the whole schema."""
    owner = connections["owner"]
    before = owner.settings_dict["NAME"]
    owner.close()
    owner.settings_dict["NAME"] = migrated_database
    yield owner
    owner.close()
    owner.settings_dict["NAME"] = before


def tables(owner: Any) -> set[str]:
    with owner.cursor() as cursor:
        cursor.execute("SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('public', 'ledger')")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db(databases=["default", "aside", "owner"], transaction=True)
def test_take_back_every_room_and_put_it_on_again(owner_of_copy: Any) -> None:
    whole = tables(owner_of_copy)
    for room in ROOMS:
        call_command("migrate", room, "zero", database="owner", verbosity=0)
    left = tables(owner_of_copy)
    assert not {name for name in left if name.split(".")[1].startswith(ROOMS) or name.startswith("ledger.")}
    call_command("migrate", database="owner", verbosity=0)
    assert tables(owner_of_copy) == whole


@pytest.mark.django_db(databases=["default", "aside", "owner"], transaction=True)
def test_take_back_views_and_preferences_and_put_them_on_again(owner_of_copy: Any) -> None:
    """The room that all others stand on cannot be taken back whole; its later migrations can."""
    whole = tables(owner_of_copy)
    call_command("migrate", "tenancy", "0002_cache_and_rights", database="owner", verbosity=0)
    assert whole - tables(owner_of_copy) >= {"public.tenancy_savedview", "public.tenancy_userpreference"}
    call_command("migrate", database="owner", verbosity=0)
    assert tables(owner_of_copy) == whole
