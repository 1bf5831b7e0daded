"""Rate limits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenancy import throttle
from tenancy.models import ThrottleBucket
from tenancy.retention import remove_old_traces
from tenancy.roles import Role
from tenancy.throttle import Limit, RateLimited, allowed, allowed_in_lots, is_exhausted, take

pytestmark = pytest.mark.django_db(databases=["default", "aside"])
LIMIT = Limit("test", 5, 3600)


def test_allow_as_many_as_the_limit() -> None:
    assert [allowed(LIMIT, "a") for _ in range(7)] == [True] * 5 + [False] * 2
    assert allowed(LIMIT, "b")
    assert allowed(Limit("other", 5, 3600), "a")


LARGE = Limit("large", 400, 36_000)


@pytest.fixture
def no_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests of this process have taken is nothing to these; a slow machine has time to use up a lot."""
    monkeypatch.setattr(throttle, "_lots", {})
    monkeypatch.setattr(throttle, "LOT_SECONDS", 60)


def asked(count: int, limit: Limit = LARGE) -> tuple[int, int]:
    """How many of so many came through, and how often the database was asked."""
    with CaptureQueriesContext(connections["aside"]) as queries:
        through = sum(allowed_in_lots(limit, "a") for _ in range(count))
    return through, len(queries)


def test_take_several_of_a_full_bucket_at_once(no_lots: None) -> None:
    # One, which says how full it is, and eight times eight.
    assert asked(65) == (65, 9)


def test_take_one_by_one_of_a_bucket_that_runs_low(no_lots: None) -> None:
    assert asked(400)[0] == 400
    assert asked(3) == (0, 3)
    assert not allowed(LARGE, "a")


def test_take_one_by_one_of_a_small_bucket(no_lots: None) -> None:
    assert asked(7, LIMIT) == (5, 7)


def test_let_a_lot_go_that_was_not_used_in_time(no_lots: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "LOT_SECONDS", -1)
    assert asked(4) == (4, 4)


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_never_let_more_through_than_there_are(together: Callable[..., list[Any]], no_lots: None) -> None:
    outcomes = together(lambda: sum(allowed_in_lots(LARGE, "a") for _ in range(60)), [()] * 10)
    assert 380 <= sum(outcome.value for outcome in outcomes) <= 400


def test_fill_up_again_with_time() -> None:
    for _ in range(5):
        allowed(LIMIT, "a")
    ThrottleBucket.objects.update(updated_at=timezone.now() - timedelta(seconds=721))
    assert [allowed(LIMIT, "a"), allowed(LIMIT, "a")] == [True, False]


def test_look_without_taking() -> None:
    assert [is_exhausted(LIMIT, "a") for _ in range(9)] == [False] * 9
    for _ in range(5):
        allowed(LIMIT, "a")
    assert is_exhausted(LIMIT, "a")


def test_multiply_every_limit(settings: Any) -> None:
    settings.RATE_LIMIT_FACTOR = 3
    assert sum(allowed(LIMIT, "a") for _ in range(20)) == 15
    assert LIMIT.retry_after == 240
    settings.RATE_LIMIT_FACTOR = 0
    assert allowed(LIMIT, "c")


def test_keep_no_address_readable() -> None:
    allowed(LIMIT, "person@example.com")
    assert "person" not in ThrottleBucket.objects.get().key


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_count_exactly_at_the_same_moment(together: Callable[..., list[Any]]) -> None:
    outcomes = together(allowed, [(LIMIT, "a")] * 20)
    assert sum(outcome.value for outcome in outcomes) == 5


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_count_what_was_rolled_back() -> None:
    for _ in range(5):
        with transaction.atomic():
            allowed(LIMIT, "a")
            transaction.set_rollback(True)
    assert not allowed(LIMIT, "a")


def test_answer_429_behind_the_door(signed_in: Callable[[Role], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    def get(self: Any, request: HttpRequest) -> HttpResponse:
        for _ in range(9):
            take(LIMIT, "x")
        return HttpResponse()

    monkeypatch.setattr("tenancy.views.start.Start.get", get)
    response = signed_in(Role.VIEWER).get("/m/brew-bloom/")
    assert (response.status_code, response["Retry-After"]) == (429, "720")


def test_answer_429_without_a_door(signed_in: Callable[[Role], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any) -> None:
        raise RateLimited(7)

    client = signed_in(Role.VIEWER)
    monkeypatch.setattr("tenancy.views.home.memberships_of", refuse)
    response = client.get("/")
    assert (response.status_code, response["Retry-After"]) == (429, "7")


def test_throw_away_what_is_full_ended_or_outdated() -> None:
    now = timezone.now()
    allowed(LIMIT, "old")
    ThrottleBucket.objects.update(updated_at=now - timedelta(days=8))
    allowed(LIMIT, "new")
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(minutes=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(minutes=1))
    with connections["aside"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenancy_cache VALUES ('a', '', now() - interval '1 hour'), ('b', '', now() + interval '1 hour')"
        )
    assert remove_old_traces(now=now, limit=10) == 3
    assert (ThrottleBucket.objects.count(), Session.objects.get().session_key) == (1, "new")
    assert remove_old_traces(now=now, limit=10) == 0
