"""The merchant's side of the books by unit: what a period moved, what is outstanding, what will end when."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from django.db.models import Case, Exists, OuterRef, Q, Sum, Value, When
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
    """Return the figures of every unit that anything was ever issued of, by three queries."""
    ours = _own_accounts()
    moved = _moved(ours, since, until)
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
        if any(own.was_issued for own in ours if own.unit == unit)
    ]


class Own(NamedTuple):
    """One of the merchant's own accounts; `was_issued`: it is where a unit comes from, and some of it has."""

    unit: str
    bucket: str
    id: uuid.UUID
    was_issued: bool


# By unit: what went into (positive) and came out of (negative) each of the merchant's own accounts.
Moved = dict[str, dict[str, int]]


def _own_accounts() -> list[Own]:
    some = Exists(Grant.objects.filter(unit=OuterRef("unit")))
    was_issued = Case(When(bucket=Bucket.ISSUED, then=some), default=Value(False))  # noqa: FBT003 - a value in SQL
    rows = Account.objects.filter(customer=None).annotate(was_issued=was_issued)
    return [Own(*row) for row in rows.values_list("unit", "bucket", "id", "was_issued")]


def _moved(ours: list[Own], since: datetime, until: datetime) -> Moved:
    sums = {}
    for bucket in {own.bucket for own in ours}:
        ids = [own.id for own in ours if own.bucket == bucket]
        into, out = (Coalesce(Sum("amount", filter=Q(**{f"{way}__in": ids})), 0) for way in ("target_id", "source_id"))
        sums[bucket] = into - out
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
