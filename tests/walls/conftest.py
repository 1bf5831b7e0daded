"""Two merchants with one row of everything, and each wall taken down in turn."""

import dataclasses
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from config.demo.seed import tell
from config.demo.stories import BREW, NORTH, MerchantStory
from tenancy.models import Merchant, User
from tenancy.scope import merchant_scope
from tests.walls.addresses import one_row_each


def short(story: MerchantStory) -> MerchantStory:
    """Return the story with a few claims only."""
    funnels = tuple(dataclasses.replace(told, claims=2) for told in story.funnels[:2])
    return dataclasses.replace(story, funnels=funnels)


@pytest.fixture
def ours(transactional_db: None) -> Merchant:
    """The merchant whose owner is signed in."""
    tell(short(NORTH), timezone.now())
    return Merchant.objects.get(slug=NORTH.slug)


@pytest.fixture
def foreign(transactional_db: None) -> tuple[Merchant, dict[str, uuid.UUID]]:
    """The other merchant, and one id of every kind of row that it has."""
    tell(short(BREW), timezone.now())
    merchant = Merchant.objects.get(slug=BREW.slug)
    with merchant_scope(merchant):
        return merchant, one_row_each()


@pytest.fixture
def owner(ours: Merchant) -> Client:
    """A browser in which our merchant's owner is signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(email=f"owner@{ours.slug}.example"))
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
