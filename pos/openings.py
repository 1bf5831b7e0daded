"""A member's open responses, as tills ask for them: those that end soonest come first.

A handful is read as it is and judged one by one. Of more the database says which can be used, so that a member with
any number of them is told of those that matter, in bounded time and memory.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from offers import usage
from offers.models import Offer, OfferResponse
from offers.rules import having_use, why_not
from offers.selectors import responses_of
from offers.states import CLOSED
from pos.baskets import does_not_fit
from pos.pages import Place

# Up to so many are judged one by one; a page of usable ones has no more.
FEW = 200
# A basket is told of no more than these.
MOST = 1_000


def end_of(response: OfferResponse) -> Place:
    """Return where a response stands in the order of what ends soonest; what has no end comes last."""
    return Place(response.expires_rank, response.id)


def usable(
    *, customer_id: uuid.UUID, at: datetime, zone: tzinfo, limit: int, behind: Place | None = None
) -> list[OfferResponse]:
    """Return up to ``limit`` responses that a member can use at an instant, with their offers; ``behind`` a place.

    One query where a member has a handful, else two.
    """
    few = _few(customer_id, at) if behind is None else None
    if few is not None:
        return [one for one in few if why_not(one, at=at) is None][:limit]
    rows = responses_of(customer_id=customer_id).filter(having_use(at=at, zone=zone))
    if behind is not None:
        rows = rows.filter(Q(expires_rank__gt=behind.at) | Q(expires_rank=behind.at, id__gt=behind.id))
    return list(rows.order_by("expires_rank", "id")[:limit])


def open_for(
    *, customer_id: uuid.UUID, basket: dict[str, Any], at: datetime, zone: tzinfo
) -> tuple[Sequence[OfferResponse], bool]:
    """Return a member's open responses with their offers, and whether there are more than these.

    Where there are more than a thousand, those that fit the basket come first. One query for a handful, else three.
    """
    few = _few(customer_id, at)
    if few is not None:
        return few, False
    rows = responses_of(customer_id=customer_id).filter(usage.being_open(at=at))
    can_be_used = having_use(at=at, zone=zone)
    # Whether a basket fits is said by the offer alone, of which there are fewer.
    offers = Offer.objects.filter(id__in=rows.filter(can_be_used).order_by().values("offer_id"))
    fitting = [offer.id for offer in offers if does_not_fit(offer, basket) is None]
    fits_first = Case(
        When(can_be_used & Q(offer_id__in=fitting), then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    found = list(rows.order_by(fits_first, "expires_rank", "id")[: MOST + 1])
    return found[:MOST], len(found) > MOST


def _few(customer_id: uuid.UUID, at: datetime) -> list[OfferResponse] | None:
    """Return all that are open where that is a handful, else None."""
    rows = list(responses_of(customer_id=customer_id).exclude(status__in=CLOSED)[: FEW + 1])
    if len(rows) > FEW:
        return None
    return sorted((one for one in rows if usage.status_of(one, at=at) not in CLOSED), key=end_of)
