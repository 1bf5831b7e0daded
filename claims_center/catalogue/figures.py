"""How a funnel does, step by step, over a period: visits and their steps, and the claims that came of them.

Visits are counted by the day on which they began, claims by the day on which they came in. Each of the two is one
statement that reads an index alone; robots and previews make no visits, so they are in neither.
"""

import itertools
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from claims_center.models import Claim, Funnel, Journey, Product, Step, Via
from claims_center.public import steps as pages
from claims_center.states import Status
from ui import locale
from ui.charts import Bar, funnel_chart
from ui.filters import Period
from ui.filters.period import EARLIEST, LATEST

DAYS = {"7": 7, "30": 30, "90": 90}
USUAL, EVER = "30", "all"
# Steps of a visit, in order, with the page that each belongs to.
WAY = (
    (Step.VISITED, _lazy("Visits"), ""),
    (Step.STARTED, _lazy("Started"), pages.PRODUCT),
    (Step.ORDER, _lazy("Gave the order number"), pages.ORDER),
    (Step.FEEDBACK, _lazy("Gave their opinion"), pages.FEEDBACK),
    (Step.CONTACT, _lazy("Reached their details"), pages.CONTACT),
)
COUNTED = (*(step.value for step, _label, _page in WAY), "submitted", "shared")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The period that figures are shown for: its days, and what its address says."""

    name: str
    period: Period

    def query(self) -> str:
        """Return what narrows a list of claims to the period."""
        found = {"submitted_from": self.period.start, "submitted_to": self.period.end}
        return urlencode({name: day.isoformat() for name, day in found.items() if day})


@dataclass(slots=True)
class Tally:
    """How many visits reached each step, and how many claims came in, were shared and are done."""

    visits: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    submitted: int = 0
    shared: int = 0
    processed: int = 0


@dataclass(slots=True)
class Figures:
    """The figures of one funnel and one period, as a whole, by source and by product."""

    whole: Tally = field(default_factory=Tally)
    by_via: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_product: dict[uuid.UUID, Tally] = field(default_factory=lambda: defaultdict(Tally))


def chosen_period(given: QueryDict) -> Chosen:
    """Return the period that an address names; the last 30 days where it names none that can be understood."""
    today = timezone.localdate()
    first, last = _day(given.get("from", "")), _day(given.get("to", ""))
    if first and last and first <= last:
        return Chosen("custom", Period(first, last))
    name = given.get("days", USUAL)
    if name == EVER:
        return Chosen(EVER, Period())
    name = name if name in DAYS else USUAL
    return Chosen(name, Period(today - timedelta(days=DAYS[name] - 1), today))


def figures_of(funnel: Funnel, period: Period) -> Figures:
    """Return the figures of a funnel, in two statements."""
    found = Figures()
    _count_visits(found, _within(Journey.objects.filter(funnel=funnel), "visited_at", period))
    _count_claims(found, _within(Claim.objects.filter(funnel=funnel), "submitted_at", period))
    return found


def _within(rows: QuerySet[Any], column: str, period: Period) -> QuerySet[Any]:
    first, behind = period.instants()
    bounds = {f"{column}__gte": first, f"{column}__lt": behind}
    return rows.order_by().filter(**{name: at for name, at in bounds.items() if at})


def _count_visits(found: Figures, rows: QuerySet[Journey]) -> None:
    counts = {f"n_{name}": Count(f"{name}_at") for name in COUNTED}
    grouped: Any = rows.values("via", "product_id").annotate(**counts)
    for row in grouped:
        parts = [found.whole, found.by_via[row["via"]]]
        if row["product_id"]:
            parts.append(found.by_product[row["product_id"]])
        for part in parts:
            for name in COUNTED:
                part.visits[name] += row[f"n_{name}"]


def _count_claims(found: Figures, rows: QuerySet[Claim]) -> None:
    for row in rows.values("product_id", "status", "did_redirect").annotate(n=Count("*")):
        for part in (found.whole, found.by_product[row["product_id"]]):
            part.submitted += row["n"]
            part.shared += row["n"] if row["did_redirect"] else 0
            part.processed += row["n"] if row["status"] == Status.PROCESSED else 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: each cell is a text, and where its figure leads to."""

    label: str
    cells: list[tuple[str, str]]
    url: str = ""


def performance(funnel: Funnel, chosen: Chosen, slug: str) -> dict[str, Any]:
    """Return the context of the figures: chart, table of steps, by source, by product; claims lead to their lists."""
    found = figures_of(funnel, chosen.period)
    base = f"/m/{slug}/claims/?funnel={funnel.pk}" + (f"&{chosen.query()}" if chosen.query() else "")
    way = _way(funnel, found.whole, base)
    return {
        "chart": funnel_chart(way, title=_("From visit to processed claim")),
        "lost": _lost(way),
        "shared": _shared(found.whole, base),
        "sources": _sources(found),
        "by_product": _products(found, base),
        "chosen": chosen,
        "periods": [
            *((f"?days={name}", _("%(n)s days") % {"n": name}, chosen.name == name) for name in DAYS),
            (f"?days={EVER}", _("All time"), chosen.name == EVER),
        ],
    }


def _way(funnel: Funnel, whole: Tally, base: str) -> list[Bar]:
    asked = {"", *(step.name for step in pages.steps_of(funnel))}
    bars = [Bar(str(label), whole.visits[step.value]) for step, label, page in WAY if page in asked]
    bars.append(Bar(_("Submitted"), whole.submitted, base))
    return [*bars, Bar(_("Processed"), whole.processed, f"{base}&status=processed")]


def _lost(way: list[Bar]) -> list[Row]:
    """Return, for each step but the first, its share of the step before and of all visits, and how many were lost."""
    rows = []
    for before, bar in itertools.pairwise(way):
        lost = before.value - bar.value
        cells = [
            (locale.number(bar.value), bar.url),
            (_share(bar.value, before.value), ""),
            (_share(bar.value, way[0].value), ""),
            (locale.number(lost) if lost > 0 else "", ""),
        ]
        rows.append(Row(bar.label, cells))
    return rows


def _shared(whole: Tally, base: str) -> dict[str, str]:
    return {
        "count": locale.number(whole.shared),
        "share": _share(whole.shared, whole.submitted),
        "url": f"{base}&did_redirect=yes",
    }


def _sources(found: Figures) -> list[Row]:
    rows = []
    for via in Via:
        counts = found.by_via[via.value].visits
        cells = [locale.number(counts[name]) for name in ("visited", "started", "submitted")]
        rows.append(
            Row(str(via.label), [(cell, "") for cell in [*cells, _share(counts["submitted"], counts["visited"])]])
        )
    return rows


def _products(found: Figures, base: str) -> list[Row]:
    titles = dict(Product.objects.filter(pk__in=list(found.by_product)).values_list("pk", "title"))
    rows = []
    for pk, part in sorted(found.by_product.items(), key=lambda pair: (-pair[1].submitted, titles.get(pair[0], ""))):
        here = f"{base}&product={pk}"
        cells = [
            (locale.number(part.visits["started"]), ""),
            (locale.number(part.submitted), here),
            (locale.number(part.shared), f"{here}&did_redirect=yes"),
            (locale.number(part.processed), f"{here}&status=processed"),
        ]
        rows.append(Row(titles.get(pk, ""), cells))
    return rows


def _share(part: float, whole: float) -> str:
    return locale.percent(part / whole) if whole else ""


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # As far as lists can be narrowed.
    return day if EARLIEST <= day <= LATEST else None
