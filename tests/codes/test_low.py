"""A pool that runs low is told to the merchant's admins, once for each dip."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from claims_center import poolmail
from codes import services
from codes.models import CodePool
from codes.stock import check_pools
from messaging.errors import NoLongerValid
from messaging.models import Message
from tenancy.actors import Actor
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope

PoolWith = Callable[..., CodePool]
BY = Actor.system()


@pytest.fixture
def staff(merchant: Merchant) -> None:
    for role in Role:
        user = User.objects.create_user(email=f"{role.name.lower()}@brew-bloom.example", password="x" * 12)
        Membership.objects.create(merchant=merchant, user=user, role=role)


def take(pool: CodePool, number: int) -> list[Any]:
    now = timezone.now()
    return [
        services.take(pool_id=pool.id, origin="claim", origin_id=uuid.uuid4(), now=now, actor=BY)
        for _n in range(number)
    ]


@pytest.mark.usefixtures("staff")
def test_tell_admins_and_owners_once_for_each_dip(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with(*(f"A-{n}" for n in range(30)), low_mark=20, low_days=0)
    now = timezone.now()
    with merchant_scope(merchant):
        check_pools(now=now)
        assert not Message.objects.exists()
        codes = take(pool, 10)

        for minutes in range(3):
            check_pools(now=now + timedelta(minutes=15 * minutes))
        told = set(Message.objects.values_list("to_address", flat=True))
        for code in codes:
            services.put_back(code_id=code.id, actor=BY, now=now)
        check_pools(now=now + timedelta(hours=2))
        take(pool, 12)
        check_pools(now=now + timedelta(hours=3))

        assert told == {"admin@brew-bloom.example", "owner@brew-bloom.example"}
        assert Message.objects.count() == 4


@pytest.mark.usefixtures("staff")
def test_write_how_many_are_left_and_for_how_long(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with("A-1", "A-2", "A-3", name="Gift cards")
    with merchant_scope(merchant):
        take(pool, 1)
        check_pools(now=timezone.now())
        written = poolmail.low(Message.objects.select_related("merchant")[0])

    assert written.subject == "Codes of “Gift cards” are running low"
    assert "has 2 free codes left. At the present rate they last 2 days." in written.text
    assert f"/code-pools/{pool.id}/" in written.html


@pytest.mark.usefixtures("staff")
def test_write_nothing_about_a_pool_that_was_filled_meanwhile(pool_with: PoolWith, merchant: Merchant) -> None:
    pool_with("A-1")
    with merchant_scope(merchant):
        check_pools(now=timezone.now())
        CodePool.objects.update(low_mark=0, low_days=0)
        check_pools(now=timezone.now())

        with pytest.raises(NoLongerValid):
            poolmail.low(Message.objects.select_related("merchant")[0])


def test_warn_by_days_at_the_present_rate(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with(*(f"A-{n}" for n in range(60)), low_mark=5, low_days=7)
    with merchant_scope(merchant):
        take(pool, 10)

        assert check_pools(now=timezone.now()) == 1
