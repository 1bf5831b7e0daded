"""A customer's points on the page: what can be spent, what comes later, and what ends soon."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from loyalty.points import summary

# What ends within so many days ends soon; the next date is named even where it is later.
SOON = timedelta(days=60)
MOST = 3


@dataclass(frozen=True, slots=True)
class Ending:
    """Points that end on a day of the merchant's zone: their last instant is `at` (UTC)."""

    points: int
    day: date
    at: datetime
    is_soon: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """What the top of the page says."""

    active: int
    pending: int
    ending: list[Ending]

    @property
    def is_soon(self) -> bool:
        """Say whether some of it ends soon."""
        return any(one.is_soon for one in self.ending)


def balance_of(*, customer_id: uuid.UUID, at: datetime) -> Balance:
    """Return a customer's points at an instant; one query."""
    found = summary(customer_id=customer_id, at=at)
    days: dict[date, Ending] = {}
    for one in found.expiring:
        # Points end just before this instant: at midnight that is the day before.
        last = one.expires_at - timedelta(microseconds=1)
        day = timezone.localtime(last).date()
        points = one.points + (days[day].points if day in days else 0)
        days[day] = Ending(points, day, one.expires_at, one.expires_at - at <= SOON)
    ending = list(days.values())[:MOST]
    return Balance(found.active, found.pending, [one for one in ending if one.is_soon] or ending[:1])
