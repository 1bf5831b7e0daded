"""How campaigns perform."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from claims_center.models import Claim, Journey
from claims_center.states import Status


@dataclass(frozen=True, slots=True)
class Steps:
    """How many got how far: visits to the page, started, submitted and shared ones, and claims processed."""

    visits: int = 0
    started: int = 0
    submitted: int = 0
    shared: int = 0
    processed: int = 0


def steps_of_funnels(
    funnel_ids: Iterable[uuid.UUID], *, start: datetime | None = None, end: datetime | None = None
) -> dict[uuid.UUID, Steps]:
    """Return each funnel's steps for visits (and claims) from `start` until before `end`; two queries in all."""
    ids = list(funnel_ids)
    visits = _between(Journey.objects.filter(funnel_id__in=ids), "visited_at", start, end).values("funnel_id")
    counted = visits.annotate(
        visits=Count("id"),
        started=Count("id", filter=Q(started_at__isnull=False)),
        submitted=Count("id", filter=Q(submitted_at__isnull=False)),
        shared=Count("id", filter=Q(shared_at__isnull=False)),
    )
    rows = {row.pop("funnel_id"): row for row in counted.order_by()}
    claims = _between(
        Claim.objects.filter(funnel_id__in=ids, status=Status.PROCESSED), "submitted_at", start, end
    ).values("funnel_id")
    processed = dict(claims.annotate(number=Count("id")).order_by().values_list("funnel_id", "number"))
    return {one: Steps(**rows.get(one, {}), processed=processed.get(one, 0)) for one in ids}


def _between(rows: QuerySet[Any], column: str, start: datetime | None, end: datetime | None) -> QuerySet[Any]:
    limits = {f"{column}__gte": start, f"{column}__lt": end}
    return rows.filter(**{name: value for name, value in limits.items() if value is not None})
