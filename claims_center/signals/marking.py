"""The statements that work marks out, for many claims at once. Every one names the merchant.

They say the same as `found`, which puts it into words for one claim.
"""

import uuid
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import connection

from claims_center.models import SignalRules
from claims_center.signals.found import COUNTED
from claims_center.signals.marks import BITS
from tenancy.scope import current_merchant_id

# Claims that one of these may change something for: same order number, same trait, same customer.
AROUND = """
WITH given AS (
  SELECT id, customer_id, marketplace, order_number_norm FROM claims_center_claim
  WHERE merchant_id = %(merchant)s AND id = ANY(%(ids)s))
SELECT id FROM given
UNION SELECT other.id FROM given CROSS JOIN LATERAL (
  SELECT c.id FROM claims_center_claim AS c
  WHERE c.merchant_id = %(merchant)s AND c.order_number_norm = given.order_number_norm AND c.order_number_norm <> ''
    AND c.marketplace = given.marketplace
  ORDER BY c.submitted_at DESC LIMIT %(most)s) AS other
UNION SELECT other.claim_id FROM claims_center_claimtrait AS t CROSS JOIN LATERAL (
  SELECT u.claim_id FROM claims_center_claimtrait AS u
  WHERE u.merchant_id = %(merchant)s AND u.token = t.token LIMIT %(most)s) AS other
  WHERE t.merchant_id = %(merchant)s AND t.claim_id = ANY(%(ids)s)
UNION SELECT other.id FROM given CROSS JOIN LATERAL (
  SELECT c.id FROM claims_center_claim AS c
  WHERE c.merchant_id = %(merchant)s AND c.customer_id = given.customer_id
  ORDER BY c.submitted_at DESC LIMIT %(most)s) AS other
"""
# Each claim's mark as it stands and as it should be. `newest`: what came in after it shows a settled signal again.
MARKS = """
WITH mine AS (
  SELECT id, customer_id, marketplace, order_number_norm, submitted_at, signals FROM claims_center_claim
  WHERE merchant_id = %(merchant)s AND id = ANY(%(ids)s)),
rules AS (
  SELECT coalesce(max(most_claims), %(most_claims)s) AS most, coalesce(max(days), %(days)s)::int AS days
  FROM claims_center_signalrules WHERE merchant_id = %(merchant)s),
noticed AS (
  SELECT mine.id, 'same_number' AS kind, max(other.submitted_at) AS newest
  FROM mine JOIN claims_center_claim AS other ON other.merchant_id = %(merchant)s
    AND other.order_number_norm = mine.order_number_norm AND other.order_number_norm <> ''
    AND other.marketplace = mine.marketplace AND other.id <> mine.id AND other.status <> 'rejected'
  GROUP BY mine.id
  UNION ALL
  SELECT t.claim_id, t.kind, max(other.submitted_at)
  FROM claims_center_claimtrait AS t
  JOIN claims_center_claimtrait AS u
    ON u.merchant_id = %(merchant)s AND u.token = t.token AND u.customer_id <> t.customer_id
  JOIN claims_center_claim AS other ON other.merchant_id = %(merchant)s AND other.id = u.claim_id
  WHERE t.merchant_id = %(merchant)s AND t.claim_id = ANY(%(ids)s)
  GROUP BY t.claim_id, t.kind
  UNION ALL
  SELECT mine.id, 'many_claims', max(other.submitted_at) FILTER (WHERE other.id <> mine.id)
  FROM mine CROSS JOIN rules JOIN claims_center_claim AS other ON other.merchant_id = %(merchant)s
    AND other.customer_id = mine.customer_id AND other.submitted_at <= mine.submitted_at
    AND other.submitted_at > mine.submitted_at - make_interval(days => rules.days)
  GROUP BY mine.id, rules.most HAVING count(*) > rules.most),
open AS (
  SELECT noticed.id, sum(bit.value) AS marks
  FROM noticed JOIN unnest(%(kinds)s::text[], %(bits)s::int[]) AS bit (kind, value) ON bit.kind = noticed.kind
  WHERE NOT EXISTS (
    SELECT 1 FROM claims_center_signaldismissal AS d
    WHERE d.merchant_id = %(merchant)s AND d.claim_id = noticed.id AND d.kind = noticed.kind AND d.at >= noticed.newest)
  GROUP BY noticed.id)
SELECT mine.id, mine.signals, coalesce(open.marks, 0)::int FROM mine LEFT JOIN open ON open.id = mine.id
"""


class Mark(NamedTuple):
    """A claim with the mark that it has and the one that it should have."""

    claim_id: uuid.UUID
    stands: int
    wanted: int


def around(claim_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return these claims and those that they may give a signal to, some hundred of each kind at most."""
    with connection.cursor() as cursor:
        cursor.execute(AROUND, {"merchant": current_merchant_id(), "ids": list(claim_ids), "most": COUNTED})
        return {row[0] for row in cursor.fetchall()}


def wrong_marks(claim_ids: Collection[uuid.UUID]) -> list[Mark]:
    """Return those of the claims whose mark is not what it should be."""
    ours = SignalRules.made_with()
    values: dict[str, Any] = {"merchant": current_merchant_id(), "ids": list(claim_ids)}
    values |= {"kinds": list(BITS), "bits": list(BITS.values()), "most_claims": ours.most_claims, "days": ours.days}
    with connection.cursor() as cursor:
        cursor.execute(MARKS, values)
        return [Mark(*row) for row in cursor.fetchall() if row[1] != row[2]]
