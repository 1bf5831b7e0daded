"""Counting what is taken of offers with limits. The counter's own row is the lock."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from offers.errors import ResponseLimitReached, SoldOut
from offers.models import Offer
from tenancy.ids import new_id
from tenancy.scope import current_merchant_id

TAKE = """
UPDATE offers_offerstock SET taken = taken + 1
WHERE merchant_id = %(merchant)s AND offer_id = %(offer)s AND taken < %(limit)s RETURNING taken
"""
TAKE_FOR = """
INSERT INTO offers_offertaken AS known (merchant_id, id, offer_id, customer_id, taken)
VALUES (%(merchant)s, %(id)s, %(offer)s, %(customer)s, 1)
ON CONFLICT (merchant_id, offer_id, customer_id) DO UPDATE SET taken = known.taken + 1
WHERE known.taken < %(limit)s RETURNING taken
"""
GIVE_BACK = """
UPDATE offers_offerstock SET taken = taken - 1 WHERE merchant_id = %(merchant)s AND offer_id = %(offer)s AND taken > 0
"""
GIVE_BACK_FOR = """
UPDATE offers_offertaken SET taken = taken - 1
WHERE merchant_id = %(merchant)s AND offer_id = %(offer)s AND customer_id = %(customer)s AND taken > 0
"""
TAKE_FOR_EACH = """
INSERT INTO offers_offertaken AS known (merchant_id, id, offer_id, customer_id, taken)
SELECT %(merchant)s, one.id, %(offer)s, one.customer, 1
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[]) AS one (id, customer) ORDER BY one.customer
ON CONFLICT (merchant_id, offer_id, customer_id) DO UPDATE SET taken = known.taken + 1
WHERE known.taken < %(limit)s RETURNING customer_id
"""
TAKE_UP_TO = """
WITH held AS MATERIALIZED (
    SELECT id, greatest(least(%(number)s, %(limit)s - taken), 0) AS n FROM offers_offerstock
    WHERE merchant_id = %(merchant)s AND offer_id = %(offer)s FOR UPDATE)
UPDATE offers_offerstock AS t SET taken = t.taken + held.n FROM held
WHERE t.merchant_id = %(merchant)s AND t.id = held.id RETURNING held.n
"""
# Held in one order: by offer, then by member. So two of these never wait for each other crosswise.
GIVE_BACK_FOR_MANY = """
WITH held AS MATERIALIZED (
    SELECT t.id, given.n FROM offers_offertaken AS t
    JOIN unnest(%(offers)s::uuid[], %(customers)s::uuid[], %(numbers)s::int[]) AS given (offer, customer, n)
        ON given.offer = t.offer_id AND given.customer = t.customer_id
    WHERE t.merchant_id = %(merchant)s ORDER BY t.offer_id, t.customer_id FOR UPDATE OF t)
UPDATE offers_offertaken AS t SET taken = greatest(t.taken - held.n, 0) FROM held
WHERE t.merchant_id = %(merchant)s AND t.id = held.id
"""
GIVE_BACK_MANY = """
WITH held AS MATERIALIZED (
    SELECT t.id, given.n FROM offers_offerstock AS t
    JOIN unnest(%(offers)s::uuid[], %(numbers)s::int[]) AS given (offer, n) ON given.offer = t.offer_id
    WHERE t.merchant_id = %(merchant)s ORDER BY t.offer_id FOR UPDATE OF t)
