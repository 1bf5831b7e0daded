"""Requests that no browser sends: an answer, and never a failure of ours."""

from typing import Any

import pytest
from django.test import Client

from claims_center.models import Claim
from tenancy.scope import merchant_scope
from tests.walls.addresses import staff_addresses
from tests.walls.conftest import World

FAILURE = 500
# An address that cannot be taken apart, as whoever likes can send it.
NOWHERE: dict[str, Any] = {"HTTP_REFERER": "http://[", "HTTP_HX_CURRENT_URL": "http://[", "HTTP_HX_REQUEST": "true"}
NAMES = (
    "q",
    "sort",
    "page_size",
    "after",
    "before",
    "status",
    "submitted_from",
    "period",
    "tab",
    "month",
    "at",
    "state",
)
VALUES = (
    "%ED%A0%80",
    "9" * 40,
    "-1",
    "1e400",
    "0001-01-01",
    "2026-02-30",
    "last_9999999999_days",
    "%D9%A3",
    "a" * 3000,
)
QUERIES = ["&".join(f"{name}={value}" for name in NAMES) for value in VALUES] + ["&".join("x=1" for _ in range(3000))]


@pytest.fixture
def pages(world: World) -> list[str]:
    """The staff's addresses that name no row, and those of one claim."""
    with merchant_scope(world.ours):
        claim = Claim.objects.latest("submitted_at").id
    found = staff_addresses()
    plain = [one.path(world.ours.slug) for one in found if not one.ids]
    return plain + [one.path(world.ours.slug, claim) for one in found if one.ids == ["claim_id"]]


def test_answer_whatever_page_somebody_says_to_come_from(owner: Client, pages: list[str]) -> None:
    assert len(pages) > 90
    wrong = [f"{page} {more}" for page in pages for more in NOWHERE if _fails(owner.get(page, **{more: NOWHERE[more]}))]
    wrong += [page for page in pages if _fails(owner.post(page, {"next": "http://["}, **NOWHERE))]
    assert wrong == []


@pytest.mark.parametrize("method", ["head", "options", "put", "patch", "delete", "trace"])
def test_answer_every_method(owner: Client, pages: list[str], method: str) -> None:
    assert [page for page in pages if _fails(getattr(owner, method)(page))] == []


def test_answer_every_query(owner: Client, pages: list[str]) -> None:
    lists = [page for page in pages if page.count("/") == "/m/x/list/".count("/")]
    assert len(lists) > 20
    assert [f"{page}?{query[:60]}" for page in lists for query in QUERIES if _fails(owner.get(f"{page}?{query}"))] == []


def _fails(answer: object) -> bool:
    return getattr(answer, "status_code", FAILURE) >= FAILURE
