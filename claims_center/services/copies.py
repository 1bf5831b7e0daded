"""Keeping true what claims copy from other rows, because their list sorts and searches by it."""

import uuid
from datetime import datetime

from claims_center.models import Claim, Funnel, Product, Promotion
from claims_center.search import write_words
from customers.models import Customer
from jobs.services import enqueue

PORTION = 1000
PEOPLE = 100
SOURCES = {
    "product": (Product, "title", "product_title"),
    "funnel": (Funnel, "name", "funnel_name"),
    "promotion": (Promotion, "name", "promotion_name"),
}


def carry_name(*, source: str, source_id: uuid.UUID, now: datetime) -> None:
    """Write a changed name (source: "product", "funnel", "promotion" or "customer") onto the claims that copy it.

    Call it in the transaction of the change: does the first portion at once, and puts down a job for the rest, so
    that renaming a campaign of a million claims answers as fast as any.
    """
    if refresh(source=source, source_id=source_id):
        enqueue(kind="claims.refresh_copies", payload={"source": source, "id": str(source_id)}, now=now)


def refresh(*, source: str, source_id: uuid.UUID) -> int:
    """Bring one portion of stale copies up to date; return how many there were if there may be more, else 0.

    A claim's own e-mail address is no copy: it is where that claim's gift went.
    """
    if source == "customer":
        return _refresh_customer(source_id)
    model, theirs, ours = SOURCES[source]
    value = model.objects.values_list(theirs, flat=True).get(id=source_id)
    stale = Claim.objects.filter(**{f"{source}_id": source_id}).exclude(**{ours: value})
    ids = list(stale.order_by("id").values_list("id", flat=True)[:PORTION])
    Claim.objects.filter(id__in=ids).update(**{ours: value})
    return len(ids) if len(ids) == PORTION else 0


def _refresh_customer(customer_id: uuid.UUID) -> int:
    customer: Customer = Customer.objects.get(id=customer_id)
    stale = Claim.objects.filter(customer_id=customer_id).exclude(customer_name=customer.name[:250])
    claims = list(stale.select_related("customer").order_by("id")[:PEOPLE])
    Claim.objects.filter(id__in=[claim.id for claim in claims]).update(customer_name=customer.name[:250])
    for claim in claims:
        claim.customer_name = customer.name[:250]
        write_words(claim=claim)
    return len(claims) if len(claims) == PEOPLE else 0
