"""The rewards of a synthetic merchant: three of each type, made by the product's own services."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from codes.filling import generate
from codes.models import CodePool
from codes.services import save_pool
from codes.states import PoolKind
from config.demo.base import Stage
from config.load.fill import OWNER, Loader
from loyalty.models import Reward
from loyalty.services.catalogue import create_reward, save_settings
from loyalty.states import CodeSource, Expiry, RewardType
from tenancy.search import words_of

PLENTY = 1_000_000_000
FREE_CODES = 200
# What it is called, and what every reward of its type says.
TYPES: dict[RewardType, tuple[str, dict[str, Any]]] = {
    RewardType.PERCENTAGE_DISCOUNT_CODE: ("percent off", {"percent": Decimal(10), "days_valid": 60}),
    RewardType.DISCOUNT_CODE: ("discount", {"amount": Decimal(5), "days_valid": 30}),
    RewardType.VALUE_CODE: ("gift card", {"amount": Decimal(10)}),
    RewardType.FREE_DELIVERY: ("shipping", {"days_valid": 90}),
    RewardType.GIFT: ("mug", {"total_limit": PLENTY}),
    RewardType.INVITATION: ("tasting", {"days_until_active": 7, "days_valid": 45}),
    RewardType.CUSTOM_CAMPAIGN: ("surprise", {"customer_limit": PLENTY}),
    RewardType.CASHBACK: ("cashback", {"amount": Decimal(5), "cashback_provider": "paytm"}),
}
WITH_CODES = {
    RewardType.PERCENTAGE_DISCOUNT_CODE: CodeSource.POOL,
    RewardType.DISCOUNT_CODE: CodeSource.POOL,
    RewardType.VALUE_CODE: CodeSource.GENERATED,
}
SIZES = (("Small", 100, "1.50"), ("Great", 250, "4.00"), ("Grand", 600, "12.00"))
COLUMNS = """n integer, reward_id uuid, reward_name text, reward_type text, cost integer, tax_value numeric, amount numeric,
    currency text, pool_id uuid, burns boolean, until_active integer, days_valid integer, is_counted boolean,
    reward_words text[]"""


def stock_rewards(stage: Stage, opened: datetime) -> None:
    """Make the merchant's rules for points, its rewards and their code pools, as if since ``opened`` (UTC), once."""
    if Reward.objects.exists():
        return
    values: dict[str, Any] = {"points_per_unit": Decimal(1), "expiry": Expiry.AFTER_DAYS, "expiry_days": 800}
    save_settings(values=values, actor=stage.actor("owner"), now=opened)
    for kind, (called, more) in TYPES.items():
        for size, cost, tax in SIZES:
            name = f"{size} {called}"
            values = {"name": name, "cost_in_points": cost, "tax_value": Decimal(tax)}
            values |= {"reward_type": kind, "currency": stage.story.currency} | more
            source = WITH_CODES.get(kind)
            if source:
                values |= {"code_source": source, "pool_id": _pool(stage, name, opened).id}
            create_reward(values=values, actor=stage.actor("admin"), now=opened)


def draft_rewards(loader: Loader) -> None:
    """Keep the merchant's rewards in `load_reward`, by number; read over the owner's connection."""
    found = Reward.objects.using(OWNER).order_by("name", "id")
    rows = [_row(number, reward) for number, reward in enumerate(found)]
    loader.copy("load_reward", COLUMNS, rows)
    loader.params["rewards"] = len(rows)


def _pool(stage: Stage, name: str, opened: datetime) -> CodePool:
    pool: CodePool = CodePool.made_with(name=f"Reward: {name}", kind=PoolKind.GENERATED, pattern="RW-********")
    save_pool(pool=pool, actor=stage.actor("admin"), now=opened)
    generate(pool_id=pool.id, pattern=pool.pattern, count=FREE_CODES, actor=stage.actor("admin"), now=opened)
    return pool


def _row(number: int, reward: Reward) -> tuple[Any, ...]:
    return (
        number,
        reward.id,
        reward.name,
        reward.reward_type,
        reward.cost_in_points,
        reward.tax_value,
        reward.amount,
        reward.currency,
        reward.pool_id,
        reward.burns_code,
        reward.days_until_active,
        reward.days_valid,
        reward.customer_limit is not None,
        sorted(words_of(reward.name)),
    )
