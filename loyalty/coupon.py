"""Whether a coupon is inactive, active, expired or canceled: judged at an instant, by one rule for everybody.

The stored label is for people who look at the table by hand; a job brings it up to date, and nothing relies on that.
An interval holds its beginning and not its end.
"""

from datetime import datetime

from django.db.models import Case, CharField, Q, Value, When

from loyalty.models import RedeemedReward
from loyalty.states import CouponStatus


def status_of(redeemed: RedeemedReward, *, at: datetime) -> CouponStatus:
    """Return the coupon's status at an instant (aware)."""
    if redeemed.canceled_at is not None:
        return CouponStatus.CANCELED
    if redeemed.expires_at is not None and redeemed.expires_at <= at:
        return CouponStatus.EXPIRED
    return CouponStatus.INACTIVE if redeemed.active_from > at else CouponStatus.ACTIVE


def status_at(at: datetime) -> Case:
    """Return the same rule as an expression of the database."""
    return Case(
        *(When(having(status, at=at), then=Value(status.value)) for status in CouponStatus),
        output_field=CharField(),
    )


def having(status: CouponStatus, *, at: datetime) -> Q:
    """Return the same rule as a condition on rows: those whose coupon has this status at the instant."""
    live = Q(canceled_at__isnull=True)
    ended = Q(expires_at__isnull=False, expires_at__lte=at)
    return {
        CouponStatus.CANCELED: Q(canceled_at__isnull=False),
        CouponStatus.EXPIRED: live & ended,
        CouponStatus.INACTIVE: live & ~ended & Q(active_from__gt=at),
        CouponStatus.ACTIVE: live & ~ended & Q(active_from__lte=at),
    }[status]
