"""The merchant's side of the books by unit: what a period moved, what is outstanding, what will end when."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from django.db.models import Case, Exists, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth

from ledger.hours import moved, net
from ledger.models import Account, Grant, LedgerCheck
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


@dataclass(frozen=True, slots=True)
class Held:
    """What customers hold: `outstanding` by unit, and by unit what will end in which month (its first day)."""

    outstanding: dict[str, int]
    ending: dict[str, dict[date, int]]


def books(*, since: datetime, until: datetime, held: Held) -> list[Books]:
    """Return the figures of every unit that anything was ever issued of, by two queries, whatever the volume."""
    ours = _own_accounts()
    ways = moved(since=since, until=until)
    return [
        Books(
            unit,
            issued=-net(ways, unit=unit, bucket=Bucket.ISSUED),
            spent=net(ways, unit=unit, bucket=Bucket.REDEEMED),
            expired=net(ways, unit=unit, bucket=Bucket.EXPIRED),
            revoked=net(ways, unit=unit, bucket=Bucket.REVOKED),
            outstanding=held.outstanding.get(unit, 0),
        )
        for unit in Unit
        if any(own.was_issued for own in ours if own.unit == unit)
    ]


class Own(NamedTuple):
    """One of the merchant's own accounts; `was_issued`: it is where a unit comes from, and some of it has."""

    unit: str
    was_issued: bool


def _own_accounts() -> list[Own]:
    some = Exists(Grant.objects.filter(unit=OuterRef("unit")))
    was_issued = Case(When(bucket=Bucket.ISSUED, then=some), default=Value(False))  # noqa: FBT003 - a value in SQL
    rows = Account.objects.filter(customer=None).annotate(was_issued=was_issued)
    return [Own(*row) for row in rows.values_list("unit", "was_issued")]


def held_at(*, at: datetime, zone: tzinfo) -> Held:
    """Return what customers hold, and what of it ends in which month if nobody uses it; months of the merchant's zone.

    One query; a grant that is used up is not looked at, and one that is over but not yet swept up does not end again.
    """
    owed = Coalesce(Sum("remaining", filter=Q(usable_at(at)) | Q(pending_at(at))), 0)
    ends = Coalesce(Sum("remaining", filter=Q(expires_at__gt=at)), 0)
    rows = Grant.objects.filter(is_open=True).annotate(month=TruncMonth("expires_at", tzinfo=zone))
    found = Held({}, {})
    for unit, month, total, later in rows.values_list("unit", "month").annotate(o=owed, e=ends).order_by("month"):
        found.outstanding[unit] = found.outstanding.get(unit, 0) + int(total)
        if later:
            found.ending.setdefault(unit, {})[month.date()] = int(later)
    return found


def last_check() -> LedgerCheck | None:
    """Return the last result of check_ledger for this merchant, None before the first."""
    found: LedgerCheck | None = LedgerCheck.objects.first()
    return found
