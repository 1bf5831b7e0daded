"""The merchant's side of the books by unit: what a period moved, what is outstanding, what will end when."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from ledger.models import Grant, LedgerCheck, Movement
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
    """Return the figures of every unit that anything was ever issued of, by two queries."""
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
        if unit in held or any(key[0] == unit for key in moved)
    ]


Moved = dict[tuple[str, str, str], int]


def _moved(since: datetime, until: datetime) -> Moved:
    rows = Movement.objects.filter(entry__occurred_at__gte=since, entry__occurred_at__lt=until)
    found = rows.values_list("unit", "source__bucket", "target__bucket").annotate(total=Sum("amount")).order_by()
    return {(unit, source, target): int(total) for unit, source, target, total in found}


def _net(moved: Moved, unit: str, bucket: str) -> int:
    into = sum(total for (of, _source, target), total in moved.items() if of == unit and target == bucket)
    out = sum(total for (of, source, _target), total in moved.items() if of == unit and source == bucket)
    return into - out


def _outstanding(at: datetime) -> dict[str, int]:
    owed = Coalesce(Sum("remaining", filter=Q(usable_at(at)) | Q(pending_at(at))), 0)
    return {unit: int(total) for unit, total in Grant.objects.values_list("unit").annotate(total=owed).order_by()}


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
