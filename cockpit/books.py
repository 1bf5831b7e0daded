"""The merchant's side of the books by unit: what a period moved, what is outstanding, what will end when."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from ledger.models import Account, Grant, LedgerCheck, Movement
from ledger.selectors import pending_at, usable_at
from ledger.units import Bucket, Unit


@dataclass(frozen=True, slots=True)
class Books:
    """One unit's figures: `issued` to `revoked` in a period and net of what was reversed, `outstanding` at its end."""

    unit: Unit
    issued: int
    spent: int
    expired: int
    revoked: int
    outstanding: int


def books(*, since: datetime, until: datetime, at: datetime) -> list[Books]:
    """Return the figures of every unit that anything was ever issued of, by a handful of queries."""
    moved = _moved(since, until)
    held = _outstanding(at)
    return [
        Books(
            unit,
            issued=-_net(moved, unit, Bucket.ISSUED),
            spent=_net(moved, unit, Bucket.REDEEMED),
            expired=_net(moved, unit, Bucket.EXPIRED),
            revoked=_net(moved, unit, Bucket.REVOKED),
            outstanding=held.get(unit, 0),
        )
        for unit in Unit
        if unit in held or unit in moved or Grant.objects.filter(unit=unit).exists()
    ]


# By unit: what went into (positive) and came out of (negative) each of the merchant's own accounts.
Moved = dict[str, dict[str, int]]


def _moved(since: datetime, until: datetime) -> Moved:
    ours = list(Account.objects.filter(customer=None).values_list("unit", "bucket", "id"))
    into: dict[str, list[uuid.UUID]] = {bucket: [] for _unit, bucket, _id in ours}
    for _unit, bucket, account_id in ours:
        into[bucket].append(account_id)
    sums = {
        bucket: Coalesce(Sum("amount", filter=Q(target_id__in=ids)), 0)
        - Coalesce(Sum("amount", filter=Q(source_id__in=ids)), 0)
        for bucket, ids in into.items()
    }
    rows = Movement.objects.filter(entry__occurred_at__gte=since, entry__occurred_at__lt=until)
    return {row.pop("unit"): row for row in rows.values("unit").annotate(**sums).order_by()}


def _net(moved: Moved, unit: str, bucket: str) -> int:
    return int(moved.get(unit, {}).get(bucket, 0))


def _outstanding(at: datetime) -> dict[str, int]:
    """Return what customers hold of each unit; a grant that is used up is not looked at."""
    owed = Coalesce(Sum("remaining", filter=Q(usable_at(at)) | Q(pending_at(at))), 0)
    rows = Grant.objects.filter(is_open=True).values_list("unit").annotate(total=owed).order_by()
    return {unit: int(total) for unit, total in rows}


def expiry_by_month(*, at: datetime, zone: tzinfo) -> dict[str, dict[date, int]]:
    """Return what ends in which month if nobody uses it, by unit; months of the merchant's zone."""
    rows = Grant.objects.filter(is_open=True, expires_at__gt=at).annotate(month=TruncMonth("expires_at", tzinfo=zone))
    found: dict[str, dict[date, int]] = {}
    for unit, month, total in rows.values_list("unit", "month").annotate(total=Sum("remaining")).order_by("month"):
        found.setdefault(unit, {})[month.date()] = int(total)
    return found


def last_check() -> LedgerCheck | None:
    """Return the last result of check_ledger for this merchant, None before the first."""
    found: LedgerCheck | None = LedgerCheck.objects.first()
    return found
