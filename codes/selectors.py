"""Reads: pools with their counts, and which of them are running low."""

import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from codes.models import Code, CodePool
from codes.states import CodeState

RATE_DAYS = 28


@dataclass(frozen=True, slots=True)
class Stock:
    """What is in a pool."""

    free: int = 0
    taken: int = 0
    burnt: int = 0
    taken_lately: int = 0
    # Over how many days that was: a young pool's rate is that of its own days.
    rate_days: int = RATE_DAYS

    @property
    def total(self) -> int:
        """Return how many codes the pool has ever had."""
        return self.free + self.taken + self.burnt

    @property
    def days_left(self) -> int | None:
        """Return for how many whole days the free codes last at the present rate; None if none was taken lately."""
        if not self.taken_lately:
            return None
        return math.floor(self.free * self.rate_days / self.taken_lately)

    def is_low(self, pool: CodePool) -> bool:
        """Say whether the pool's own marks are passed."""
        days = self.days_left
        return self.free <= pool.low_mark or (days is not None and days < pool.low_days)


def free_count(pool_id: uuid.UUID) -> int:
    """Return how many codes of a pool are free."""
    return Code.objects.filter(pool_id=pool_id, state=CodeState.FREE).count()


def pools_for_list() -> QuerySet[CodePool]:
    """Return the merchant's pools."""
    found: QuerySet[CodePool] = CodePool.objects.all()
    return found


def open_pools() -> QuerySet[CodePool]:
    """Return the pools that promotions, rewards and offers may draw from."""
    found: QuerySet[CodePool] = CodePool.objects.filter(archived_at__isnull=True).order_by("name")
    return found


def stocks(pool_ids: Iterable[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, Stock]:
    """Return each pool's stock in one query."""
    wanted = list(pool_ids)
    rows = (
        Code.objects.filter(pool_id__in=wanted)
        .values("pool_id")
        .annotate(
            free=Count("id", filter=Q(state=CodeState.FREE)),
            taken=Count("id", filter=Q(state=CodeState.TAKEN)),
            burnt=Count("id", filter=Q(state=CodeState.BURNT)),
            first_at=Min("created_at"),
            first_taken_at=Min("taken_at"),
            lately=Count("id", filter=Q(taken_at__gte=now - timedelta(days=RATE_DAYS))),
        )
    )
    found = {row["pool_id"]: _stock(dict(row), now) for row in rows}
    return {pool_id: found.get(pool_id, Stock()) for pool_id in wanted}


def _stock(row: dict[str, Any], now: datetime) -> Stock:
    """Return a pool's stock; the rate is that of the last 28 days, or of the days since its first code came."""
    first_at = min(filter(None, (row["first_at"], row["first_taken_at"])))
    age = math.ceil((now - first_at).total_seconds() / 86_400)
    days = min(RATE_DAYS, max(1, age))
    return Stock(row["free"], row["taken"], row["burnt"], row["lately"], days)


def low_pools() -> QuerySet[CodePool]:
    """Return the pools in use that the last check found low; cheap enough for a banner."""
    found: QuerySet[CodePool] = CodePool.objects.filter(archived_at__isnull=True, low_since__isnull=False)
    return found.order_by("low_since")


def codes_for_list(pool_id: uuid.UUID) -> QuerySet[Code]:
    """Return a pool's codes."""
    found: QuerySet[Code] = Code.objects.filter(pool_id=pool_id)
    return found
