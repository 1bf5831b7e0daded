"""Proof that the sums, together with what is not yet in them, are what the rows say."""

# ruff: noqa: S608 - statements are put together from constants of this package; values are parameters
import uuid
from typing import Any

from django.db import connection

from claims_center.models.tally import DIMENSIONS
from claims_center.states import OPEN
from claims_center.tallies import sql
from ledger.findings import MOST_PER_CHECK, Finding
from tenancy.models import Merchant

TEXT = "The figures of this day differ from the claims and visits that they count; rebuild_tallies mends them."
HELD = ", ".join(f"('{name}', 0, {name})" for name in sql.COLUMNS if name != "done")
# Counted is added, held is taken away: whatever is left was lost, or counted twice.
DIFFERENT = f"""
WITH state AS MATERIALIZED (SELECT generation FROM claims_center_tallystate
  WHERE merchant_id = %(merchant)s AND zone = %(zone)s AND generation > 0),
rows AS (SELECT kind, at, done_at, funnel_ref, product_ref, marketplace, status, flag, number
    FROM ({sql.EVERYTHING}) AS everything
  UNION ALL SELECT kind, at, done_at, funnel_ref, product_ref, marketplace, status, flag, -number
    FROM ({sql.CHANGES}) AS changes),
facts AS ({sql.FACTS}),
spread AS ({sql.SPREAD}),
counted AS (
  SELECT part.span, part.first AS day, dimension, key, name, minutes, number
  FROM spread CROSS JOIN LATERAL (VALUES
    ('day', spread.day), ('month', date_trunc('month', spread.day)::date), ('ever', date '0001-01-01')
  ) AS part (span, first)
  UNION ALL
  SELECT span, day, dimension, key, fact.name, fact.minutes, -fact.number
  FROM claims_center_claimtally JOIN state USING (generation)
  CROSS JOIN LATERAL (VALUES {HELD}) AS fact (name, minutes, number)
  WHERE merchant_id = %(merchant)s
  UNION ALL
  SELECT span, day, dimension, key, 'done', took.minutes, -took.number
  FROM claims_center_claimtally JOIN state USING (generation)
  CROSS JOIN LATERAL unnest(took_minutes, took_numbers) AS took (minutes, number)
  WHERE merchant_id = %(merchant)s
  UNION ALL
  SELECT span, day, dimension, key, 'done in all', 0,
    done - (SELECT coalesce(sum(number), 0) FROM unnest(took_numbers) AS number)::int
  FROM claims_center_claimtally JOIN state USING (generation) WHERE merchant_id = %(merchant)s)
SELECT dimension, key, span, day FROM counted WHERE EXISTS (SELECT FROM state)
GROUP BY 1, 2, 3, 4, name, minutes HAVING sum(number) <> 0 ORDER BY 3, 4, 1, 2 LIMIT {MOST_PER_CHECK}"""


def check_tallies(merchant_id: uuid.UUID) -> list[Finding]:
    """Return the days, months and keys whose sums are not what the rows say; in the merchant's scope, changes nothing.

    Where no sums are read (none yet, or of another time zone) there is nothing to find.
    """
    zone = Merchant.objects.values_list("time_zone", flat=True).get(id=merchant_id)
    values: dict[str, Any] = {
        "merchant": merchant_id,
        "zone": zone,
        "open": [str(status) for status in OPEN],
        "dimensions": list(DIMENSIONS),
    }
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT, values)
        rows = cursor.fetchall()
    places = list(dict.fromkeys(" ".join(filter(None, (part, key, span, str(day)))) for part, key, span, day in rows))
    return [Finding("claim_tallies", TEXT, {"figures": place}) for place in places]
