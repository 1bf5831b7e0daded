"""What staff may do to rewards and to the rules for points. Each change leaves an audit event with what was and is."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.errors import NotAllowed, StaleVersion
from loyalty.models import LoyaltySettings, RedeemedReward, Reward
from loyalty.models.trigger import RewardTrigger
from loyalty.services import stock
from loyalty.services.copies import carry_name
from loyalty.services.purchases import settings_of_merchant
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.errors import ChangedMeanwhile
from tenancy.ids import new_id
from tenancy.seen import mark
from triggers.copying import copy_switched_off

FIELDS = (
    "name",
    "description",
    "image",
    "reward_type",
    "cost_in_points",
    "tax_value",
    "percent",
    "amount",
    "currency",
    "visible_from",
    "visible_to",
    "active_from",
    "active_to",
    "code_source",
    "pool_id",
    "burns_code",
    "total_limit",
    "customer_limit",
    "days_until_active",
    "days_valid",
    "cashback_provider",
)
SETTINGS = (
    "points_per_unit",
    "minimum_amount",
    "rounding",
    "lock_days",
    "expiry",
    "expiry_days",
    "expiry_months",
    "approval_above",
    "point_value",
    "reminds",
    "reminder_days",
    "fulfilment_email",
)


@transaction.atomic
def create_reward(*, values: Mapping[str, Any], actor: Actor, now: datetime) -> Reward:
    """Make a reward: saves it, opens the counters of its limits, audits. ``values`` holds what FIELDS names."""
    reward: Reward = Reward.made_with(**values, created_at=now)
    reward.save(force_insert=True)
    stock.count(reward=reward)
    audit(action="reward.created", actor=actor, target=("reward", reward.id), after=_facts(reward, FIELDS))
    return reward


@transaction.atomic
def update_reward(
    *, reward_id: uuid.UUID, values: Mapping[str, Any], version: int, actor: Actor, now: datetime
) -> Reward:
    """Change a reward that somebody looked at in its ``version``.

    1. Locks it against redemptions too, so that limits and counters change together.
    2. Saves, counts anew what is taken of limited ones, carries a new name to the redeemed rewards and their search.
    3. Audits what changed; nothing changed is nothing done.

    What was redeemed keeps its cost, value and validity. Raises StaleVersion, NotAllowed (type of a redeemed reward).
    """
    reward: Reward = Reward.objects.select_for_update().get(id=reward_id)
    if reward.version != version:
        raise StaleVersion
    before = _facts(reward, FIELDS)
    for name, value in values.items():
        setattr(reward, name, value)
    after = _facts(reward, FIELDS)
    if before == after:
        return reward
    if before["reward_type"] != after["reward_type"] and RedeemedReward.objects.filter(reward=reward).exists():
        raise NotAllowed(_("The type of a reward that was redeemed cannot change. Clone it instead."))
    reward.version += 1
    reward.save()
    stock.count(reward=reward)
    if before["name"] != after["name"]:
        carry_name(reward=reward)
    audit(action="reward.changed", actor=actor, target=("reward", reward.id), before=before, after=after)
    return reward


@transaction.atomic
def clone_reward(*, reward_id: uuid.UUID, op_key: uuid.UUID, actor: Actor, now: datetime) -> Reward:
    """Make another reward like this one, with "copy" behind its name and its active period over. Copies its triggers, audits.

    ``op_key`` becomes its id, so that the same request makes one. The copies of triggers are switched off.
    """
    known: Reward | None = Reward.objects.filter(id=op_key).first()
    if known is not None:
        return known
    reward: Reward = Reward.objects.get(id=reward_id)
    reward.id, reward.created_at, reward.archived_at, reward.version = op_key, now, None, 1
    reward.name = _("%(name)s (copy)") % {"name": reward.name[:110]}
    reward.visible_from = reward.active_from = None
    # Nobody sees it before somebody has looked it over.
    reward.visible_to = reward.active_to = now
    reward._state.adding = True
    reward.save(force_insert=True)
    stock.count(reward=reward)
    triggers = copy_switched_off(model=RewardTrigger, name="reward", of=reward_id, to=reward.id, now=now)
    after = {"of": str(reward_id), "triggers_off": triggers}
    audit(action="reward.cloned", actor=actor, target=("reward", reward.id), after=after)
    return reward


@transaction.atomic
def archive_reward(*, reward_id: uuid.UUID, archived: bool, actor: Actor, now: datetime) -> Reward:
    """Take a reward out of the catalogue, or back into it, and audit it. What was redeemed stays valid. Twice is once."""
    reward: Reward = Reward.objects.select_for_update().get(id=reward_id)
    if (reward.archived_at is not None) == archived:
        return reward
    reward.archived_at = now if archived else None
    reward.version += 1
    reward.save(update_fields=["archived_at", "version", "change_xid"])
    audit(action="reward.archived" if archived else "reward.restored", actor=actor, target=("reward", reward.id))
    return reward


@transaction.atomic
def save_settings(*, values: Mapping[str, Any], actor: Actor, now: datetime, seen: str = "") -> LoyaltySettings:
    """Set the merchant's rules for points and rewards, and audit what changed. What was earned keeps its own end.

    ``seen`` is the mark (`mark_of`) of the rules that the person was shown; raises ChangedMeanwhile for another one.
    """
    found: LoyaltySettings | None = LoyaltySettings.objects.select_for_update().first()
    if seen and seen != mark_of(settings=found or settings_of_merchant()):
        raise ChangedMeanwhile
    before = _facts(found, SETTINGS) if found else None
    row: LoyaltySettings = found or LoyaltySettings.made_with(id=new_id())
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    after = _facts(row, SETTINGS)
    if before != after:
        audit(action="loyalty.settings_changed", actor=actor, target=("loyalty", row.id), before=before, after=after)
    return row


def mark_of(*, settings: LoyaltySettings) -> str:
    """Return by what a page tells the rules that it shows from later ones."""
    return mark(getattr(settings, name) for name in SETTINGS)


def _facts(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
