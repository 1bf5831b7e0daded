"""Rewards as something that triggers give, and the acts of this room that set triggers off."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from ledger.models import Entry
from loyalty.errors import NotActive, Refused
from loyalty.models import Purchase, RedeemedReward, Reward, RewardStock, RewardTaken
from loyalty.models.trigger import RewardTrigger
from loyalty.services.redeeming import check_open, redeem
from loyalty.states import Source as Door
from tenancy.actors import Actor
from triggers.acts import About, Armed, Happened
from triggers.kit import Room, Source, Target


class RewardTarget(Target):
    """Rewards, granted free."""

    name = "reward"
    model = RewardTrigger
    # A reward or a customer who is gone meanwhile is refused too.
    refused = (Refused, ObjectDoesNotExist)

    def give(self, trigger: Armed, act: Happened, *, now: datetime) -> RedeemedReward:
        """Grant the reward because of the act."""
        return redeem(
            reward_id=trigger.subject_id,
            customer_id=act.customer_id,
            op_key=trigger.key_for(act),
            source=Door.RULE,
            actor=Actor.system(),
            now=now,
            trigger_entry_id=act.entry_id,
        )

    def answered(
        self, *, subjects: Collection[uuid.UUID], entries: Sequence[uuid.UUID]
    ) -> set[tuple[uuid.UUID, uuid.UUID]]:
        """Return which of these rewards were granted because of which of these entries."""
        rows: Any = RedeemedReward.objects.filter(reward_id__in=list(subjects), trigger_entry_id__in=list(entries))
        return set(rows.values_list("reward_id", "trigger_entry_id"))

    def held(self, *, subject_id: uuid.UUID) -> Reward:
        """Return the reward, locked."""
        found: Reward = Reward.objects.select_for_update(no_key=True).get(id=subject_id)
        return found

    def room(self, *, subject_id: uuid.UUID, at: datetime) -> Room:
        """Return how often customers could still have the reward."""
        reward = Reward.objects.get(id=subject_id)
        own: dict[uuid.UUID, int] = {}
        if reward.customer_limit is not None:
            rows = RewardTaken.objects.filter(reward_id=subject_id)
            own = dict(rows.values_list("customer_id", "taken"))
        left = None
        if reward.total_limit is not None:
            taken = RewardStock.objects.filter(reward_id=subject_id).values_list("taken", flat=True).first() or 0
            left = max(reward.total_limit - taken, 0)
        closed = "" if _is_open(reward, at) else _("The reward is not active now: triggers would grant nothing.")
        return Room(reward.customer_limit, own, left, closed)


class Purchases(Source):
    """Recorded purchases, each worth its amount."""

    def narrowed(self, entries: QuerySet[Entry], minimum: Decimal) -> QuerySet[Entry]:
        """Return the entries of purchases of at least so much."""
        return entries.filter(origin_id__in=Purchase.objects.filter(amount_cents__gte=int(minimum * 100)).values("id"))

    def amounts(self, origins: Sequence[uuid.UUID]) -> dict[uuid.UUID, Decimal]:
        """Return the purchases' amounts."""
        return dict(Purchase.objects.filter(id__in=list(origins)).values_list("id", "amount"))

    def describe(self, entries: Sequence[Entry], *, slug: str) -> dict[uuid.UUID, About]:
        """Return the purchases by their references."""
        rows = Purchase.objects.filter(id__in=[one.origin_id for one in entries])
        known = dict(rows.values_list("id", "reference"))
        return {
            one.id: About(
                _("Purchase %(reference)s") % {"reference": known[one.origin_id]},
                reverse("loyalty:purchase", args=[slug, one.origin_id]),
            )
            for one in entries
            if one.origin_id in known
        }


class Redemptions(Source):
    """Rewards that were redeemed for points."""

    def describe(self, entries: Sequence[Entry], *, slug: str) -> dict[uuid.UUID, About]:
        """Return the rewards by their names."""
        rows = RedeemedReward.objects.filter(id__in=[one.origin_id for one in entries])
        known = dict(rows.values_list("id", "reward_name"))
        return {
            one.id: About(
                _("Reward %(reward)s") % {"reward": known[one.origin_id]},
                reverse("loyalty:redeemed_detail", args=[slug, one.origin_id]),
            )
            for one in entries
            if one.origin_id in known
        }


def _is_open(reward: Reward, at: datetime) -> bool:
    try:
        check_open(reward=reward, now=at)
    except NotActive:
        return False
    return True


REWARDS, PURCHASES, REDEMPTIONS = RewardTarget(), Purchases(), Redemptions()
