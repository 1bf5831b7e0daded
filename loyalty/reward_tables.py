"""The catalogue of rewards as a table."""

import uuid
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from loyalty.models import Reward
from loyalty.states import RewardType
from ui import cells, locale
from ui.tables import Column, Table


class RewardTable(Table):
    """One reward a row. `counts`: how often each of this page was redeemed; `left`: how many of the limited are left."""

    name = Column(_("Name"), empty_values=(), phone="lead")
    type = Column(_("Reward type"), accessor="reward_type")
    cost = Column(_("Cost in points"), accessor="cost_in_points", numeric=True)
    redeemed = Column(_("Redeemed"), empty_values=(), numeric=True)
    left = Column(_("Left"), empty_values=(), numeric=True, phone="none")
    state = Column(_("State"), empty_values=(), phone="side")

    def __init__(
        self,
        *args: Any,
        merchant_slug: str,
        now: datetime,
        counts: dict[uuid.UUID, str],
        left: dict[uuid.UUID, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug, self.now, self.counts, self.left_of = merchant_slug, now, counts, left

    def render_name(self, record: Reward) -> str:
        """The name, as the way to the reward."""
        return cells.link(reverse("loyalty:reward", args=[self.merchant_slug, record.id]), record.name)

    def render_type(self, value: str) -> str:
        """What kind of reward it is."""
        return cells.text(RewardType(value).label)

    def render_redeemed(self, record: Reward) -> str:
        """How often it was redeemed."""
        return cells.text(self.counts.get(record.id, "0"))

    def render_left(self, record: Reward) -> str:
        """How many are left of a limited one."""
        if record.total_limit is None:
            return cells.dash()
        return cells.number(max(record.total_limit - self.left_of.get(record.id, 0), 0))

    def render_state(self, record: Reward) -> str:
        """Whether customers can redeem it now."""
        return state_badge(record, now=self.now)


def state_badge(reward: Reward, *, now: datetime) -> str:
    """Return whether a reward can be redeemed now, as a badge."""
    if reward.archived_at is not None:
        return cells.badge(_now("Archived"), "mute", "archive")
    if reward.active_to is not None and reward.active_to <= now:
        return cells.badge(_now("Ended"), "warn", "calendar-x")
    if reward.active_from is not None and reward.active_from > now:
        return cells.badge(_now("From %(day)s") % {"day": locale.day(reward.active_from)}, "mute", "clock")
    return cells.badge(_now("Active"), "ok", "circle-check")
