"""Rewards as something that triggers give, and the acts of this room that set triggers off."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from ledger.models import Entry
from loyalty.errors import NotActive, Refused
from loyalty.models import Purchase, RedeemedReward, Reward, RewardStock, RewardTaken
from loyalty.models.trigger import RewardTrigger
from loyalty.services.redeeming import check_open, redeem
from loyalty.states import Source as Door
from tenancy.actors import Actor
from triggers.acts import About, Armed, Happened
from triggers.kit import Source, Target


class RewardTarget(Target):
    """Rewards, granted free."""

    name = "reward"
    model = RewardTrigger
    thing, given, stock, taken = Reward, RedeemedReward, RewardStock, RewardTaken
    own_limit = "customer_limit"
    closed = _lazy("The reward is not active now: triggers would grant nothing.")
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

    def is_open(self, thing: Reward, *, at: datetime) -> bool:
        """Say whether the reward is active."""
        try:
            check_open(reward=thing, now=at)
        except NotActive:
            return False
        return True


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


REWARDS, PURCHASES, REDEMPTIONS = RewardTarget(), Purchases(), Redemptions()
