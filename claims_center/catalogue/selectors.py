"""What the catalogue pages read, each in a constant number of queries."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from claims_center.models import Claim, Funnel, FunnelProduct, FunnelState, Journey, Listing, Product, Promotion
from claims_center.states import Status


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


def funnels_for_list(now: datetime) -> QuerySet[Funnel]:
    """Return funnels with their promotion and a number that puts their states in order.

    The figures are there to sort by: one that is asked for is counted for every funnel, the others not at all.
    """
    found: QuerySet[Funnel] = (
        Funnel.objects.select_related("promotion")
        .annotate(state_rank=state_rank(now))
        .alias(
            visits=_count(Journey.objects.all(), "funnel"),
            started=_count(Journey.objects.filter(started_at__isnull=False), "funnel"),
            submitted=_count(Claim.objects.all(), "funnel"),
            shared=_count(Claim.objects.filter(did_redirect=True), "funnel"),
            processed=_count(Claim.objects.filter(status=Status.PROCESSED), "funnel"),
        )
    )
    return found


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
    """Return the figures of the given funnels in two queries, however many there are, each from indexes alone."""
    ids = list(funnel_ids)
    figures: dict[uuid.UUID, dict[str, int]] = {one: defaultdict(int) for one in ids}
    came = Journey.objects.filter(funnel_id__in=ids).order_by().values_list("funnel_id")
    visits = came.annotate(name=Value("visits"), n=Count("*"))
    started = came.filter(started_at__isnull=False).annotate(name=Value("started"), n=Count("*"))
    for funnel_id, name, number in visits.union(started, all=True):
        figures[funnel_id][name] = number
    claims = Claim.objects.filter(funnel_id__in=ids).order_by().values_list("funnel_id", "status", "did_redirect")
    for funnel_id, status, did_redirect, number in claims.annotate(n=Count("*")):
        figures[funnel_id]["submitted"] += number
        figures[funnel_id]["shared"] += number if did_redirect else 0
        figures[funnel_id]["processed"] += number if status == Status.PROCESSED else 0
    return {one: Performance(**found) for one, found in figures.items()}


def funnels_of_product(product: Product) -> list[Funnel]:
    """Return the funnels that offer a product."""
    return list(Funnel.objects.filter(funnel_products__product=product).order_by("name", "id"))


def funnels_of_promotion(promotion: Promotion) -> list[Funnel]:
    """Return the funnels that give a promotion."""
    return list(Funnel.objects.filter(promotion=promotion).order_by("name", "id"))
