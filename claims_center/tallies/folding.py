"""Adding changes to the sums, and counting everything anew. Both hold the merchant's TallyState: one at a time."""

# ruff: noqa: S608 - statements are put together from constants of this package; values are parameters
import uuid
from typing import Any

from django.db import connection
from django.utils import timezone

from claims_center.models import ClaimTally, TallyChange, TallyState
from claims_center.models.tally import DIMENSIONS
from claims_center.states import OPEN
from claims_center.tallies import sql
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

BATCH = 5000

SOME = """DELETE FROM claims_center_tallychange WHERE merchant_id = %(merchant)s AND id = ANY(%(ids)s)
  RETURNING kind, at, done_at, funnel_ref, product_ref, marketplace, status, flag, number"""
ALL = "DELETE FROM claims_center_tallychange WHERE merchant_id = %(merchant)s"

# The id says what is summed up: no random number has to be made in the database.
GATHER = f"""
facts AS ({sql.FACTS}),
spread AS ({sql.SPREAD}),
spans AS (
  SELECT span, first AS day, dimension, key, name, minutes, sum(number)::int AS number
  FROM spread CROSS JOIN LATERAL (VALUES
    ('day' COLLATE "C", spread.day), ('month', date_trunc('month', spread.day)::date), ('ever', date '0001-01-01')
  ) AS part (span, first)
  GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(number) <> 0)
INSERT INTO claims_center_claimtally AS held
  (merchant_id, id, generation, dimension, key, span, day, {", ".join(sql.COLUMNS)}, took_minutes, took_numbers)
SELECT %(merchant)s, md5(concat_ws('/', %(generation)s::int, dimension, key, span, day))::uuid, %(generation)s,
  dimension, key, span, day, {sql.summed()},
  coalesce(array_agg(minutes ORDER BY minutes) FILTER (WHERE name = 'done'), '{{}}'),
  coalesce(array_agg(number ORDER BY minutes) FILTER (WHERE name = 'done'), '{{}}')
FROM spans GROUP BY dimension, key, span, day
ON CONFLICT (merchant_id, generation, dimension, span, day, key) DO UPDATE SET
  {", ".join(f"{name} = held.{name} + excluded.{name}" for name in sql.COLUMNS)},
  (took_minutes, took_numbers) = (
    SELECT coalesce(array_agg(minutes ORDER BY minutes), '{{}}'), coalesce(array_agg(number ORDER BY minutes), '{{}}')
    FROM (SELECT minutes, sum(number)::int AS number FROM (
        SELECT unnest(held.took_minutes) AS minutes, unnest(held.took_numbers) AS number
        UNION ALL SELECT unnest(excluded.took_minutes), unnest(excluded.took_numbers)) AS both_of_them
      GROUP BY 1 HAVING sum(number) <> 0) AS merged)"""
FOLD = f"WITH rows AS ({SOME}), {GATHER}"
REBUILD = f"WITH gone AS ({ALL}), rows AS ({sql.EVERYTHING}), {GATHER}"


def fold(*, limit: int = BATCH) -> int:
    """Add up to `limit` changes of the merchant in scope to its sums; return how many there were.

    1. Locks the merchant's TallyState. Where its sums are of another time zone than the merchant's, or were never
       made, counts everything anew instead and returns 0.
    2. One statement takes the changes away and adds them up, so that whoever reads meanwhile sees them once.
    """
    state = _held()
    if not is_true(state):
        _rebuild(state)
        return 0
    ids = list(TallyChange.objects.order_by("id").values_list("id", flat=True)[:limit])
    if ids:
        _run(FOLD, state, ids=ids)
    return len(ids)


def rebuild(*, merchant_id: uuid.UUID) -> None:
    """Count the merchant's claims, visits and history anew, by its time zone, in a scope that it opens itself.

    1. Locks the merchant's TallyState, and makes it where there is none.
    2. One statement, so by one view of the rows: takes all changes away that it can see, and writes the sums as the
       next generation. Writers go on; what they add meanwhile stays a change.
    3. Switches to the new generation and removes the others.

    The time for this statement is not limited: a million claims take a minute or so.
    """
    with merchant_scope(merchant_id):
        _rebuild(_held())


def is_true(state: TallyState) -> bool:
    """Say whether the sums are there, and by the merchant's time zone."""
    return state.generation > 0 and state.zone == _zone(state.merchant_id)


def _held() -> TallyState:
    TallyState.objects.bulk_create([TallyState.made_with()], ignore_conflicts=True)
    found: TallyState = TallyState.objects.select_for_update(no_key=True).get()
    return found


def _rebuild(state: TallyState) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        (limit,) = cursor.fetchone()
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL work_mem = '64MB'")
        state.zone, state.rebuilt_at = _zone(state.merchant_id), timezone.now()
        state.generation += 1
        _run(REBUILD, state)
        state.save(update_fields=["zone", "generation", "rebuilt_at"])
        ClaimTally.objects.exclude(generation=state.generation).delete()
        cursor.execute(f"SET LOCAL statement_timeout = '{limit}'")


def _run(statement: str, state: TallyState, **more: Any) -> None:
    values = {
        "merchant": state.merchant_id,
        "generation": state.generation,
        "zone": state.zone,
        "open": [str(status) for status in OPEN],
        "dimensions": list(DIMENSIONS),
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _zone(merchant_id: uuid.UUID) -> str:
    zone: str = Merchant.objects.values_list("time_zone", flat=True).get(id=merchant_id)
    return zone
