"""The report of points: what was issued, spent and expired, what is owed, and what will end when.

All reads run in the merchant's scope. A month is a month of the merchant's zone; the last one goes until now.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Sum
from django.utils.translation import gettext as _

from ledger.hours import Way, moved, net
from ledger.models import Grant
from ledger.reports import Expiring, Liability, Preview, expiry_forecast, liability, sweep_preview
from ledger.units import Bucket, Unit
from loyalty.services.purchases import settings_of_merchant
from tenancy.days import start_of_day
from ui import locale
from ui.charts import Bar, Series, bar_chart, line_chart

MONTHS = 12
MOST_CUSTOMERS = 200
MOST_AHEAD = 24


@dataclass(frozen=True, slots=True)
class Month:
    """What moved in a month (its first day), each net of what was reversed in it."""

    first: date
    issued: int
    spent: int
    expired: int
    revoked: int


@dataclass(frozen=True, slots=True)
class Report:
    """The last twelve months, what is owed now, and what will end; `value` is what a point is worth, None for unsaid."""

    months: Sequence[Month]
    owed: Liability
    ending: Sequence[Expiring]
    value: Decimal | None

    def total(self, name: str) -> int:
        """Return one figure of all months together: "issued", "spent", "expired" or "revoked"."""
        return sum(getattr(month, name) for month in self.months)

    @property
    def breakage(self) -> float | None:
        """Return the share of the points issued in these months, less those taken back, that expired unused in them."""
        issued = self.total("issued") - self.total("revoked")
        return self.total("expired") / issued if issued > 0 else None

    @property
    def never_ending(self) -> int:
        """Return how many of the points that are owed have no end."""
        return self.owed.outstanding - sum(month.amount for month in self.ending)

    def worth(self, points: int) -> Decimal | None:
        """Return what points are worth in the merchant's currency, None where nobody has said what one is."""
        return None if self.value is None else points * self.value


@dataclass(frozen=True, slots=True)
class Losing:
    """A customer whose points end: how many in how many lots, and when the first of them does."""

    customer_id: Any
    name: str
    email: str
    points: int
    lots: int
    first_end: datetime


def report(*, at: datetime, zone: tzinfo, months: int = MONTHS) -> Report:
    """Return the merchant's report at an instant."""
    edges = month_starts(at=at, zone=zone, count=months)
    instants = [start_of_day(edge, zone) for edge in edges]
    spans = itertools.pairwise([*instants, at])
    found = [_month(first, moved(since=start, until=end)) for first, (start, end) in zip(edges, spans, strict=True)]
    return Report(
        months=found,
        owed=liability(unit=Unit.POINT, at=at),
        ending=expiry_forecast(unit=Unit.POINT, at=at, zone=zone),
        value=settings_of_merchant().point_value,
    )


def month_starts(*, at: datetime, zone: tzinfo, count: int) -> list[date]:
    """Return the first days of so many months, the last of them the month that `at` lies in."""
    local = at.astimezone(zone).date()
    last = local.year * 12 + local.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1)]


def losing(*, until: datetime, limit: int = MOST_CUSTOMERS) -> list[Losing]:
    """Return whose points end by an instant if nobody spends them, most points first; one query.

    What is past its end already, and only waits for the sweep, is among it.
    """
    whose = "account__customer"
    rows = (
        Grant.objects.filter(unit=Unit.POINT, is_open=True, expires_at__lte=until)
        .values(f"{whose}_id", f"{whose}__first_name", f"{whose}__last_name", f"{whose}__email")
        .annotate(points=Sum("remaining"), lots=Count("id"), first=Min("expires_at"))
        .order_by("-points", f"{whose}_id")[:limit]
    )
    return [
        Losing(
            row[f"{whose}_id"],
            " ".join(filter(None, (row[f"{whose}__first_name"], row[f"{whose}__last_name"]))),
            row[f"{whose}__email"],
            int(row["points"]),
            row["lots"],
            row["first"],
        )
        for row in rows
    ]


def ending_by(*, until: datetime) -> Preview:
    """Return what a sweep at an instant would expire if nobody spent anything before."""
    return sweep_preview(unit=Unit.POINT, at=until)


def months_chart(found: Report) -> str:
    """Draw what was issued, spent and expired month by month, with its table."""
    words = [locale.month(month.first) for month in found.months]
    series = [
        Series(str(label), [getattr(month, name) for month in found.months])
        for name, label in (("issued", _("Issued")), ("spent", _("Spent")), ("expired", _("Expired")))
    ]
    return line_chart(words, series, title=_("Points by month"), heading=_("Month"))


def forecast_chart(found: Report) -> str:
    """Draw what ends in which month; the bars are rows of a table."""
    near, far = found.ending[:MOST_AHEAD], found.ending[MOST_AHEAD:]
    bars = [Bar(locale.month(one.month), one.amount) for one in near]
    if far:
        bars.append(Bar(_("later"), sum(one.amount for one in far)))
    return bar_chart(bars, title=_("Points that expire, by month"))


def _month(first: date, ways: list[Way]) -> Month:
    return Month(
        first,
        issued=-net(ways, unit=Unit.POINT, bucket=Bucket.ISSUED),
        spent=net(ways, unit=Unit.POINT, bucket=Bucket.REDEEMED),
        expired=net(ways, unit=Unit.POINT, bucket=Bucket.EXPIRED),
        revoked=net(ways, unit=Unit.POINT, bucket=Bucket.REVOKED),
    )
