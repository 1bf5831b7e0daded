"""What becomes of every synthetic redeemed reward, drawn by the dice and kept in temporary tables.

`load_redeemed` has one row a reward: who, what for how much, how it ends and when, and the ids of everything that it
brings along. `load_lot` has the points that were earned, `load_draw` which lot paid how much of which reward. A
customer's lots end in the order in which they were earned, so that the points of a life lie on one line: earned up to
here, spent up to there, and who pays for what is where the two overlap.
"""

from config.load.fill import Loader
from config.load.redeemed.shares import (
    BEFORE,
    BONUS,
    ENDS,
    LASTS,
    PAYMENTS,
    REFUNDED,
    SHIPMENTS,
    SOURCES,
)
from config.load.shares import DAYS, pick, seconds
from loyalty.states import RewardType

ROLLS = 10
A_DAY = 24 * 60
DRAWN = f"""
SELECT n, at, mod(floor(r1 * %(customers)s)::integer, %(customers)s) AS person,
    mod(floor(r2 * %(rewards)s)::integer, %(rewards)s) AS number, {pick("r3", SOURCES)} AS source,
    {pick("r4", ENDS)} AS ending, {pick("r4", PAYMENTS)} AS payment, {pick("r5", SHIPMENTS)} AS shipment,
    {seconds("r6", 5, 12 * A_DAY)} AS to_use, {seconds("r6", 60, 2 * A_DAY)} AS to_cancel,
    {seconds("r7", A_DAY, 3 * A_DAY)} AS to_ship, {seconds("r8", 2 * A_DAY, 6 * A_DAY)} AS to_deliver,
    r7 < {REFUNDED} AS may_refund, r9 AS extra, r10 AS luck
FROM (SELECT n, %(now)s - interval '10 minutes' - {DAYS} * interval '1 day'
        * power(1 - (n + 0.5::float8) / %(redeemed)s, 1.3::float8) AS at,
        {", ".join(f"random() AS r{number}" for number in range(1, ROLLS + 1))}
    FROM generate_series(0, %(redeemed)s - 1) AS n) AS rolled
"""
TIMED = f"""
SELECT d.*, w.reward_id, w.reward_type, w.days_valid, w.until_active, w.pool_id,
    w.reward_type = '{RewardType.CASHBACK.value}' AS is_cashback,
    CASE WHEN d.source = 'granted' THEN 0 ELSE w.cost END AS cost,
    CASE WHEN w.until_active = 0 THEN d.at
        ELSE (d.at AT TIME ZONE %(zone)s + w.until_active * interval '1 day') AT TIME ZONE %(zone)s END AS active_from,
    count(*) OVER newer = 1 AS is_newest
FROM ({DRAWN}) AS d JOIN load_reward AS w ON w.n = d.number
WINDOW newer AS (PARTITION BY d.person ORDER BY d.n ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING)
"""
ENDED = f"""
SELECT t.*, least(%(now)s, coalesce(t.expires_at, %(now)s)) AS until
FROM (SELECT d.*, CASE WHEN d.days_valid IS NOT NULL
    THEN (d.active_from AT TIME ZONE %(zone)s + d.days_valid * interval '1 day') AT TIME ZONE %(zone)s
    END AS expires_at FROM ({TIMED}) AS d) AS t
"""
HAPPENED = f"""
SELECT d.*,
    CASE WHEN NOT is_cashback AND ending = 'used' AND active_from + to_use < until THEN active_from + to_use END AS used_at,
    CASE WHEN is_cashback AND payment <> 'init' AND at + interval '2 minutes' < until THEN at + interval '2 minutes'
        END AS settled_at,
    CASE WHEN CASE WHEN is_cashback THEN payment ELSE ending END = 'canceled' AND at + to_cancel < until
        THEN at + to_cancel END AS canceled_at
FROM ({ENDED}) AS d
"""
STANDS = f"""
SELECT d.*, canceled_at IS NOT NULL AND is_newest AND may_refund AS is_refunded,
    used_at IS NOT NULL AND reward_type = '{RewardType.GIFT.value}' AND shipment <> 'ordered'
        AND used_at + to_ship < %(now)s AS is_moved,
    used_at + to_ship AS shipped_at,
    CASE WHEN NOT is_cashback THEN '' WHEN settled_at IS NULL THEN 'init' WHEN payment = 'canceled' THEN 'failure'
        ELSE payment END AS cashback
FROM ({HAPPENED}) AS d
"""
COUNTED = f"""
SELECT d.*, is_moved AND shipment = 'delivered' AND shipped_at + to_deliver < %(now)s AS is_delivered,
    shipped_at + to_deliver AS delivered_at,
    canceled_at IS NULL AND used_at IS NULL AND cashback <> 'success'
        AND coalesce(expires_at <= %(now)s, false) AS is_expired,
    sum(cost) OVER life AS spent_to, sum(earned) OVER life AS earned_to,
    sum(CASE WHEN is_refunded THEN 0 ELSE cost END) OVER (PARTITION BY person) AS spent_in_all
FROM (SELECT s.*, CASE WHEN cost = 0 THEN 0 ELSE cost + floor(extra * 0.4 * cost)::integer END AS earned
    FROM ({STANDS}) AS s) AS d
WINDOW life AS (PARTITION BY person ORDER BY n ROWS UNBOUNDED PRECEDING)
"""
REDEEMED = f"""
SELECT d.*, p.customer_id, uuidv7(at - clock_timestamp()) AS id, uuidv7(at - clock_timestamp()) AS entry_id,
    uuidv7(at - clock_timestamp()) AS grant_id,
    CASE WHEN pool_id IS NOT NULL THEN uuidv7(at - clock_timestamp()) END AS code_id,
    CASE WHEN used_at IS NOT NULL THEN uuidv7(used_at - clock_timestamp()) END AS used_entry_id,
    CASE WHEN settled_at IS NOT NULL THEN uuidv7(settled_at - clock_timestamp()) END AS settled_entry_id,
    CASE WHEN canceled_at IS NOT NULL THEN uuidv7(canceled_at - clock_timestamp()) END AS canceled_entry_id,
    CASE WHEN is_expired THEN uuidv7(expires_at - clock_timestamp()) END AS expired_entry_id,
    1 + (used_at IS NOT NULL)::integer AS v_used, 1 + (settled_at IS NOT NULL)::integer AS v_settled,
    1 + (used_at IS NOT NULL)::integer + (settled_at IS NOT NULL)::integer + is_moved::integer AS v_moved,
    1 + (used_at IS NOT NULL)::integer + (settled_at IS NOT NULL)::integer + is_moved::integer
        + is_delivered::integer + (canceled_at IS NOT NULL)::integer AS version
FROM ({COUNTED}) AS d JOIN (SELECT n AS place, id AS customer_id FROM load_person) AS p ON p.place = d.person
ORDER BY d.n
"""
# The purchase that a reward is paid with; and what was earned since, of which nothing was spent: some of it has ended
# meanwhile, some is locked, some ends soon.
LOTS = f"""
SELECT l.*, uuidv7(earned_at - clock_timestamp()) AS id, uuidv7(earned_at - clock_timestamp()) AS entry_id,
    uuidv7(earned_at - clock_timestamp()) AS purchase_id,
    CASE WHEN is_expired THEN uuidv7(expires_at - clock_timestamp()) END AS expired_entry_id
FROM (
    SELECT n, customer_id, person, at - {BEFORE} AS earned_at, NULL::timestamptz AS valid_from,
        at - {BEFORE} + {LASTS} AS expires_at, earned AS amount, earned_to - earned AS place_from,
        earned_to AS place_to, earned_to - greatest(earned_to - earned, least(earned_to, spent_in_all)) AS remaining,
        'P' AS series, false AS is_expired
    FROM load_redeemed WHERE earned > 0
    UNION ALL
    SELECT n, customer_id, person, earned_at, CASE WHEN kind > 0.85 THEN earned_at + interval '20 days' END, expires_at,
        amount, NULL, NULL, CASE WHEN expires_at <= %(now)s THEN 0 ELSE amount END, 'B', coalesce(expires_at <= %(now)s, false)
    FROM (SELECT b.n, b.customer_id, b.person, luck / {BONUS} AS kind, at + interval '1 day' AS earned_at, 20 + mod(n, 100) AS amount,
            CASE WHEN luck / {BONUS} < 0.6 THEN at + interval '41 days' WHEN luck / {BONUS} > 0.85
                THEN at + interval '400 days' END AS expires_at
        FROM load_redeemed AS b WHERE b.is_newest AND b.luck < {BONUS} AND b.at + interval '1 day' < %(now)s) AS b
) AS l
"""
DRAWS = """
SELECT r.n, l.id AS lot_id, least(l.place_to, r.spent_to) - greatest(l.place_from, r.spent_to - r.cost) AS amount,
    row_number() OVER (PARTITION BY r.n ORDER BY l.place_from)::integer AS position
FROM load_redeemed AS r JOIN load_lot AS l ON l.person = r.person
WHERE r.cost > 0 AND l.place_from < r.spent_to AND l.place_to > r.spent_to - r.cost
"""


def draft_redeemed(loader: Loader) -> None:
    """Draw so many redeemed rewards with their lots; the same on every run."""
    loader.params["zone"] = loader.merchant.time_zone
    loader.run("SELECT setseed(0.5)")
    loader.draft("load_redeemed", REDEEMED)
    loader.run("CREATE UNIQUE INDEX ON load_redeemed (n)")
    loader.draft("load_lot", LOTS)
    loader.draft("load_draw", DRAWS)
