"""What the parts of the demo share: one merchant's story, its dice, its clock and what was made so far."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from config.demo.stories import MerchantStory
from tenancy.actors import Actor
from tenancy.models import Merchant, User


@dataclass
class Stage:
    """One merchant's demo in the making; the dice are seeded by its slug, so that every start tells the same."""

    story: MerchantStory
    merchant: Merchant
    now: datetime
    staff: dict[str, User] = field(default_factory=dict)
    products: dict[str, Any] = field(default_factory=dict)
    pools: dict[str, Any] = field(default_factory=dict)
    promotions: dict[str, Any] = field(default_factory=dict)
    funnels: dict[str, Any] = field(default_factory=dict)
    listings: list[Any] = field(default_factory=list)
    people: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.story.slug)  # noqa: S311 - a story, not a secret

    def past(self, at: datetime) -> datetime:
        """Return the time, or a few minutes ago where it lies ahead: nothing of the story has yet to happen."""
        return min(at, self.now - timedelta(minutes=3))

    def actor(self, role: str) -> Actor:
        """Return the member of staff with this role as an actor."""
        return Actor.user(self.staff[role])
