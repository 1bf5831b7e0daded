"""Reads of offers and responses. All run in the merchant's scope."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Case, IntegerField, QuerySet, Value, When

from offers import periods
from offers.models import Offer, OfferResponse, OfferStock
from offers.rules import judge
from offers.states import CLOSED
from offers.usage import being_open, status_of
from tenancy.scope import current_merchant_id
from tenancy.selectors import merchant_zone
from ui import locale

CAP = 10_000
# Responses of one member that pages look at, the latest first.
MOST_RESPONSES = 200
# Each count stops at the cap, so that a popular offer costs no more than a rare one.
COUNTS = """
SELECT wanted.id, (SELECT count(*) FROM (
    SELECT 1 FROM offers_offerresponse WHERE merchant_id = %(merchant)s AND offer_id = wanted.id LIMIT %(most)s) AS one)
FROM unnest(%(ids)s::uuid[]) AS wanted (id)
"""


@dataclass(frozen=True, slots=True)
class ClaimableOffer:
    """An offer as one member meets it: whether it can be claimed now, else why not, and the member's response.

    `code` is the refusal's stable code, `reason` its words; both are "" where the offer can be claimed. `response` is
    the latest one that is open, else the latest one, None where there is none; its `offer` is loaded.
    """

    offer: Offer
    claimable: bool
    code: str
    reason: str
    response: OfferResponse | None


def published_offers() -> QuerySet[Offer]:
    """Return the offers that are out, the newest first; whether they are seen now is asked of `offers.periods`."""
    found: QuerySet[Offer] = Offer.objects.filter(published_at__isnull=False, archived_at__isnull=True)
    return found.order_by("-published_at", "-id")


def responses_of(*, customer_id: uuid.UUID) -> QuerySet[OfferResponse]:
    """Return a member's responses with their offers, the latest first."""
    found: QuerySet[OfferResponse] = OfferResponse.objects.filter(customer_id=customer_id).select_related("offer")
    return found.order_by("-issued_at", "-id")


def for_customer(*, customer_id: uuid.UUID, at: datetime) -> list[ClaimableOffer]:
    """Return what a member can claim or holds at an instant; those that are held come first.

    These are the offers that are seen and theirs to claim, and all others of which they have an open response. Six
    queries at most, one more for a member with hundreds of responses.
    """
    zone, held = merchant_zone(), _latest(customer_id, at)
    seen = [one for one in published_offers() if one.is_claimable and periods.is_seen(one, zone, at=at)]
    known = {one.id for one in seen}
    others = [one.offer for one in held.values() if one.offer_id not in known and status_of(one, at=at) not in CLOSED]
    judged = judge(offers=[*others, *seen], customer_id=customer_id, at=at, zone=zone)
    found = [
        ClaimableOffer(
            one.offer,
            one.is_claimable,
            one.refusal.code if one.refusal else "",
            one.refusal.words if one.refusal else "",
            held.get(one.offer.id),
        )
        for one in judged
    ]
    return sorted(found, key=lambda one: one.response is None or status_of(one.response, at=at) in CLOSED)


def times_issued(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return how many responses each offer has, `10,000+` where it is more; one query."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"merchant": current_merchant_id(), "ids": list(ids), "most": CAP + 1})
        return {
            one: f"{locale.number(CAP)}+" if count > CAP else locale.number(count) for one, count in cursor.fetchall()
        }


def taken_of(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many of each limited offer are taken; one query."""
    return dict(OfferStock.objects.filter(offer_id__in=ids).values_list("offer_id", "taken"))


def _latest(customer_id: uuid.UUID, at: datetime) -> dict[uuid.UUID, OfferResponse]:
    """Return one response for each offer: the latest that is open, else the latest."""
    rows = list(responses_of(customer_id=customer_id)[: MOST_RESPONSES + 1])
    if len(rows) > MOST_RESPONSES:
        is_closed = Case(When(being_open(at=at), then=Value(0)), default=Value(1), output_field=IntegerField())
        each = responses_of(customer_id=customer_id).order_by("offer_id", is_closed, "-issued_at", "-id")
        return {one.offer_id: one for one in each.distinct("offer_id")}
    found: dict[uuid.UUID, OfferResponse] = {}
    for one in rows:
        known = found.get(one.offer_id)
        is_better = known is None or (status_of(known, at=at) in CLOSED and status_of(one, at=at) not in CLOSED)
        if is_better:
            found[one.offer_id] = one
    return found
