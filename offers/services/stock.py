"""Counting what is taken of offers with limits. The counter's own row is the lock."""

import uuid
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
