"""The statements that count: what a row counts as is written here once, for sums, live figures and the check alike.

Every statement names the merchant. `rows` are the things to be counted, `facts` what each counts as on which day,
`spread` the same over all and for each campaign, product and marketplace. Names and keys are compared byte by byte:
by the rules of a language that takes several times as long.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; values are parameters

# How long processing took is counted in whole minutes up to two hours, in steps of ten up to a day, in hours up to ten
# days, in days from then on, always rounded down: medians are exact to these steps.
MINUTES = """CASE WHEN minutes < 120 THEN minutes WHEN minutes < 1440 THEN minutes / 10 * 10
    WHEN minutes < 14400 THEN minutes / 60 * 60 ELSE minutes / 1440 * 1440 END"""

COUNTED = ("new", "needs_info", "verified", "processed", "rejected", "redirected", "visited", "started", "waiting")
COLUMNS = (*COUNTED, "done")

ROW = "kind, at, done_at, funnel_ref, product_ref, marketplace, status, flag, number"
CHANGES = f"SELECT {ROW} FROM claims_center_tallychange WHERE merchant_id = %(merchant)s"
CLAIMS = """SELECT 'claim' AS kind, submitted_at AS at, processed_at AS done_at, funnel_id AS funnel_ref,
    product_id AS product_ref, marketplace, status, did_redirect AS flag, 1 AS number
  FROM claims_center_claim WHERE merchant_id = %(merchant)s"""
VISITS = """SELECT 'visit', visited_at, NULL::timestamptz, funnel_id, NULL::uuid, '', '', started_at IS NOT NULL, 1
  FROM claims_center_journey WHERE merchant_id = %(merchant)s"""
# Who waits now and did not before, or the other way round, by the history of claims.
MOVES = """SELECT 'waiting', at, NULL::timestamptz, NULL::uuid, NULL::uuid, '', '', FALSE,
    (to_status = ANY(%(open)s))::int - (from_status = ANY(%(open)s))::int
  FROM claims_center_claimchange WHERE merchant_id = %(merchant)s
    AND (to_status = ANY(%(open)s)) <> (from_status = ANY(%(open)s))"""
EVERYTHING = f"{CLAIMS} UNION ALL {VISITS} UNION ALL {MOVES}"

FACTS = f"""
  SELECT (fact.at AT TIME ZONE %(zone)s)::date AS day, fact.name, {MINUTES} AS minutes,
         funnel_ref, product_ref, marketplace COLLATE "C" AS marketplace, sum(number)::int AS number
  FROM rows CROSS JOIN LATERAL (VALUES
    (CASE kind WHEN 'claim' THEN status WHEN 'visit' THEN 'visited' ELSE 'waiting' END COLLATE "C", at, 0),
    (CASE kind WHEN 'claim' THEN 'redirected' ELSE 'started' END, CASE WHEN flag THEN at END, 0),
    ('done', done_at, greatest(0, floor(extract(epoch FROM done_at - at) / 60))::int)
  ) AS fact (name, at, minutes)
  WHERE fact.at IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5, 6"""
SPREAD = """
  SELECT dimension, key, day, name, minutes, sum(number)::int AS number
  FROM facts CROSS JOIN LATERAL (VALUES
    ('all' COLLATE "C", '' COLLATE "C"), ('funnel', funnel_ref::text), ('product', product_ref::text),
    ('marketplace', nullif(marketplace, ''))
  ) AS part (dimension, key)
  WHERE key IS NOT NULL AND dimension = ANY(%(dimensions)s)
  GROUP BY 1, 2, 3, 4, 5 HAVING sum(number) <> 0"""


def summed(columns: tuple[str, ...] = COLUMNS) -> str:
    """Return the select list that turns facts, one name a row, into one column for each name."""
    return ", ".join(f"coalesce(sum(number) FILTER (WHERE name = '{name}'), 0)::int AS {name}" for name in columns)
