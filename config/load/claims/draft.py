"""What becomes of every synthetic claim, drawn by the dice and kept in one temporary table.

One row a claim: who, what for, which order number, how it ends and when, and the ids of everything it brings along.
Nothing here is written yet; the tables are filled from these rows.
"""

from config.load.fill import Loader
from config.load.shares import (
    ASSIGNED,
    DAYS,
    ENDS,
    FRESH,
    OLD,
    OLD_ENDS,
    OUTCOMES,
    RATINGS,
    REPORTS,
    SHARE,
    WAIT,
    pick,
    seconds,
)

ROLLS = 13
FIRST = [str(end) for end, _ in ENDS]
DRAWN = f"""
SELECT n, at, mod(floor(r1 * %(customers)s)::integer, %(customers)s) AS person,
    mod(floor(r2 * %(offers)s)::integer, %(offers)s) AS offer,
    {pick("r3", OUTCOMES)} AS outcome, ({pick("r4", RATINGS)})::integer AS rating,
    1 + floor(r5 * %(voices)s)::integer AS voice, r6 < {SHARE} AS is_shared,
    CASE WHEN at >= %(fresh)s THEN 'new' WHEN n < {len(FIRST)} THEN (%(first)s::text[])[n + 1]
        WHEN at > %(old)s THEN {pick("r7", ENDS)} ELSE {pick("r7", OLD_ENDS)} END AS ending,
    at < %(fresh)s AND r8 < {ASSIGNED} AS is_assigned, r8 > 0.2 AS by_agent,
    at + {seconds("r9", *WAIT)} AS worked_at, {seconds("r10", 2, 40)} AS to_gift, {seconds("r11", 5, 120)} AS to_done,
    {pick("r12", REPORTS)} AS report, {seconds("r10", 2, 8)} AS looked, r11 < 0.5 AS is_delivered,
    floor(r13 * 17)::integer AS age
FROM (SELECT n, %(now)s - interval '10 minutes' - {DAYS} * interval '1 day'
        * power(1 - (n + 0.5::float8) / %(claims)s, 1.3::float8) AS at,
        {", ".join(f"random() AS r{number}" for number in range(1, ROLLS + 1))}
    FROM generate_series(0, %(claims)s - 1) AS n) AS rolled
"""
# An order is claimed with for the first time by the claim that `bought` names; others came later with its number.
NAMED = f"""
SELECT d.*, o.marketplace, o.kind = 'physical' AS is_physical, o.source, o.asks,
    CASE WHEN d.outcome = 'left_out' AND NOT o.asks THEN NULL
        WHEN d.outcome = 'claimed_before' THEN coalesce(max(d.n) FILTER (
            WHERE d.outcome NOT IN ('unknown', 'claimed_before') AND (d.outcome <> 'left_out' OR o.asks))
            OVER (PARTITION BY o.marketplace ORDER BY d.n), d.n)
        ELSE d.n END AS named
FROM ({DRAWN}) AS d JOIN load_offer AS o ON o.n = d.offer
"""
TURNED = f"""
SELECT d.*, CASE WHEN named IS NULL THEN 0 ELSE row_number() OVER (PARTITION BY marketplace, named ORDER BY n) END AS turn,
    CASE WHEN named IS NULL THEN 'left_out' WHEN outcome = 'unknown' THEN outcome WHEN named <> n THEN 'claimed_before'
        WHEN outcome IN ('left_out', 'claimed_before') THEN 'match' ELSE outcome END AS became,
    count(*) OVER (PARTITION BY person) > 1 AS is_repeat,
    ending NOT IN ('new', 'needs_info', 'rejected') AS is_verified,
    ending IN ('gifted', 'processed') AND NOT is_physical AS is_mailed, ending = 'processed' AS is_done,
    count(*) FILTER (WHERE ending = 'gifted' AND NOT is_physical)
        OVER (PARTITION BY person ORDER BY n ROWS UNBOUNDED PRECEDING)
        - (ending = 'gifted' AND NOT is_physical)::integer AS held_before
FROM ({NAMED}) AS d
"""
CLAIMS = f"""
SELECT d.*, became NOT IN ('unknown', 'left_out') AS is_found, p.customer_id,
    uuidv7(at - clock_timestamp()) AS id, uuidv7(at - looked - clock_timestamp()) AS journey_id,
    CASE WHEN named = n AND became <> 'unknown' THEN uuidv7(at - clock_timestamp()) END AS order_id,
    CASE WHEN is_mailed OR is_done THEN uuidv7(worked_at - clock_timestamp()) END AS grant_id,
    CASE WHEN is_mailed AND source = 'pool' THEN uuidv7(worked_at - clock_timestamp()) END AS code_id,
    CASE WHEN is_mailed THEN uuidv7(worked_at - clock_timestamp()) END AS mail_entry_id,
    CASE WHEN is_done THEN uuidv7(worked_at - clock_timestamp()) END AS done_entry_id,
    at + interval '1 minute' AS shared_at, worked_at + to_gift AS mailed_at, worked_at + to_gift + to_done AS done_at,
    1 + is_shared::integer AS v_shared,
    1 + is_shared::integer + is_assigned::integer AS v_assigned,
    1 + is_shared::integer + is_assigned::integer + (ending <> 'new')::integer AS v_decided,
    1 + is_shared::integer + is_assigned::integer + (ending <> 'new')::integer + is_mailed::integer AS v_mailed,
    1 + is_shared::integer + is_assigned::integer + (ending <> 'new')::integer + is_mailed::integer
        + is_done::integer AS version
FROM ({TURNED}) AS d JOIN (SELECT n AS number, id AS customer_id FROM load_person) AS p ON p.number = d.person
ORDER BY d.n
"""
# Multipliers without a common divisor with ten: the numbers look thrown, and none comes twice.
NUMBERS = """
SELECT c.n, c.named, CASE c.marketplace
    WHEN 'amazon' THEN format('112-%%s-%%s', left(t.digits, 7), right(t.digits, 7))
    WHEN 'ebay' THEN format('14-%%s-%%s', left(t.digits, 5), right(t.digits, 5))
    WHEN 'walmart' THEN '2' || t.digits ELSE '3' || t.digits END AS number
FROM load_claim AS c
CROSS JOIN LATERAL (SELECT CASE c.marketplace
    WHEN 'ebay' THEN lpad(mod((c.named + 1) * 4827107::bigint, 10000000000)::text, 10, '0')
    WHEN 'etsy' THEN lpad(mod((c.named + 1) * 482707::bigint, 1000000000)::text, 9, '0')
    ELSE lpad(mod((c.named + 1) * 48271000007::bigint, 100000000000000)::text, 14, '0') END AS digits) AS t
WHERE c.named IS NOT NULL
"""


def draft_claims(loader: Loader, voices: int) -> None:
    """Draw so many claims into `load_claim`, with their order numbers in `load_number`; the same on every run.

    `voices` is how many texts there are to choose a feedback from.
    """
    loader.params |= {
        "voices": voices,
        "first": FIRST,
        "fresh": loader.now - FRESH,
        "old": loader.now - OLD,
    }
    loader.run("SELECT setseed(0.25)")
    loader.draft("load_claim", CLAIMS)
    loader.run("CREATE UNIQUE INDEX ON load_claim (n)")
    loader.draft("load_number", NUMBERS)
    loader.run("CREATE UNIQUE INDEX ON load_number (n)")
