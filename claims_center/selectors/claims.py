"""Claims as lists, pages, exports and the customer's page read them."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import QuerySet

from claims_center.models import Claim
from claims_center.states import OPEN

# Big, secret or personal columns that no list shows.
NOT_LISTED = ("tracker_sealed", "ship_to", "gift_address")
RELATED = ("customer", "product", "listing", "promotion", "funnel", "journey", "matched_order", "assignee")


def claims_for_list() -> QuerySet[Claim]:
    """Return all claims of the merchant with what a list shows, from one table alone; the list orders and pages."""
    found: QuerySet[Claim] = Claim.objects.defer(*NOT_LISTED)
    return found


def claim_for_page(claim_id: uuid.UUID) -> Claim:
    """Return one claim with everything that its page shows; three queries. Raises Claim.DoesNotExist."""
    rows = Claim.objects.select_related(*RELATED).prefetch_related("matched_order__items")
    found: Claim = rows.get(id=claim_id)
    return found


def claims_of_customer(customer_id: uuid.UUID) -> QuerySet[Claim]:
    """Return a customer's claims, newest first."""
    return claims_for_list().filter(customer_id=customer_id).order_by("-submitted_at", "-id")


def waiting() -> tuple[int, datetime | None]:
    """Return how many claims wait for somebody, and since when the oldest does."""
    rows = Claim.objects.filter(status__in=OPEN)
    return rows.count(), rows.order_by("submitted_at").values_list("submitted_at", flat=True).first()


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a customer claims: claims by campaign, and the days between one claim and the next."""

    claims: int
    by_funnel: dict[str, int]
    days_between: list[int]

    @property
    def is_repeat(self) -> bool:
        """Say whether the customer has claimed more than once."""
        return self.claims > 1


def pattern_of(customer_id: uuid.UUID) -> Pattern:
    """Return a customer's pattern; one query."""
    rows = list(
        Claim.objects.filter(customer_id=customer_id).order_by("submitted_at").values_list("funnel_name", "submitted_at")
    )
    names = [name for name, _at in rows]
    days = [(later - earlier).days for (_a, earlier), (_b, later) in pairwise(rows)]
    return Pattern(len(rows), {name: names.count(name) for name in dict.fromkeys(names)}, days)
