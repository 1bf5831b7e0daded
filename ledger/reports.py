"""The merchant's side of the books: what was issued, spent and expired, and what is still owed.

All reads run in the merchant's scope. Periods are half open, `since` included, `until` not; instants are aware.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from ledger.models import Account, Grant, Movement
from ledger.selectors import pending_at, usable_at
from ledger.units import Bucket, Unit


@dataclass(frozen=True, slots=True)
class Liability:
    """What customers hold of a unit and may still ask for."""

    usable: int
    pending: int
    # Past its end but not swept yet: nobody can use it.
    overdue: int
    grants: int

    @property
    def outstanding(self) -> int:
        """Return what is owed now or will be."""
        return self.usable + self.pending


@dataclass(frozen=True, slots=True)
class Turnover:
    """What moved in a period, each net of what was reversed in it."""

    issued: int
    spent: int
    expired: int
    revoked: int

    @property
    def breakage(self) -> float | None:
        """Return the share of what was issued that expired unused, None where nothing was issued."""
        return self.expired / self.issued if self.issued else None


@dataclass(frozen=True, slots=True)
class Expiring:
    """What would expire in a month if nobody used it."""

    month: date
    amount: int
    grants: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What the next sweep will expire."""

    grants: int
    amount: int
    customers: int
    oldest: datetime | None


def liability(*, unit: Unit, at: datetime) -> Liability:
    """Return what is outstanding with all customers at this instant."""
    past = Q(expires_at__lte=at)
    sums = Grant.objects.filter(unit=unit, is_open=True).aggregate(
        usable=Coalesce(Sum("remaining", filter=usable_at(at)), 0),
        pending=Coalesce(Sum("remaining", filter=pending_at(at)), 0),
        overdue=Coalesce(Sum("remaining", filter=past), 0),
        grants=Count("id", filter=~past),
    )
    return Liability(**{name: int(value) for name, value in sums.items()})


def turnover(
    *, unit: Unit, since: datetime | None = None, until: datetime | None = None, subject_id: uuid.UUID | None = None
) -> Turnover:
    """Return what was issued, spent, expired and revoked in a period (by `occurred_at`), for one subject if given."""
    moved = Movement.objects.filter(unit=unit)
    if since:
        moved = moved.filter(entry__occurred_at__gte=since)
    if until:
        moved = moved.filter(entry__occurred_at__lt=until)
    if subject_id:
        moved = moved.filter(entry__subject_id=subject_id)
    ours = dict(Account.objects.filter(unit=unit, customer=None).values_list("bucket", "id"))
    if not ours:
        return Turnover(0, 0, 0, 0)
    sums = moved.aggregate(**_both_ways(ours))
    net = {bucket: int(sums[f"into_{bucket}"]) - int(sums[f"out_of_{bucket}"]) for bucket in ours}
    return Turnover(
        issued=-net[Bucket.ISSUED],
        spent=net[Bucket.REDEEMED],
        expired=net[Bucket.EXPIRED],
        revoked=net[Bucket.REVOKED],
    )


def _both_ways(accounts: dict[str, uuid.UUID]) -> dict[str, Any]:
    into = {f"into_{b}": Coalesce(Sum("amount", filter=Q(target_id=found)), 0) for b, found in accounts.items()}
    out = {f"out_of_{b}": Coalesce(Sum("amount", filter=Q(source_id=found)), 0) for b, found in accounts.items()}
    return into | out


def expiry_forecast(*, unit: Unit, at: datetime, zone: tzinfo) -> list[Expiring]:
    """Return what ends month by month (months of the merchant's zone), from now on; what never ends is left out."""
    found = (
        Grant.objects.filter(unit=unit, is_open=True, expires_at__gt=at)
        .annotate(month=TruncMonth("expires_at", tzinfo=zone))
        .values("month")
        .annotate(amount=Sum("remaining"), grants=Count("id"))
        .order_by("month")
    )
    return [Expiring(row["month"].date(), int(row["amount"]), row["grants"]) for row in found]


def sweep_preview(*, unit: Unit, at: datetime) -> Preview:
    """Return what a sweep at this instant will expire."""
    due = Grant.objects.filter(unit=unit, is_open=True, expires_at__lte=at)
    sums = due.aggregate(
        grants=Count("id"),
        amount=Sum("remaining"),
        customers=Count("account_id", distinct=True),
        oldest=Min("expires_at"),
    )
    return Preview(sums["grants"], int(sums["amount"] or 0), sums["customers"], sums["oldest"])
