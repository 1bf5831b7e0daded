"""Coupons and lots at the edges of the calendar, in six time zones: valid to the last instant, and not at the next."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.models import Grant
from ledger.selectors import usable_balance
from ledger.services import backdated
from ledger.units import Unit
from loyalty.coupon import having, status_of
from loyalty.errors import NotEnoughPoints
from loyalty.models import LoyaltySettings, RedeemedReward
from loyalty.services.purchases import record_purchase
from loyalty.states import CouponStatus, Expiry
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
# The zone, what is special, when it begins, so many calendar days, and when they are over; times are UTC. A time of day
# that the clocks jump over is the first instant after the jump; one that comes twice is the first of the two.
EDGES = [
    ("UTC", "the day the clocks go forward", "2024-03-30T02:30:00", 1, "2024-03-31T02:30:00"),
    ("UTC", "the day they go back", "2024-10-26T02:30:00", 1, "2024-10-27T02:30:00"),
    ("UTC", "a leap day", "2024-02-28T23:59:59", 1, "2024-02-29T23:59:59"),
    ("UTC", "a year after a leap day", "2024-02-29T00:00:00", 365, "2025-02-28T00:00:00"),
    ("UTC", "the end of a month", "2024-04-30T23:59:59", 1, "2024-05-01T23:59:59"),
    ("UTC", "the end of a year", "2024-12-31T23:59:59", 1, "2025-01-01T23:59:59"),
    ("Europe/Berlin", "the day the clocks go forward", "2024-03-30T01:30:00", 1, "2024-03-31T01:00:00"),
    ("Europe/Berlin", "the day they go back", "2024-10-26T00:30:00", 1, "2024-10-27T00:30:00"),
    ("Europe/Berlin", "a leap day", "2024-02-28T22:59:59", 1, "2024-02-29T22:59:59"),
    ("Europe/Berlin", "a year after a leap day", "2024-02-28T23:00:00", 365, "2025-02-27T23:00:00"),
    ("Europe/Berlin", "the end of a month", "2024-04-30T21:59:59", 1, "2024-05-01T21:59:59"),
    ("Europe/Berlin", "the end of a year", "2024-12-31T22:59:59", 1, "2025-01-01T22:59:59"),
    ("America/New_York", "the day the clocks go forward", "2024-03-09T07:30:00", 1, "2024-03-10T07:00:00"),
    ("America/New_York", "the day they go back", "2024-11-02T05:30:00", 1, "2024-11-03T05:30:00"),
    ("America/New_York", "a leap day", "2024-02-29T04:59:59", 1, "2024-03-01T04:59:59"),
    ("America/New_York", "a year after a leap day", "2024-02-29T05:00:00", 365, "2025-02-28T05:00:00"),
    ("America/New_York", "the end of a month", "2024-05-01T03:59:59", 1, "2024-05-02T03:59:59"),
    ("America/New_York", "the end of a year", "2025-01-01T04:59:59", 1, "2025-01-02T04:59:59"),
    ("Asia/Kolkata", "the day the clocks go forward", "2024-03-29T21:00:00", 1, "2024-03-30T21:00:00"),
    ("Asia/Kolkata", "the day they go back", "2024-10-25T21:00:00", 1, "2024-10-26T21:00:00"),
    ("Asia/Kolkata", "a leap day", "2024-02-28T18:29:59", 1, "2024-02-29T18:29:59"),
    ("Asia/Kolkata", "a year after a leap day", "2024-02-28T18:30:00", 365, "2025-02-27T18:30:00"),
    ("Asia/Kolkata", "the end of a month", "2024-04-30T18:29:59", 1, "2024-05-01T18:29:59"),
    ("Asia/Kolkata", "the end of a year", "2024-12-31T18:29:59", 1, "2025-01-01T18:29:59"),
    ("Australia/Lord_Howe", "the day the clocks go forward", "2024-10-04T15:45:00", 1, "2024-10-05T15:30:00"),
    ("Australia/Lord_Howe", "the day they go back", "2024-04-05T14:45:00", 1, "2024-04-06T14:45:00"),
    ("Australia/Lord_Howe", "a leap day", "2024-02-28T12:59:59", 1, "2024-02-29T12:59:59"),
    ("Australia/Lord_Howe", "a year after a leap day", "2024-02-28T13:00:00", 365, "2025-02-27T13:00:00"),
    ("Australia/Lord_Howe", "the end of a month", "2024-04-30T13:29:59", 1, "2024-05-01T13:29:59"),
    ("Australia/Lord_Howe", "the end of a year", "2024-12-31T12:59:59", 1, "2025-01-01T12:59:59"),
    ("America/St_Johns", "the day the clocks go forward", "2024-03-09T06:00:00", 1, "2024-03-10T05:30:00"),
    ("America/St_Johns", "the day they go back", "2024-11-02T04:00:00", 1, "2024-11-03T04:00:00"),
    ("America/St_Johns", "a leap day", "2024-02-29T03:29:59", 1, "2024-03-01T03:29:59"),
    ("America/St_Johns", "a year after a leap day", "2024-02-29T03:30:00", 365, "2025-02-28T03:30:00"),
    ("America/St_Johns", "the end of a month", "2024-05-01T02:29:59", 1, "2024-05-02T02:29:59"),
    ("America/St_Johns", "the end of a year", "2025-01-01T03:29:59", 1, "2025-01-02T03:29:59"),
]
edges = pytest.mark.parametrize(
    ("zone", "began", "days", "ended"),
    [(zone, *told) for zone, _, *told in EDGES],
    ids=[f"{zone}: {what}" for zone, what, *_ in EDGES],
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def there(merchant: Merchant, zone: str) -> Any:
    """Open the scope of the merchant, who has moved to a time zone."""
    merchant.time_zone = zone
    merchant.save()
    return merchant_scope(merchant)


def statuses(row: RedeemedReward, moment: datetime) -> set[str]:
    """Return the coupon's status as the row and as the database see it."""
    found = {status for status in CouponStatus if RedeemedReward.objects.filter(having(status, at=moment)).exists()}
    return {status_of(row, at=moment), *found}


