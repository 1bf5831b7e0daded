"""Counts, days left and the low-pool warning."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from codes import selectors, services
from codes.models import Code, CodePool
from codes.selectors import Stock
from codes.stock import check_pools
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope

PoolWith = Callable[..., CodePool]
BY = Actor.system()


def test_stock_counts_every_state(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with("A-1", "A-2", "A-3", "A-4")
    now = timezone.now()
    with merchant_scope(merchant):
        for _holder in range(2):
            code = services.take(pool_id=pool.id, origin="claim", origin_id=uuid.uuid4(), now=now, actor=BY)
        services.burn(code_id=code.id, actor=BY, now=now)

        assert selectors.stocks([pool.id], now=now)[pool.id] == Stock(
            free=2, taken=1, burnt=1, taken_lately=2, rate_days=1
        )
        assert selectors.free_count(pool.id) == 2


def test_days_left_follow_the_rate_of_the_last_28_days(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with(*(f"A-{number}" for number in range(10)))
    now = timezone.now()
    with merchant_scope(merchant):
        for days_ago in (1, 27, 29):
            at = now - timedelta(days=days_ago)
            services.take(pool_id=pool.id, origin="claim", origin_id=uuid.uuid4(), now=at, actor=BY)

        stock = selectors.stocks([pool.id], now=now)[pool.id]

    assert (stock.free, stock.taken_lately, stock.days_left) == (7, 2, 98)


def test_days_left_of_a_young_pool_follow_its_own_days(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with(*(f"A-{number}" for number in range(20)))
    now = timezone.now()
    with merchant_scope(merchant):
        Code.objects.update(created_at=now - timedelta(days=2))
        for _holder in range(4):
            services.take(pool_id=pool.id, origin="claim", origin_id=uuid.uuid4(), now=now, actor=BY)

        stock = selectors.stocks([pool.id], now=now)[pool.id]

    assert (stock.rate_days, stock.days_left) == (2, 8)


def test_days_left_is_unknown_without_any_use() -> None:
    assert Stock(free=5).days_left is None


def test_pool_is_low_by_count_and_by_days() -> None:
    by_count = CodePool(low_mark=5, low_days=0)
    by_days = CodePool(low_mark=0, low_days=7)

    assert by_count.low_mark == 5
    assert Stock(free=5).is_low(by_count)
    assert not Stock(free=6).is_low(by_count)
    assert Stock(free=100, taken_lately=500).is_low(by_days)
    assert not Stock(free=100, taken_lately=400).is_low(by_days)


def test_check_marks_low_pools_once_and_unmarks_filled_ones(pool_with: PoolWith, merchant: Merchant) -> None:
    low = pool_with("A-1", low_mark=1)
    pool_with("B-1", "B-2", name="Full", low_mark=1)
    now = timezone.now()
    with merchant_scope(merchant):
        assert check_pools(now=now) == 1
        assert check_pools(now=now + timedelta(hours=1)) == 1
        assert [pool.id for pool in selectors.low_pools()] == [low.id]
        assert CodePool.objects.get(id=low.id).low_since == now
        assert AuditEvent.objects.filter(action="code_pool.low").count() == 1

        Code.objects.create(pool=low, value="A-2", value_norm="A2", created_at=now)
        assert check_pools(now=now) == 0
        assert not selectors.low_pools().exists()
        assert AuditEvent.objects.filter(action="code_pool.filled").count() == 1


def test_archived_pool_is_not_low(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with(low_mark=1)
    now = timezone.now()
    with merchant_scope(merchant):
        services.archive(pool_id=pool.id, archived=True, actor=BY, now=now)
        services.archive(pool_id=pool.id, archived=True, actor=BY, now=now)

        assert check_pools(now=now) == 0
        assert AuditEvent.objects.filter(action="code_pool.archived").count() == 1


def test_save_pool_audits_what_changed(merchant: Merchant) -> None:
    now = timezone.now()
    with merchant_scope(merchant):
        pool = services.save_pool(pool=CodePool(name="Coupons"), actor=BY, now=now)
        pool.low_mark = 7
        services.save_pool(pool=pool, actor=BY, now=now)

        event = AuditEvent.objects.get(action="code_pool.changed")
    assert event.before is not None
    assert event.after is not None
    assert (event.before["low_mark"], event.after["low_mark"]) == (20, 7)
