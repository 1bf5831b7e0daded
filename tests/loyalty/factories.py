"""Rewards, customers with points, and redemptions for tests, by the services that the product uses."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from codes.filling import generate
from codes.models import CodePool
from codes.states import PoolKind
from customers.models import Customer
from ledger.services import grant
from ledger.units import Unit
from loyalty.models import RedeemedReward, Reward
from loyalty.services import stock
from loyalty.services.redeeming import redeem
from loyalty.states import CodeSource, RewardType, Source
from tenancy.actors import Actor

# The key of the account at the provider of cashback.
KEY = "0123456789abcdef"
SYSTEM = Actor.system()


def customer(**values: Any) -> Customer:
    """Return a customer with an address."""
    known = {
        "email": f"{uuid.uuid4().hex[:12]}@example.com",
        "first_name": "Mara",
        "last_name": "Lind",
        "street": "Long Lane",
        "house_number": "4",
        "city": "Leeds",
        "postal_code": "LS1 4AP",
        "country": "GB",
        "created_at": timezone.now(),
    }
    made: Customer = Customer.made_with(**known | values)
    made.save()
    return made


def points(
    who: Customer, amount: int, *, expires_at: datetime | None = None, valid_from: datetime | None = None
) -> uuid.UUID:
    """Give points as one lot and return it."""
    posted = grant(
        unit=Unit.POINT,
        amount=amount,
        expires_at=expires_at,
        valid_from=valid_from,
        event="points.imported",
        origin="test",
        origin_id=uuid.uuid4(),
        customer_id=who.id,
        actor=SYSTEM,
        key=uuid.uuid4().hex,
    )
    return posted.grants[0]


def pool(size: int, **values: Any) -> CodePool:
    """Return a pool with so many free codes."""
    made: CodePool = CodePool.made_with(
        name=f"Pool {uuid.uuid4().hex[:8]}", kind=PoolKind.GENERATED, created_at=timezone.now(), **values
    )
    made.save()
    if size:
        generate(pool_id=made.id, pattern="R-********", count=size, actor=SYSTEM, now=timezone.now())
    return made


def reward(**values: Any) -> Reward:
    """Return a reward of 100 points that anybody may redeem."""
    known = {
        "name": "Book",
        "reward_type": RewardType.DISCOUNT_CODE,
        "cost_in_points": 100,
        "tax_value": Decimal("1.50"),
        "currency": "USD",
        "created_at": timezone.now(),
    }
    if values.get("pool") is not None:
        known["code_source"] = CodeSource.POOL
    if values.get("reward_type") == RewardType.CASHBACK:
        known |= {"cashback_provider": "paytm", "amount": Decimal(5)}
    made: Reward = Reward.made_with(**known | values)
    made.save()
    stock.count(reward=made)
    return made


def take(
    what: Reward, who: Customer, *, key: str = "", source: Source = Source.COCKPIT, **values: Any
) -> RedeemedReward:
    """Redeem a reward now."""
    return redeem(
        reward_id=what.id,
        customer_id=who.id,
        op_key=key or uuid.uuid4().hex,
        source=source,
        actor=Actor.customer(who.id),
        now=values.pop("now", None) or timezone.now(),
        **values,
    )


def soon(**delta: float) -> datetime:
    """Return an instant so far from now."""
    return timezone.now() + timedelta(**delta)
