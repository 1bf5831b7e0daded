"""What the sweeps of points and coupons will do next."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import ngettext

from jobs.coming import Ahead, capped
from ledger.reports import sweep_preview
from ledger.units import Unit
from loyalty.models import RedeemedReward
from loyalty.states import CouponStatus
from ui import locale


def points(*, until: datetime) -> list[Ahead]:
    """Return the points that end by an instant (UTC) if nobody spends them."""
    due = sweep_preview(unit=Unit.POINT, at=until)
    if not due.amount:
        return []
    words = ngettext(
        "%(points)s points of %(n)s customer expire", "%(points)s points of %(n)s customers expire", due.customers
    )
    return [Ahead(words % {"points": locale.number(due.amount), "n": locale.number(due.customers)}, "loyalty:expiring")]


def coupons(*, until: datetime) -> list[Ahead]:
    """Return how many coupons become active, and how many end, by an instant (UTC)."""
    ends = Q(expires_at__lte=until)
    starting = RedeemedReward.objects.filter(
        Q(coupon_status=CouponStatus.INACTIVE, active_from__lte=until) & ~ends,
    )
    ending = RedeemedReward.objects.filter(ends, coupon_status__in=[CouponStatus.INACTIVE, CouponStatus.ACTIVE])
    found = []
    number, figure = capped(starting)
    if number:
        words = ngettext("%(n)s coupon becomes active", "%(n)s coupons become active", number) % {"n": figure}
        found.append(Ahead(words, "loyalty:redeemed", "coupon_status=inactive"))
    number, figure = capped(ending)
    if number:
        words = ngettext("%(n)s coupon ends", "%(n)s coupons end", number) % {"n": figure}
        found.append(Ahead(words, "loyalty:redeemed", "coupon_status=active"))
    return found
