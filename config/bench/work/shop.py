"""Somewhere to redeem at: a reward of the dearest kind, and customers who can pay for it again and again.

Redeeming it takes points and a code out of a pool, and writes voucher, row, history, words, an order at a provider and the
job that sends it.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from codes.filling import generate_piece
from codes.models import CodePool
from codes.states import PoolKind
from config.bench.stage import LARGE, Stage
from customers.models import Customer
from jobs.models import Job
from jobs.states import State
from ledger.acts import Act, Step
from ledger.services import post_many
from ledger.units import Unit
from loyalty.models import RedeemedReward, Reward
from loyalty.services import cashback
from loyalty.services.catalogue import create_reward
from loyalty.services.redeeming import redeem
from loyalty.states import CodeSource, RewardType, Source
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.scope import merchant_scope

COST, MANY = 10, 10_000
SYSTEM = Actor.system()


@dataclass(slots=True)
class Shop:
    """A merchant with a reward to redeem, and customers who can pay for it again and again."""

    merchant: Any
    reward: Reward
    customers: list[uuid.UUID]

    def redeem(self, customer_id: uuid.UUID) -> RedeemedReward:
        """Redeem by the service, in a transaction of its own."""
        with merchant_scope(self.merchant):
            return redeem(
                reward_id=self.reward.id,
                customer_id=customer_id,
                op_key=new_id().hex,
                source=Source.API,
                actor=SYSTEM,
                now=timezone.now(),
            )


@contextmanager
def opened_shop(stage: Stage, *, codes: int) -> Iterator[Shop]:
    """Make the reward with its codes, and give points to the customers; call the jobs off at the end."""
    merchant, now = stage.merchant(LARGE), timezone.now()
    with merchant_scope(merchant):
        customers = list(Customer.objects.order_by("id").values_list("id", flat=True)[: min(MANY, stage.size)])
        reward = _reward(now, codes)
        for first in range(0, len(customers), 2000):
            post_many(acts=[_points(one) for one in customers[first : first + 2000]], actor=SYSTEM)
    yield Shop(merchant, reward, customers)
    with merchant_scope(merchant):
        waiting = Job.objects.filter(kind=cashback.KIND, state=State.DUE)
        waiting.update(state=State.CANCELLED, finished_at=timezone.now())


def _reward(now: datetime, codes: int) -> Reward:
    name = f"Measured {now:%Y-%m-%d %H:%M:%S.%f}"
    pool: CodePool = CodePool.made_with(name=name, kind=PoolKind.GENERATED, created_at=now, low_mark=0, low_days=0)
    pool.save()
    generate_piece(pool_id=pool.id, pattern="M-************", count=codes, now=now)
    values = {"name": name, "reward_type": RewardType.CASHBACK, "cost_in_points": COST, "tax_value": Decimal(1)}
    values |= {"amount": Decimal(5), "currency": "USD", "cashback_provider": "paytm"}
    values |= {"code_source": CodeSource.POOL, "pool_id": pool.id}
    return create_reward(values=values, actor=SYSTEM, now=now)


def _points(customer_id: uuid.UUID) -> Act:
    steps = (Step.grant(unit=Unit.POINT, amount=10_000_000),)
    told: dict[str, Any] = {"event": "points.imported", "origin": "bench", "origin_id": new_id()}
    return Act(customer_id=customer_id, key=new_id().hex, steps=steps, **told)
