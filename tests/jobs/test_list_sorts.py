"""The list of jobs is sorted as its cells read, and searched by what they show."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from jobs.models import Job
from tenancy.ids import new_id
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.support.sorted_lists import check_sorts, shown

pytestmark = pytest.mark.django_db
LIST = "/m/brew-bloom/jobs/"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def name(row: Job) -> str:
    return row.dedupe_key


@pytest.fixture
def jobs(merchant: Merchant) -> dict[str, Job]:
    lease = {"lease_token": new_id(), "lease_until": NOW}
    kinds: dict[str, dict[str, Any]] = {
        "a": {"kind": "test.note", "state": "due", "attempts": 3},
        "b": {"kind": "test.many", "state": "done", "finished_at": NOW, "done_rows": 8, "total_rows": 8, "attempts": 1},
        "c": {"kind": "test.fail", "state": "dead", "finished_at": NOW + timedelta(1), "last_error": "ValueError"},
        "d": {"kind": "gone.kind", "state": "running", "done_rows": 0, "total_rows": 9, "attempts": 2, **lease},
        "e": {"kind": "test.note", "state": "due", "done_rows": 2, "attempts": 4, "last_error": "busy"},
    }
    with merchant_scope(merchant):
        return {
            key: Job.objects.create(
                dedupe_key=key,
                created_at=NOW + timedelta(minutes=place),
                next_at=NOW - timedelta(minutes=place),
                **values,
            )
            for place, (key, values) in enumerate(kinds.items())
        }


def test_sort_by_every_column(signed_in: Callable[[Role], Client], jobs: dict[str, Job]) -> None:
    expected = {
        # gone.kind, take a note, test: fail, test: many
        "kind": "daecb",
        "state": "cbaed",
        # Nothing counted, none of nine, two, eight of eight.
        "rows": "acdeb",
        "attempts": "cbdae",
        # Only what waits has a next attempt.
        "next_at": "eabcd",
        "last_error": "abdce",
        "created": "abcde",
        "finished": "bcade",
    }
    check_sorts(signed_in(Role.VIEWER), LIST, name, expected)


@pytest.mark.parametrize(
    ("text", "found"), [("take NOTE", "ea"), ("valueerr", "c"), ("many", "b"), ("note busy", "e"), ("nothing", "")]
)
def test_search_by_words(signed_in: Callable[[Role], Client], jobs: dict[str, Job], text: str, found: str) -> None:
    assert shown(signed_in(Role.VIEWER), LIST, name, q=text) == list(found)


def test_search_by_number(signed_in: Callable[[Role], Client], jobs: dict[str, Job], other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        values = {"dedupe_key": "z", "created_at": NOW, "next_at": NOW}
        theirs = Job.objects.create(kind="test.note", last_error="secret", **values)
    client = signed_in(Role.VIEWER)
    assert shown(client, LIST, name, q=str(jobs["c"].id)) == ["c"]
    assert [shown(client, LIST, name, q=text) for text in (str(theirs.id), "secret")] == [[], []]
