"""Two merchants with one row of everything, and each wall taken down in turn."""

import dataclasses
import os
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from claims_center.models import Claim
from config.demo.seed import tell
from config.demo.stories import BREW, NORTH, MerchantStory
from tenancy.models import Merchant, User
from tenancy.scope import merchant_scope
from tests.claims_center.bulking import drafted
from tests.support import database
from tests.walls import offers, prepared
from tests.walls.one_id import share_one_id


def short(story: MerchantStory) -> MerchantStory:
    """Return the story with a few claims only."""
    funnels = tuple(dataclasses.replace(told, claims=2) for told in story.funnels[:2])
    return dataclasses.replace(story, funnels=funnels)


@dataclasses.dataclass(frozen=True)
class World:
    """Our merchant and the foreign one; `shared` is the id of one foreign row of each of the kinds."""

    ours: Merchant
    foreign: Merchant
    shared: uuid.UUID
    kinds: list[str]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Both merchants, committed once for the tests of a module, which only look at them."""
    name = os.environ["DATABASE_URL"].rpartition("/")[2]
    with django_db_blocker.unblock():
        database.clear(name)
        try:
            for story in (NORTH, BREW):
                tell(short(story), timezone.now())
            foreign = Merchant.objects.get(slug=BREW.slug)
            with merchant_scope(foreign):
                prepared.an_invitation()
                drafted("verify", [Claim.objects.latest("submitted_at")])
                offers.a_bulk_act("draft")()
                offers.a_bulk_act("draft", assigns=True)()
            with merchant_scope(foreign), database.superuser(name) as superuser:
                shared, kinds = share_one_id(superuser)
            yield World(Merchant.objects.get(slug=NORTH.slug), foreign, shared, kinds)
        finally:
            database.clear(name)


@pytest.fixture
def owner(world: World) -> Client:
    """A browser in which our merchant's owner is signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(email=f"owner@{world.ours.slug}.example"))
    return client


@pytest.fixture(params=["all walls", "row level security alone", "filters alone"])
def walls(request: pytest.FixtureRequest, settings: Any) -> str:
    """Take the walls down one by one; they stand again afterwards."""
    if request.param == "row level security alone":
        settings.TENANCY_FILTERS_OFF = True
    if request.param == "filters alone":
        request.getfixturevalue("no_row_security")
    return str(request.param)


@pytest.fixture
def no_row_security(owner_connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Switch row level security off in this worker's own database, for one test."""
    query = """SELECT c.oid::regclass::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
               WHERE c.relrowsecurity AND r.rolname = 'app_owner'"""
    tables = [row[0] for row in owner_connection.execute(query)]
    assert tables
    try:
        for table in tables:
            owner_connection.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        yield
    finally:
        for table in tables:
            owner_connection.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
