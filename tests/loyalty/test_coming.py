"""What the next sweeps of points and coupons will do is said before."""

from datetime import timedelta

from django.utils import timezone

from jobs.coming import Ahead
from loyalty import coming, coupons
from tenancy.models import Merchant
from tests.loyalty.factories import customer, points, reward, soon, take


def test_points_that_end_within_the_time(scope: Merchant) -> None:
    one, another = customer(), customer()
    points(one, 300, expires_at=soon(hours=3))
    points(one, 200, expires_at=soon(hours=5))
    points(another, 1000, expires_at=soon(hours=5))
    points(another, 70, expires_at=soon(days=3))

    found = coming.points(until=soon(hours=24))

    assert found == [Ahead("1,500 points of 2 customers expire", "loyalty:expiring")]
    assert coming.points(until=soon(hours=1)) == []


def test_coupons_that_become_active_or_end_are_those_that_the_sweep_changes(scope: Merchant) -> None:
    who = customer()
    points(who, 1000)
    for days_until_active, days_valid in ((2, None), (0, 1), (0, 40), (0, None)):
        take(reward(days_until_active=days_until_active, days_valid=days_valid), who)
    until = timezone.now() + timedelta(days=5)

    found = coming.coupons(until=until)

    assert [one.words for one in found] == ["1 coupon becomes active", "1 coupon ends"]
    assert (coupons.activate_due(now=until), coupons.expire_coupons(now=until)) == (1, 1)
    assert coming.coupons(until=until) == []
