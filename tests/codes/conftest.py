"""Pools with codes."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from codes.filling import insert
from codes.models import CodePool
from codes.normalise import value_norm
from tenancy.models import Merchant
from tenancy.scope import merchant_scope


@pytest.fixture
def pool_with(merchant: Merchant) -> Callable[..., CodePool]:
    """Makes a pool of the merchant with these codes."""

    def make(*values: str, name: str = "Coupons", whose: Merchant = merchant, **fields: object) -> CodePool:
        now = timezone.now()
        with merchant_scope(whose):
            pool: CodePool = CodePool.objects.create(name=name, created_at=now, **fields)
            if values:
                insert(pool_id=pool.id, codes=[(value, value_norm(value)) for value in values], now=now)
        return pool

    return make
