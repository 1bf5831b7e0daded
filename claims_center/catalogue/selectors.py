"""What the catalogue pages read, each in a constant number of queries."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Coalesce

from claims_center.models import (
    Claim,
    ClaimTally,
    Funnel,
    FunnelProduct,
    FunnelState,
    Journey,
    Listing,
    Product,
    Promotion,
    TallyChange,
    TallyState,
)
from claims_center.states import Status
from claims_center.tallies.reading import BeingCounted, Window, ask
from ui import locale


def _count(rows: QuerySet[Any], column: str) -> Coalesce:
    """Return the number of rows that belong to the outer row by a column, as an expression that is never NULL."""
    counted = rows.filter(**{column: OuterRef("pk")}).order_by().values(column).annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def products_for_list() -> QuerySet[Product]:
    """Return products with how many listings, funnels and claims they have."""
    found: QuerySet[Product] = Product.objects.annotate(
        listing_count=_count(Listing.objects.filter(archived_at__isnull=True), "product"),
        funnel_count=_count(FunnelProduct.objects.all(), "product"),
    )
    return found


def marketplaces_of(product_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Return the names of the marketplaces where each product is sold, in one query."""
    rows = Listing.objects.filter(product_id__in=list(product_ids), archived_at__isnull=True)
    found: dict[uuid.UUID, list[str]] = {}
    for listing in rows.order_by("marketplace", "region"):
        names = found.setdefault(listing.product_id, [])
        if listing.get_marketplace_display() not in names:
            names.append(listing.get_marketplace_display())
    return found


def promotions_for_list() -> QuerySet[Promotion]:
    """Return promotions with their pool and how many funnels give them."""
    found: QuerySet[Promotion] = Promotion.objects.select_related("pool").annotate(
        funnel_count=_count(Funnel.objects.all(), "promotion")
    )
    return found


def sums_for_list() -> TallyState | None:
    """Return which sums hold the figures of funnels; None while there are none by the active time zone."""
    found: TallyState | None = TallyState.objects.filter(zone=locale.zone_name(), generation__gt=0).first()
    return found


def funnels_for_list(now: datetime, state: TallyState | None) -> QuerySet[Funnel]:
    """Return funnels with their promotion and a number that puts their states in order.

    The figures are there to sort by: one that is asked for is counted for every funnel, the others not at all.
    """
    found: QuerySet[Funnel] = Funnel.objects.select_related("promotion").annotate(state_rank=state_rank(now))
    return found.alias(**(_counted() if state is None else {name: _summed(name, state) for name in SUMS}))


def _counted() -> dict[str, Coalesce]:
    return {
        "visits": _count(Journey.objects.all(), "funnel"),
        "started": _count(Journey.objects.filter(started_at__isnull=False), "funnel"),
        "submitted": _count(Claim.objects.all(), "funnel"),
        "shared": _count(Claim.objects.filter(did_redirect=True), "funnel"),
        "processed": _count(Claim.objects.filter(status=Status.PROCESSED), "funnel"),
    }


def _summed(name: str, state: TallyState) -> CombinedExpression:
    """Return a figure of the outer funnel as the sums and what they do not hold yet have it."""
    columns, changes = SUMS[name]
    sums = ClaimTally.objects.filter(
        generation=state.generation, dimension="funnel", span="month", key=Cast(OuterRef("pk"), CharField())
    )
    later = TallyChange.objects.filter(changes, funnel_ref=OuterRef("pk"))
    return _total(sums, "key", sum(map(F, columns[1:]), F(columns[0]))) + _total(later, "funnel_ref", F("number"))


def _total(rows: QuerySet[Any], column: str, number: Any) -> Coalesce:
    total = rows.order_by().values(column).annotate(n=Sum(number)).values("n")
    return Coalesce(Subquery(total, output_field=IntegerField()), Value(0))


# Of each figure: the columns of the sums that it is made of, and the changes that belong to it.
SUMS: dict[str, tuple[tuple[str, ...], Q]] = {
    "visits": (("visited",), Q(kind=TallyChange.VISIT)),
    "started": (("started",), Q(kind=TallyChange.VISIT, flag=True)),
    "submitted": (tuple(Status.values), Q(kind=TallyChange.CLAIM)),
    "shared": (("redirected",), Q(kind=TallyChange.CLAIM, flag=True)),
    "processed": (("processed",), Q(kind=TallyChange.CLAIM, status=Status.PROCESSED)),
}
RANKS = {
    FunnelState.OPEN: 0,
    FunnelState.SCHEDULED: 1,
    FunnelState.DRAFT: 2,
    FunnelState.ENDED: 3,
    FunnelState.CLOSED: 4,
    FunnelState.ARCHIVED: 5,
}


def state_rank(now: datetime) -> Case:
    """Return the place of a funnel's state at `now`: open, scheduled, draft, ended, closed, archived."""
    return Case(
        When(archived_at__isnull=False, then=Value(RANKS[FunnelState.ARCHIVED])),
        When(closed_at__isnull=False, then=Value(RANKS[FunnelState.CLOSED])),
        When(published_at__isnull=True, then=Value(RANKS[FunnelState.DRAFT])),
        When(starts_at__gt=now, then=Value(RANKS[FunnelState.SCHEDULED])),
        When(ends_at__lte=now, then=Value(RANKS[FunnelState.ENDED])),
        default=Value(RANKS[FunnelState.OPEN]),
        output_field=IntegerField(),
    )


@dataclass(frozen=True, slots=True)
class Performance:
    """How a funnel does: each figure counts journeys or claims once."""

    visits: int = 0
    started: int = 0
    submitted: int = 0
    shared: int = 0
    processed: int = 0

    @property
    def conversion(self) -> float | None:
        """Return the share of visits that ended in a claim."""
        return self.submitted / self.visits if self.visits else None


def performance_of(funnel_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Performance]:
    """Return the figures of the given funnels in one query, however many there are; see `claims_center.tallies`.

    Where there are no sums yet and too much to count them from, the figures of a funnel are nought.
    """
    try:
        totals = ask("totals", windows=[Window("all")], dimensions=("funnel",)).totals
    except BeingCounted:
        totals = {}
    return {one: _performance(totals.get(("all", "funnel", str(one)), {})) for one in funnel_ids}


def _performance(counts: Mapping[str, int]) -> Performance:
    figures = {name: sum(counts.get(column, 0) for column in columns) for name, (columns, _changes) in SUMS.items()}
    return Performance(**figures)


def funnels_of_product(product: Product) -> list[Funnel]:
    """Return the funnels that offer a product."""
    return list(Funnel.objects.filter(funnel_products__product=product).order_by("name", "id"))


def funnels_of_promotion(promotion: Promotion) -> list[Funnel]:
    """Return the funnels that give a promotion."""
    return list(Funnel.objects.filter(promotion=promotion).order_by("name", "id"))
