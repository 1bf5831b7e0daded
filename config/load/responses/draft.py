"""What becomes of every synthetic offer response, drawn by the dice and kept in a temporary table.

`load_response` has one row a response: who, what, its usage period and validity, how it ends and when, and the ids of
everything that it brings along.
"""

from config.load.fill import Loader
from config.load.responses.shares import (
    BORN_CLIPPED,
    CLIPPED,
    CLIPPED_UNASKED,
    ENDS,
    HELD,
    HELD_SINCE,
    SOURCES,
    SWEPT_AFTER,
)
from config.load.shares import DAYS, pick, seconds
from offers.states import Source

ROLLS = 9
A_DAY = 24 * 60
DRAWN = f"""
SELECT n, at, mod(floor(r1 * %(customers)s)::integer, %(customers)s) AS person,
    mod(floor(r2 * %(offers)s)::integer, %(offers)s) AS drawn, {pick("r3", SOURCES)} AS source,
    {pick("r4", ENDS)} AS ending, {seconds("r5", 2, 3 * A_DAY)} AS to_clip, {seconds("r6", 5, 12 * A_DAY)} AS to_use,
    {seconds("r6", 60, 4 * A_DAY)} AS to_cancel, {seconds("r7", A_DAY, 4 * A_DAY)} AS to_ship,
    {seconds("r8", 2 * A_DAY, 6 * A_DAY)} AS to_deliver, r9 AS luck
FROM (SELECT n, %(now)s - interval '10 minutes' - {DAYS} * interval '1 day'
        * power(1 - (n + 0.5::float8) / %(responses)s, 1.3::float8) AS at,
        {", ".join(f"random() AS r{number}" for number in range(1, ROLLS + 1))}
    FROM generate_series(0, %(responses)s - 1) AS n) AS rolled
"""


def _days_on(at: str, days: str) -> str:
    """Return the SQL of the same time of day so many days later, by the merchant's calendar."""
    return f"(({at} AT TIME ZONE %(zone)s) + {days} * interval '1 day') AT TIME ZONE %(zone)s"


