"""Pools and codes in the order of what their cells show, and found by a piece of it."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from codes import selectors, services
from codes.models import Code, CodePool
from codes.views.pools import PoolDetail
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.support.counting import queries_of
from tests.support.shown import in_order, shown

PoolWith = Callable[..., CodePool]
SignedIn = Callable[[Role], Client]
LIST = "/m/brew-bloom/code-pools/"
HOLDER = uuid.UUID("019a0000-0000-7000-8000-000000c0ffee")


def take(pool: CodePool, number: int, *, days: int = 0) -> None:
    """Have codes of a pool taken so many days ago."""
    for _each in range(number):
        at = timezone.now() - timedelta(days=days)
        services.take(pool_id=pool.id, origin="claim", origin_id=uuid.uuid4(), now=at, actor=Actor.system())


@pytest.fixture
def pools(pool_with: PoolWith, merchant: Merchant) -> dict[str, CodePool]:
    """Pools that stand in every way."""
    made = {
        "plenty": pool_with(*(f"PLENTY-{n}" for n in range(40)), name="Plenty", low_mark=2),
        "short": pool_with(*(f"SHORT-{n}" for n in range(9)), name="Short of days", low_mark=1),
        "few": pool_with("FEW-1", "FEW-2", name="Few", low_mark=5),
        "none": pool_with(name="Nothing in it", kind="generated", pattern="NONE-####"),
        "old": pool_with("OLD-1", name="Put away", archived_at=timezone.now()),
        "used": pool_with("USED-1", "USED-2", name="Used long ago", low_mark=0),
    }
    with merchant_scope(merchant):
        Code.objects.update(created_at=timezone.now() - timedelta(days=90))
        take(made["plenty"], 3, days=3)
        take(made["short"], 6, days=9)
        take(made["used"], 1, days=60)
        code = Code.objects.get(value="FEW-1")
        services.burn(code_id=code.id, actor=Actor.system(), now=timezone.now(), reason="lost")
        # A young pool's rate is that of its own days.
        Code.objects.filter(pool=made["short"]).update(created_at=timezone.now() - timedelta(days=10))
    return made


@pytest.mark.parametrize("column", ["free", "taken", "burnt"])
def test_sort_pools_by_their_counts(pools: dict[str, CodePool], signed_in: SignedIn, column: str) -> None:
    numbers = [int(text) for text in in_order(signed_in(Role.VIEWER), LIST, column)]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) > 1


def test_sort_pools_by_how_they_stand(pools: dict[str, CodePool], signed_in: SignedIn) -> None:
    standing = in_order(signed_in(Role.VIEWER), LIST, "state")
    assert standing == sorted(standing, key=["Enough", "Low", "Empty", "Archived"].index)
    assert set(standing) == {"Enough", "Low", "Empty", "Archived"}


def test_sort_pools_by_how_long_they_last(pools: dict[str, CodePool], signed_in: SignedIn, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        stocks = selectors.stocks([pool.id for pool in pools.values()], now=timezone.now())
    days = sorted(stock.days_left for stock in stocks.values() if stock.days_left is not None)
    assert len(days) == 2
    assert in_order(signed_in(Role.VIEWER), LIST, "lasts") == [
        *(f"{n} day{'s' * (n != 1)}" for n in days),
        *["not used lately"] * 4,
    ]


@pytest.mark.parametrize("sort", ["free", "taken", "burnt", "lasts", "state"])
def test_count_without_another_query(pools: dict[str, CodePool], signed_in: SignedIn, sort: str) -> None:
    client = signed_in(Role.VIEWER)
    assert len(queries_of(client, LIST, sort=sort)) == len(queries_of(client, LIST)) <= 12


def test_count_no_codes_of_another_merchant(pool_with: PoolWith, signed_in: SignedIn, other_merchant: Merchant) -> None:
    pool_with("A-1", "A-2", whose=other_merchant, name="Theirs")
    pool_with("A-1")
    assert shown(signed_in(Role.VIEWER), LIST, "name", sort="free") == ["Coupons"]


@pytest.mark.parametrize(
    ("q", "found"),
    [("plent", ["Plenty"]), ("USED long", ["Used long ago"]), ("none-#", ["Nothing in it"]), ("nobody", [])],
)
def test_find_pools(pools: dict[str, CodePool], signed_in: SignedIn, q: str, found: list[str]) -> None:
    assert shown(signed_in(Role.VIEWER), LIST, "name", q=q) == found


@pytest.fixture
def pool(pool_with: PoolWith, merchant: Merchant) -> str:
    """The address of a pool with codes in every state."""
    pool = pool_with("AAAA-BBBB-9ZZZ", "BBBB-CCCC-1AAA", "SHORT", "CCCC-DDDD-5MMM", "DDDD-EEEE-3CCC")
    with merchant_scope(merchant):
        given: dict[str, Any] = {"pool_id": pool.id, "actor": Actor.system()}
        at = timezone.now() - timedelta(days=1)
        services.take(origin="claim", origin_id=HOLDER, now=at, **given)
        services.take(origin="redeemed_reward", origin_id=uuid.uuid4(), now=timezone.now(), **given)
    return f"{LIST}{pool.id}/"


@pytest.mark.parametrize("column", ["value", "state", "holder"])
def test_sort_codes_by_what_is_shown_of_them(pool: str, signed_in: SignedIn, column: str) -> None:
    texts = in_order(signed_in(Role.VIEWER), pool, column)
    assert texts == sorted(texts)
    assert len(set(texts)) > 2 - (column == "state")


def test_sort_codes_by_when_they_were_taken(pool: str, signed_in: SignedIn) -> None:
    taken = in_order(signed_in(Role.VIEWER), pool, "taken")
    assert taken[:3] == ["", "", ""]
    assert taken[3] != taken[4] != ""
    assert shown(signed_in(Role.AGENT), pool, "holder", sort="taken")[3] == "claim …c0ffee"


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("bbbb cccc 1aaa", ["••••1AAA"]),
        ("5mmm", ["••••5MMM"]),
        ("••••5MMM", ["••••5MMM"]),
        ("…c0ffee", ["••••9ZZZ"]),
        (str(HOLDER), ["••••9ZZZ"]),
        ("short", ["••••"]),
        # What is not shown cannot be guessed a piece at a time.
        ("hort", []),
        ("CCCC", []),
        ("AAAA-BBBB", []),
    ],
)
def test_find_a_code_by_all_of_it_or_by_what_is_shown(pool: str, signed_in: SignedIn, q: str, found: list[str]) -> None:
    assert shown(signed_in(Role.VIEWER), pool, "value", q=q) == found


def test_turn_the_pages_of_a_pool_by_the_end_of_its_codes(
    pool: str, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PoolDetail, "page_sizes", (2,))
    client = signed_in(Role.VIEWER)
    first = client.get(pool, {"sort": "value"})
    rest = shown(client, pool, "value", sort="value", after=first.context["page"].next_token)
    assert rest == ["••••3CCC", "••••5MMM"]
