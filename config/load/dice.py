"""How synthetic claims come in and what becomes of them: believable shares, the same on every run."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from messaging.states import Status as Mail

DAYS = 400
# Of a hundred claims so many name an order that ...
OUTCOMES = (
    ("match", 71),
    ("unknown", 9),
    ("left_out", 5),
    ("wrong_product", 4),
    ("claimed_before", 4),
    ("too_old", 4),
    ("other_buyer", 3),
)
# ... and so many end like this, unless they have only just come in ...
ENDS = (("processed", 58), ("new", 13), ("rejected", 9), ("gifted", 8), ("verified", 7), ("needs_info", 5))
# ... or are so old that nearly all work on them is done.
OLD_ENDS = (("processed", 85), ("rejected", 10), ("gifted", 3), ("needs_info", 2))
REPORTS = (
    (Mail.OPENED, 57),
    (Mail.DELIVERED, 33),
    (Mail.SENT, 4),
    (Mail.BOUNCED, 4),
    (Mail.COMPLAINED, 1),
    (Mail.FAILED, 1),
)
RATINGS = ((5, 48), (4, 26), (3, 11), (2, 6), (1, 5), (None, 4))
FRESH, OLD = timedelta(hours=30), timedelta(days=45)


class Dice(random.Random):
    """Dice seeded by the merchant's name."""

    def pick(self, shares: Sequence[tuple[object, int]]) -> object:
        """Return one of the things by its share."""
        things, weights = _columns(tuple(shares))
        return self.choices(things, cum_weights=weights)[0]

    def minutes(self, least: int, most: int) -> timedelta:
        """Return a time between two numbers of minutes."""
        return timedelta(seconds=self.randrange(least * 60, most * 60))


def arrival(number: int, count: int, now: datetime) -> datetime:
    """Return when the claim with this number of so many comes in: over 400 days, more of them lately."""
    age = DAYS * (1 - (number + 0.5) / count) ** 1.3
    return now - timedelta(minutes=10) - timedelta(days=age)


@cache
def _columns(shares: tuple[tuple[object, int], ...]) -> tuple[tuple[object, ...], tuple[int, ...]]:
    things, weights = zip(*shares, strict=True)
    return things, tuple(sum(weights[: place + 1]) for place in range(len(weights)))