@edges
def test_coupon_is_valid_for_calendar_days_of_its_merchant(
    merchant: Merchant, zone: str, began: str, days: int, ended: str
) -> None:
    begin, end = at(began), at(ended)
    with there(merchant, zone):
        with backdated(at=begin):
            who = make.customer()
            make.points(who, 100)
            row = make.take(make.reward(days_valid=days), who, now=begin)
        assert (row.expires_at, Grant.objects.get(id=row.grant_id).expires_at) == (end, end)
        assert [statuses(row, moment) for moment in (begin, end - TICK, end)] == [
            {CouponStatus.ACTIVE},
            {CouponStatus.ACTIVE},
            {CouponStatus.EXPIRED},
        ]


@edges
def test_coupon_becomes_active_after_calendar_days(
    merchant: Merchant, zone: str, began: str, days: int, ended: str
) -> None:
    begin, end = at(began), at(ended)
    with there(merchant, zone):
        with backdated(at=begin):
            who = make.customer()
            make.points(who, 100)
            row = make.take(make.reward(days_until_active=days), who, now=begin)
        assert (row.active_from, Grant.objects.get(id=row.grant_id).valid_from) == (end, end)
        assert statuses(row, end - TICK) == {CouponStatus.INACTIVE}
        assert statuses(row, end) == {CouponStatus.ACTIVE}


@edges
def test_points_can_be_spent_up_to_their_last_instant(
    merchant: Merchant, zone: str, began: str, days: int, ended: str
) -> None:
    begin, end = at(began), at(ended)
    with there(merchant, zone):
        LoyaltySettings.made_with(expiry=Expiry.AFTER_DAYS, expiry_days=days).save()
        who, what = make.customer(), make.reward(cost_in_points=40)
        with backdated(at=begin):
            told: dict[str, Any] = {
                "customer_id": who.id,
                "reference": "R-1",
                "amount": Decimal(100),
                "currency": "USD",
            }
            bought = record_purchase(**told, occurred_at=begin, actor=Actor.system(), now=begin)
        assert Grant.objects.get(id=bought.grant_id).expires_at == end
        balances = [usable_balance(customer_id=who.id, unit=Unit.POINT, at=one) for one in (begin, end - TICK, end)]
        assert balances == [100, 100, 0]
        with backdated(at=end - TICK):
            assert make.take(what, who, now=end - TICK).active_points_after == 60
        with backdated(at=end), pytest.raises(NotEnoughPoints) as refused:
            make.take(what, who, now=end)
        assert refused.value.missing == 40
