"""Rewards as a customer sees them: what each costs, how far it is, and why it cannot be had where it cannot."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from cockpit.client import looks
from loyalty.errors import LimitReached, NotActive, NotEnoughPoints, SoldOut
from loyalty.models import Reward
from loyalty.rules import Judged, judge, visible_rewards
from ui import locale
from ui.keyset import KeysetPage, Sort, paginate

SIZE = 24
CHEAPEST = Sort("cost", "cost_in_points")
SHORT_OF_POINTS = "not_enough_points"


@dataclass(frozen=True, slots=True)
class Card:
    """One reward for one customer; `why` is the sentence of its disabled button, "" where it can be redeemed."""

    reward: Reward
    url: str
    icon: str
    picture: str
    worth: str
    why: str
    code: str
    missing: int

    @property
    def have(self) -> int:
        """Return how many of its points the customer has."""
        return self.reward.cost_in_points - self.missing

    @property
    def is_far(self) -> bool:
        """Say whether points are all that is missing."""
        return self.code == SHORT_OF_POINTS

    @property
    def tip(self) -> str:
        """Return the id of the sentence on the page."""
        return f"why-{self.reward.id.hex[-12:]}"


def rewards_page(*, at: datetime, after: str = "", before: str = "") -> KeysetPage:
    """Return a page of what customers see, the cheapest first."""
    shown: QuerySet[Reward] = visible_rewards(at=at).order_by()
    return paginate(shown, sort=CHEAPEST, size=SIZE, after=after, before=before)


def cards_of(*, rewards: Sequence[Reward], customer_id: uuid.UUID, slug: str, at: datetime) -> list[Card]:
    """Return rewards as cards for one customer at an instant, in their order."""
    if not rewards:
        return []
    return [_card(judged, slug, at) for judged in judge(rewards=rewards, customer_id=customer_id, at=at)]


def card_of(*, reward_id: uuid.UUID, customer_id: uuid.UUID, slug: str, at: datetime) -> Card | None:
    """Return one reward as a card; None where customers do not see it."""
    found = list(visible_rewards(at=at).filter(id=reward_id))
    return next(iter(cards_of(rewards=found, customer_id=customer_id, slug=slug, at=at)), None)


def next_of(cards: Sequence[Card]) -> Card | None:
    """Return the reward that the customer reaches next: the first that only points are missing for."""
    return next((card for card in cards if card.is_far), None)


def _card(judged: Judged, slug: str, at: datetime) -> Card:
    reward, refusal = judged.reward, judged.refusal
    return Card(
        reward=reward,
        url=reverse("client:reward", args=[slug, reward.id]),
        icon=looks.icon_of(reward.reward_type),
        picture=looks.picture_of(reward, slug),
        worth=looks.worth_of(reward),
        why=_why(judged, at),
        code=refusal.code if refusal else "",
        missing=judged.missing_points,
    )


def _why(judged: Judged, at: datetime) -> str:
    """Return in a customer's words why not, "" where nothing stands against it."""
    refusal, reward = judged.refusal, judged.reward
    if refusal is None:
        return ""
    if refusal.code == SHORT_OF_POINTS:
        return NotEnoughPoints(judged.missing_points).sentence
    if refusal.code == NotActive.code and reward.active_from is not None and reward.active_from > at:
        return _("You can redeem it from %(time)s.") % {"time": locale.moment(reward.active_from)}
    words: dict[str, Any] = {SoldOut.code: SoldOut.text, LimitReached.code: LimitReached.text}
    return str(words.get(refusal.code, NotActive.text))
