"""Whether a coupon is inactive, active, expired or canceled: judged at an instant, by one rule for everybody.

The stored label is for people who look at the table by hand; a job brings it up to date, and nothing relies on that.
An interval holds its beginning and not its end.
"""

import functools
import operator
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, F, Q, QuerySet, UUIDField, Value, When

from loyalty.models import RedeemedReward
from loyalty.states import CouponStatus
from tenancy.search import IsAmong

# Up to so many coupons whose label is behind are named by their ids.
FEW = 2000


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


def narrowed(rows: QuerySet[Any], statuses: Sequence[CouponStatus], *, at: datetime) -> QuerySet[Any]:
    """Return those redeemed rewards whose coupon has one of these statuses at the instant.

    The rule itself leads to no index. Labels do, and they tell the truth but for coupons that became active or ended
    since the job last looked: those are asked for beforehand, with a bound, and named by their ids where they belong to
    the answer. Where the job has been away for long, the rule is asked of every row.
    """
    if not statuses:
        return rows
    behind = _behind(at)
    if len(behind) > FEW:
        return rows.filter(functools.reduce(operator.or_, (having(status, at=at) for status in statuses)))
    labelled = Q(coupon_status__in=statuses)
    missed = [key for key, label, status in behind if status in statuses and label not in statuses]
    wrong = [key for key, label, status in behind if label in statuses and status not in statuses]
    if wrong:
        labelled &= ~Q(_is_among(wrong))
    return rows.filter(labelled | Q(_is_among(missed)) if missed else labelled)


def _is_among(keys: Sequence[uuid.UUID]) -> IsAmong:
    return IsAmong(F("id"), Value(list(keys), ArrayField(UUIDField())))


def _behind(at: datetime) -> list[tuple[uuid.UUID, str, str]]:
    """Return id, label and true status of the coupons whose label is behind at the instant; one too many at most."""
    labels = RedeemedReward.objects.annotate(now_is=status_at(at)).values_list("id", "coupon_status", "now_is")
    ended = Q(coupon_status__in=[CouponStatus.INACTIVE, CouponStatus.ACTIVE], expires_at__lte=at)
    begun = Q(coupon_status=CouponStatus.INACTIVE, active_from__lte=at)
    # In the order of their indexes: there are few, and a plan that expects many would read the table to find some.
    firsts = [labels.filter(one).order_by(by)[: FEW + 1] for one, by in ((ended, "expires_at"), (begun, "active_from"))]
    return list(dict.fromkeys(firsts[0].union(firsts[1], all=True)))