UPDATE offers_offerstock AS t SET taken = greatest(t.taken - held.n, 0) FROM held
WHERE t.merchant_id = %(merchant)s AND t.id = held.id
"""
# Taken are those that are not canceled. Run while the offer's row is locked against new responses.
COUNT = """
INSERT INTO offers_offerstock (merchant_id, id, offer_id, taken)
SELECT %(merchant)s, %(id)s, %(offer)s, count(*) FROM offers_offerresponse
WHERE merchant_id = %(merchant)s AND offer_id = %(offer)s AND status <> 'canceled'
ON CONFLICT (merchant_id, offer_id) DO UPDATE SET taken = excluded.taken
"""
COUNT_EACH = """
INSERT INTO offers_offertaken (merchant_id, id, offer_id, customer_id, taken)
SELECT %(merchant)s, gen_random_uuid(), %(offer)s, customer_id, count(*) FILTER (WHERE status <> 'canceled')
FROM offers_offerresponse WHERE merchant_id = %(merchant)s AND offer_id = %(offer)s GROUP BY customer_id
ON CONFLICT (merchant_id, offer_id, customer_id) DO UPDATE SET taken = excluded.taken
"""


def take(*, offer: Offer, customer_id: uuid.UUID) -> None:
    """Count one more as taken, where the offer has limits. Raises SoldOut and ResponseLimitReached; locks the counters.

    The member's own counter comes first: who has enough already is told so, even when nothing is left for anybody.
    """
    values = _values(offer, customer_id)
    if offer.member_limit is not None and (
        offer.member_limit < 1 or not _run(TAKE_FOR, values | {"id": new_id(), "limit": offer.member_limit})
    ):
        raise ResponseLimitReached
    if offer.total_limit is not None and not _run(TAKE, values | {"limit": offer.total_limit}):
        raise SoldOut


def give_back(*, offer: Offer, customer_id: uuid.UUID) -> None:
    """Count one less as taken: it was canceled."""
    values = _values(offer, customer_id)
    if offer.member_limit is not None:
        _run(GIVE_BACK_FOR, values)
    if offer.total_limit is not None:
        _run(GIVE_BACK, values)


def take_each(*, offer: Offer, customers: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Count one more as taken for each of these members who has not enough yet; return those. Each is named once."""
    if offer.member_limit is None:
        return set(customers)
    if offer.member_limit < 1 or not customers:
        return set()
    values: dict[str, Any] = {"merchant": current_merchant_id(), "offer": offer.id, "limit": offer.member_limit}
    values |= {"ids": [new_id() for _ in customers], "customers": list(customers)}
    with connection.cursor() as cursor:
        cursor.execute(TAKE_FOR_EACH, values)
        return {customer for (customer,) in cursor.fetchall()}


def take_up_to(*, offer: Offer, number: int) -> int:
    """Count up to so many more as taken of what there is in all; return how many it were."""
    if offer.total_limit is None or not number:
        return number
    values: dict[str, Any] = {"merchant": current_merchant_id(), "offer": offer.id, "limit": offer.total_limit}
    values["number"] = number
    with connection.cursor() as cursor:
        cursor.execute(TAKE_UP_TO, values)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def take_many(*, taken: Iterable[tuple[Offer, uuid.UUID]]) -> None:
    """Count one more as taken for each pair of offer and member, or refuse them all.

    The members' own counters come first, as in `take`. Raises ResponseLimitReached and SoldOut.
    """
    pairs = sorted(taken, key=lambda pair: (pair[0].id, pair[1]))
    for offer, customer in pairs:
        values = _values(offer, customer) | {"id": new_id(), "limit": offer.member_limit}
        if offer.member_limit is not None and (offer.member_limit < 1 or not _run(TAKE_FOR, values)):
            raise ResponseLimitReached
    offers = {offer.id: offer for offer, _customer in pairs}
    numbers = Counter(offer.id for offer, _customer in pairs)
    for offer_id, number in numbers.items():
        if take_up_to(offer=offers[offer_id], number=number) < number:
            raise SoldOut


def give_back_many(*, taken: Iterable[tuple[Offer, uuid.UUID]], in_all: bool = True) -> None:
    """Count one less as taken for each pair of offer and member, without ``in_all`` on the members' own counters alone."""
    pairs = list(taken)
    own = Counter((offer.id, customer) for offer, customer in pairs if offer.member_limit is not None)
    limited = Counter(offer.id for offer, _customer in pairs if offer.total_limit is not None and in_all)
    values: dict[str, Any] = {"merchant": current_merchant_id()}
    if own:
        offers, customers = zip(*own, strict=True)
        given = {"offers": list(offers), "customers": list(customers), "numbers": list(own.values())}
        _run(GIVE_BACK_FOR_MANY, values | given)
    if limited:
        _run(GIVE_BACK_MANY, values | {"offers": list(limited), "numbers": list(limited.values())})


def count(*, offer: Offer) -> None:
    """Set the counters to what stands, for limits that are new. The caller holds the offer's row FOR UPDATE."""
    values = {"merchant": current_merchant_id(), "offer": offer.id}
    if offer.total_limit is not None:
        _run(COUNT, values | {"id": new_id()})
    if offer.member_limit is not None:
        _run(COUNT_EACH, values)


def _values(offer: Offer, customer_id: uuid.UUID) -> dict[str, Any]:
    return {"merchant": current_merchant_id(), "offer": offer.id, "customer": customer_id}


def _run(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
