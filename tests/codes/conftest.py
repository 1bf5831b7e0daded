"""Pools with codes."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from codes.filling import insert
from codes.models import CodePool
from codes.normalise import value_norm
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
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


@pytest.fixture
def signed_in(merchant: Merchant) -> Callable[[Role], Client]:
    """Makes a browser that is signed in as a member with this role."""
    Merchant.objects.filter(pk=merchant.pk).update(mfa_required=False)

    def sign_in(role: Role) -> Client:
        user = User.objects.create_user(email=f"{role.name.lower()}@brew-bloom.example", password="x" * 12)
        Membership.objects.create(merchant=merchant, user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return sign_in