# `OFFSET 0` keeps the planner from putting one step's expressions into the next, where they would be worked out anew.
# An offer that is not given out at that time gives way to one that always is.
OFFERED = f"""
SELECT d.*, w.n AS number, w.offer_id, w.needs_clip, w.has_shipping, w.pool_id, w.days_valid, w.lasts,
    CASE WHEN w.after_days > 0 THEN {_days_on("d.at", "w.after_days")} WHEN w.after_days = 0 THEN d.at
        ELSE w.fixed_from END AS usage_from, w.fixed_to
FROM ({DRAWN}) AS d JOIN load_offer AS s ON s.n = d.drawn
JOIN load_offer AS w ON w.n = CASE WHEN d.at < s.given_from OR d.at >= s.given_to
    THEN mod(d.drawn, %(lasting)s) ELSE d.drawn END OFFSET 0
"""
PERIODS = f"""
SELECT d.*, CASE WHEN d.fixed_to IS NULL AND d.lasts IS NOT NULL THEN {_days_on("d.usage_from", "d.lasts")}
    ELSE d.fixed_to END AS usage_to
FROM ({OFFERED}) AS d OFFSET 0
"""
VALID = f"""
SELECT d.*, greatest(d.at, d.usage_from) AS begins, least(%(now)s, d.expires_at) AS valid_until,
    least(%(now)s, d.expires_at, d.usage_to) AS until
FROM (SELECT d.*, CASE WHEN d.days_valid IS NOT NULL THEN {_days_on("d.at", "d.days_valid")}
    WHEN d.usage_to > d.at THEN d.usage_to END AS expires_at FROM ({PERIODS}) AS d OFFSET 0) AS d OFFSET 0
"""
CLIPS = f"""
SELECT d.*, CASE WHEN is_born_clipped THEN at
    WHEN luck < CASE WHEN needs_clip THEN {CLIPPED} ELSE {CLIPPED_UNASKED} END AND at + to_clip < valid_until
    THEN at + to_clip END AS clipped_at
FROM (SELECT d.*, source = '{Source.BULK.value}' AND luck < {BORN_CLIPPED} AS is_born_clipped FROM ({VALID}) AS d) AS d OFFSET 0
"""
ENDED = f"""
SELECT d.*, clipped_at IS NOT NULL AND NOT is_born_clipped AS is_clipped,
    CASE WHEN ending = 'canceled' AND coalesce(clipped_at, at) + to_cancel < valid_until
        THEN coalesce(clipped_at, at) + to_cancel END AS canceled_at,
    CASE WHEN ending = 'used' AND (clipped_at IS NOT NULL OR NOT needs_clip)
        AND greatest(begins, clipped_at) + to_use < until THEN greatest(begins, clipped_at) + to_use END AS used_at
FROM ({CLIPS}) AS d OFFSET 0
"""
SHIPPED = f"""
SELECT d.*, used_at IS NOT NULL AND has_shipping AS is_processed,
    used_at IS NOT NULL AND has_shipping AND expires_at IS NOT NULL AS is_exchanged,
    CASE WHEN has_shipping AND used_at + to_ship < %(now)s THEN used_at + to_ship END AS shipped_at,
    CASE WHEN used_at IS NULL AND canceled_at IS NULL AND expires_at + {SWEPT_AFTER} < %(now)s
        THEN expires_at + {SWEPT_AFTER} END AS ended_at
FROM ({ENDED}) AS d OFFSET 0
"""
STANDS = f"""
SELECT d.*, CASE WHEN NOT has_shipping THEN used_at WHEN shipped_at + to_deliver < %(now)s THEN shipped_at + to_deliver
        END AS completed_at,
    used_at IS NULL AND canceled_at IS NULL AND ended_at IS NULL AND (clipped_at IS NOT NULL OR NOT needs_clip)
        AND luck < {HELD} AND greatest(begins, clipped_at) < %(now)s - {HELD_SINCE} AND until = %(now)s AS is_held
FROM ({SHIPPED}) AS d OFFSET 0
"""
RESPONSES = f"""
SELECT d.*, p.customer_id, uuidv7(at - clock_timestamp()) AS id, uuidv7(at - clock_timestamp()) AS entry_id,
    uuidv7(at - clock_timestamp()) AS grant_id,
    CASE WHEN pool_id IS NOT NULL THEN uuidv7(at - clock_timestamp()) END AS code_id,
    CASE WHEN is_processed THEN uuidv7(used_at - clock_timestamp()) END AS moved_entry_id,
    CASE WHEN is_exchanged THEN uuidv7(used_at - clock_timestamp()) END AS next_grant_id,
    CASE WHEN closed_at IS NOT NULL THEN uuidv7(closed_at - clock_timestamp()) END AS closed_entry_id,
    CASE WHEN clipped_at IS NULL THEN 'pending' ELSE 'clipped' END AS waiting,
    CASE WHEN canceled_at IS NOT NULL THEN 'canceled' WHEN completed_at IS NOT NULL THEN 'completed'
        WHEN ended_at IS NOT NULL THEN 'expired' WHEN shipped_at IS NOT NULL THEN 'shipping'
        WHEN is_processed THEN 'processing' WHEN clipped_at IS NULL THEN 'pending' ELSE 'clipped' END AS status,
    1 + is_clipped::integer + is_processed::integer + (shipped_at IS NOT NULL)::integer
        + (closed_at IS NOT NULL)::integer + is_held::integer AS version
FROM (SELECT d.*, coalesce(canceled_at, completed_at, ended_at) AS closed_at FROM ({STANDS}) AS d) AS d
JOIN (SELECT n AS place, id AS customer_id FROM load_person) AS p ON p.place = d.person
ORDER BY d.n
"""


def draft_responses(loader: Loader) -> None:
    """Draw so many responses; the same on every run."""
    loader.params["zone"] = loader.merchant.time_zone
    loader.run("SELECT setseed(0.25)")
    loader.draft("load_response", RESPONSES)
