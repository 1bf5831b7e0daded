"""How many points a purchase earns, and how long they last: sums and dates, no database."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from loyalty.calendar import expires_at
from loyalty.models import LoyaltySettings
from loyalty.states import Rounding
from tenancy.days import add_days

ROUNDINGS = {Rounding.DOWN: ROUND_FLOOR, Rounding.NEAREST: ROUND_HALF_UP, Rounding.UP: ROUND_CEILING}


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until before when points can be spent (UTC); `expires_at` None is never."""

    valid_from: datetime
    expires_at: datetime | None


def points_for(amount: Decimal, rules: LoyaltySettings) -> int:
    """Return the points of a purchase of this amount in the merchant's currency."""
    if amount < rules.minimum_amount:
        return 0
    return int((amount * rules.points_per_unit).to_integral_value(ROUNDINGS[Rounding(rules.rounding)]))


def validity(earned_at: datetime, rules: LoyaltySettings, zone: tzinfo) -> Validity:
    """Return when points earned at an instant can be spent.

    Days of lock and of expiry are calendar days of the zone. The end is counted from the earning; where the lock
    lasts beyond it (earned on the last day of a month, say), it is counted from the end of the lock, so that no
    point expires before it could be spent.
    """
    unlocked = add_days(earned_at, rules.lock_days, zone)
    end = _end(earned_at, rules, zone)
    if end is not None and end <= unlocked:
        end = _end(unlocked, rules, zone)
    return Validity(unlocked, end)


def _end(start: datetime, rules: LoyaltySettings, zone: tzinfo) -> datetime | None:
    return expires_at(start, kind=rules.expiry, days=rules.expiry_days, months=rules.expiry_months, zone=zone)


def returned_in_all(points: int, *, amount: Decimal, returned: Decimal) -> int:
    """Return how many of a purchase's points its returns take back so far: pro rata, in the customer's favour.

    Of the whole amount that is all points; of nothing, none. Counted over all returns together, so that many small
    ones take no more than one large one.
    """
    return int((points * returned / amount).to_integral_value(ROUND_FLOOR)) if amount else 0
