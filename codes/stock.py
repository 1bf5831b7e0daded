"""Watching the stock: which pools are running low."""

from datetime import datetime

from codes.models import CodePool
from codes.selectors import open_pools, stocks
from tenancy.actors import Actor
from tenancy.audit import audit


def check_pools(*, now: datetime) -> int:
    """Mark pools that passed one of their marks with the time, take the mark off the others; return how many are low.

    Each change is audited once. Archived pools are left alone.
    """
    pools = list(open_pools())
    found = stocks([pool.id for pool in pools], now=now)
    for pool in pools:
        low = found[pool.id].is_low(pool)
        if low != (pool.low_since is not None):
            _mark(pool, low=low, free=found[pool.id].free, now=now)
    return sum(found[pool.id].is_low(pool) for pool in pools)


def _mark(pool: CodePool, *, low: bool, free: int, now: datetime) -> None:
    pool.low_since = now if low else None
    pool.save(update_fields=["low_since"])
    audit(
        action="code_pool.low" if low else "code_pool.filled",
        actor=Actor.system(),
        target=("code_pool", pool.id),
        after={"free": free},
    )
