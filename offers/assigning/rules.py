"""Who gets an offer that is assigned, who does not and why; what of it can be taken back."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from codes.models import Code
from codes.states import CodeState
from jobs.bulk.outcomes import GONE, IMPOSSIBLE
from offers import periods
from offers.assigning import outcomes
from offers.bulk import outcomes as letters
from offers.models import Assignment, Offer, OfferResponse, OfferStock, OfferTaken
from offers.states import OPEN, WAITING, CodeSource, Status
from offers.usage import having_status
from tenancy.scope import current_merchant_id
from tenancy.selectors import merchant_zone

# Facts of a member `d` for one offer, as SQL.
HAS_ENOUGH = """coalesce((SELECT t.taken FROM offers_offertaken AS t WHERE t.merchant_id = %(merchant)s
    AND t.offer_id = '{offer}' AND t.customer_id = d.id), 0) >= {limit}"""
HAS_IT = """EXISTS (SELECT FROM offers_offerresponse AS p WHERE p.merchant_id = %(merchant)s AND p.customer_id = d.id
    AND p.offer_id = '{offer}' AND (p.status IN ('processing', 'shipping') OR p.status IN ('pending', 'clipped')
    AND (p.expires_at IS NULL OR p.expires_at > %(now)s)))"""
# The first of the chosen who would find nothing left.
FIRST_WITHOUT = """
SELECT one.n FROM offers_assignmentselection AS b, unnest(b.ids) WITH ORDINALITY AS one (id, n)
JOIN customers_customer AS d ON d.merchant_id = %(merchant)s AND d.id = one.id
WHERE b.merchant_id = %(merchant)s AND b.bulk_id = %(bulk)s AND d.erased_at IS NULL AND NOT ({enough}) AND NOT ({has})
ORDER BY one.n OFFSET %(left)s LIMIT 1
"""
# What an assignment gave to a member, found by its name.
GIVEN = """(SELECT {what} FROM offers_offerresponse AS p WHERE p.merchant_id = %(merchant)s
    AND p.op_key = 'assign:' || r.bulk_id || ':' || d.id)"""
UNDO = {
    "stands": GIVEN.format(what="p.status"),
    "has_ended": GIVEN.format(what="p.expires_at IS NOT NULL AND p.expires_at <= %(now)s"),
    "is_reserved": GIVEN.format(what="p.reserved_until IS NOT NULL AND p.reserved_until > %(now)s"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the members of one batch have of the offer already."""

    is_open: bool
    limit: int | None
    again: bool
    taken: Mapping[uuid.UUID, int]
    holders: frozenset[uuid.UUID]

    def judge(self, customer_id: uuid.UUID) -> str:
        """Return why a member gets nothing, "" where the member does."""
        has_enough = self.limit is not None and self.taken.get(customer_id, 0) >= self.limit
        return judged(
            is_open=self.is_open, has_it=not self.again and customer_id in self.holders, has_enough=has_enough
        )


def standing(*, bulk: Assignment, offer: Offer, ids: Iterable[uuid.UUID], now: datetime) -> Standing:
    """Return what these members have of the offer; two queries."""
    ids = list(ids)
    taken = OfferTaken.objects.filter(offer=offer, customer_id__in=ids).values_list("customer_id", "taken")
    waiting = Q()
    for status in WAITING:
        waiting |= having_status(status, at=now)
    held = OfferResponse.objects.filter(waiting | Q(status__in=set(OPEN) - set(WAITING)), offer=offer)
    holders = held.filter(customer_id__in=ids).values_list("customer_id", flat=True)
    return Standing(is_open(offer, now), offer.member_limit, bulk.again, dict(taken), frozenset(holders))


def is_open(offer: Offer, now: datetime) -> bool:
    """Say whether the offer can be given out at this instant."""
    return periods.may_be_given(offer, merchant_zone(), at=now)


def judged(*, is_open: bool, has_it: bool, has_enough: bool, is_left: bool = True) -> str:
    """Return why a member gets nothing, "" where the member does, in the order in which it is asked."""
    if not is_open:
        return outcomes.NOT_OPEN
    if has_enough:
        return letters.LIMIT
    if has_it:
        return outcomes.HAS_IT
    return "" if is_left else letters.SOLD_OUT


def facts(bulk: Assignment, offer: Offer, now: datetime) -> dict[str, str]:
    """Return the facts of the chosen members, as SQL by name; one or two queries where the offer is limited."""
    found = {"is_erased": "d.erased_at IS NOT NULL", "has_it": "false", "has_enough": "false", "is_left": "true"}
    found["is_open"] = "true" if is_open(offer, now) else "false"
    if not bulk.again:
        found["has_it"] = HAS_IT.format(offer=offer.id)
    if offer.member_limit is not None:
        found["has_enough"] = HAS_ENOUGH.format(offer=offer.id, limit=int(offer.member_limit))
    left = left_of(offer, most=bulk.total)
    if left is not None:
        found["is_left"] = f"s.n < {_first_without(bulk, found, left, now)}"
    return found


def left_of(offer: Offer, *, most: int) -> int | None:
    """Return how many can be given out, counted up to `most`; None where there is no end to them."""
    numbers = []
    if offer.total_limit is not None:
        taken = OfferStock.objects.filter(offer=offer).values_list("taken", flat=True).first() or 0
        numbers.append(max(offer.total_limit - taken, 0))
    if offer.code_source == CodeSource.POOL:
        numbers.append(Code.objects.filter(pool_id=offer.pool_id, state=CodeState.FREE)[:most].count())
    return min(numbers, default=None)


def judge(facts: Mapping[str, Any]) -> str:
    """Judge members with these facts."""
    if facts["is_erased"]:
        return GONE
    return judged(
        is_open=bool(facts["is_open"]),
        has_it=bool(facts["has_it"]),
        has_enough=bool(facts["has_enough"]),
        is_left=bool(facts["is_left"]),
    )


def judge_undo(status: str | None, *, has_ended: bool, is_reserved: bool) -> str:
    """Return why what a member was given stays, "" where it is canceled: it waits, and nobody uses it just now."""
    if not status:
        return IMPOSSIBLE
    if status not in WAITING:
        return letters.BY_STATUS[Status(status)]
    if has_ended:
        return letters.IS_EXPIRED
    return letters.IS_RESERVED if is_reserved else ""


def _first_without(bulk: Assignment, found: Mapping[str, str], left: int, now: datetime) -> int:
    statement = FIRST_WITHOUT.format(enough=found["has_enough"], has=found["has_it"])
    values: dict[str, Any] = {"merchant": current_merchant_id(), "bulk": bulk.id, "left": left, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return int(row[0]) if row else bulk.total + 1
