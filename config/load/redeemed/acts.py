"""The acts on synthetic rewards and lots, drafted once for history and ledger."""

from config.load.fill import Loader
from loyalty.services.base import ORIGIN
from loyalty.states import Event, PointEvent

# Which act, whether it happened, its number among the reward's, when, and its entry where movements name it.
HAPPENED = f"""(VALUES
    ('first', true, 1, r.at, r.entry_id),
    ('{Event.USED.value}', r.used_at IS NOT NULL, r.v_used, r.used_at, r.used_entry_id),
    ('settled', r.settled_at IS NOT NULL, r.v_settled, r.settled_at, r.settled_entry_id),
    ('moved', r.is_moved, r.v_moved, r.shipped_at, NULL),
    ('{Event.DELIVERED.value}', r.is_delivered, r.version, r.delivered_at, NULL),
    ('{Event.CANCELED.value}', r.canceled_at IS NOT NULL, r.version, r.canceled_at, r.canceled_entry_id)
) AS e (event, happened, seq, at, entry_id)"""
EVENT = f"""CASE e.event WHEN 'first' THEN CASE r.source WHEN 'granted' THEN '{Event.GRANTED.value}'
        ELSE '{Event.REDEEMED.value}' END
    WHEN 'settled' THEN CASE r.cashback WHEN 'success' THEN '{Event.CASHBACK_PAID.value}'
        WHEN 'pending' THEN '{Event.CASHBACK_PENDING.value}' ELSE '{Event.CASHBACK_FAILED.value}' END
    WHEN 'moved' THEN CASE r.shipment WHEN 'canceled' THEN '{Event.SHIPPING_CANCELED.value}'
        ELSE '{Event.SHIPPED.value}' END ELSE e.event END"""
ACTOR = """CASE WHEN e.event = 'settled' THEN 'system' WHEN e.event <> 'first' OR r.source IN ('admin', 'granted')
    THEN %(admin_actor)s WHEN r.source = 'api' THEN 'system' ELSE 'customer:' || r.customer_id END"""
# The steps of the act as the ledger's digest knows them; a redemption's is of who gets what for how much.
DRAWN = """format('[["draw","VOUCHER",1,"%%s",null,null,null]]', r.grant_id)"""
CONTENTS = f"""CASE WHEN e.event = '{Event.USED.value}' OR e.event = 'settled' AND r.cashback = 'success' THEN {DRAWN}
    WHEN e.event = '{Event.CANCELED.value}' AND NOT r.is_refunded
        THEN format('[["revoke",null,null,"%%s",null,null,null]]', r.grant_id) ELSE '[]' END"""
WHOLE = (
    'CASE e.event WHEN \'first\' THEN format(\'["redeem","%%s","%%s",%%s]\', r.reward_id, r.customer_id, r.cost) END'
)
REASON = f"""CASE e.event WHEN 'first' THEN CASE r.source WHEN 'granted' THEN 'For the birthday' ELSE '' END
    WHEN '{Event.CANCELED.value}' THEN 'Ordered by mistake' ELSE '' END"""
DETAIL = f"""CASE e.event WHEN '{Event.CANCELED.value}'
    THEN jsonb_build_object('refunded', CASE WHEN r.is_refunded THEN r.cost ELSE 0 END) ELSE '{{}}'::jsonb END"""
OF_REWARDS = f"""
SELECT r.id AS redeemed_id, r.customer_id, r.reward_id AS subject_id, '{ORIGIN}' AS origin, r.id AS origin_id,
    CASE WHEN e.seq = 1 THEN 'redeem:' || replace(r.id::text, '-', '') ELSE '{ORIGIN}:' || r.id || ':' || e.seq END AS key,
    e.seq, e.at, {EVENT} AS event, {ACTOR} AS actor, {REASON} AS reason, {DETAIL} AS detail, {CONTENTS} AS contents,
    {WHOLE} AS whole, CASE WHEN e.event = '{Event.CANCELED.value}' AND r.is_refunded THEN r.entry_id END AS reverses,
    true AS in_ledger, coalesce(e.entry_id, uuidv7(e.at - clock_timestamp())) AS entry_id
FROM load_redeemed AS r CROSS JOIN LATERAL {HAPPENED} WHERE e.happened
"""
AMOUNT = "(l.amount || '.50')::numeric(14, 2)"
REFERENCE = "format('LOAD-%%s%%s', l.series, lpad(l.n::text, 8, '0'))"
# Purchases, and what has expired: neither has a history of its own.
OF_LOTS = f"""
SELECT NULL::uuid AS redeemed_id, l.customer_id, NULL::uuid AS subject_id, 'purchase' AS origin, l.purchase_id AS origin_id,
    'purchase:' || {REFERENCE} AS key, 0 AS seq, l.earned_at AS at, '{PointEvent.PURCHASE.value}' AS event,
    'system' AS actor, '' AS reason, '{{}}'::jsonb AS detail, NULL AS contents,
    format('["purchase","%%s","%%s"]', l.customer_id, {AMOUNT}) AS whole, NULL::uuid AS reverses, true AS in_ledger, l.entry_id
FROM load_lot AS l
"""
EXPIRED = """
SELECT NULL::uuid, g.customer_id, g.subject_id, 'grant', g.grant_id, g.grant_id || ':expire', 0, g.at, 'grant.expired',
    'system', '', '{}'::jsonb, NULL, NULL, NULL::uuid, true, g.entry_id
FROM (SELECT customer_id, NULL::uuid AS subject_id, id AS grant_id, expires_at AS at, expired_entry_id AS entry_id
        FROM load_lot WHERE is_expired
    UNION ALL SELECT customer_id, reward_id, grant_id, expires_at, expired_entry_id FROM load_redeemed WHERE is_expired) AS g
"""
CODE = "'RW-' || upper(right(replace(r.code_id::text, '-', ''), 16))"
IS_GONE = "(r.used_at IS NOT NULL OR r.canceled_at IS NOT NULL OR r.cashback = 'success' OR r.is_expired)"
GRANTED = f"""
SELECT l.id, l.entry_id, l.customer_id, 'POINT' AS unit, l.amount, l.remaining, NULL AS code, l.earned_at, l.valid_from,
    l.expires_at
FROM load_lot AS l
UNION ALL
SELECT r.grant_id, r.entry_id, r.customer_id, 'VOUCHER', 1, 1 - {IS_GONE}::integer,
    CASE WHEN r.code_id IS NOT NULL THEN {CODE} END, r.at, CASE WHEN r.active_from > r.at THEN r.active_from END, r.expires_at
FROM load_redeemed AS r
"""
# Every movement with its sign for the customer, and when it happened.
MOVES = """
SELECT entry_id, 1 AS position, id AS grant_id, customer_id, 'POINT' AS unit, 'grant' AS verb, amount, amount AS signed,
    earned_at AS at
FROM load_lot
UNION ALL
SELECT r.entry_id, d.position, d.lot_id, r.customer_id, 'POINT', 'draw', d.amount, -d.amount, r.at
FROM load_draw AS d JOIN load_redeemed AS r ON r.n = d.n
UNION ALL
SELECT r.canceled_entry_id, 2 + k.draws - d.position, d.lot_id, r.customer_id, 'POINT', 'undraw', d.amount, d.amount,
    r.canceled_at
FROM load_draw AS d JOIN load_redeemed AS r ON r.n = d.n AND r.is_refunded JOIN load_draws AS k ON k.n = d.n
UNION ALL
SELECT expired_entry_id, 1, id, customer_id, 'POINT', 'expire', amount, -amount, expires_at FROM load_lot WHERE is_expired
UNION ALL
SELECT r.entry_id, coalesce(k.draws, 0) + 1, r.grant_id, r.customer_id, 'VOUCHER', 'grant', 1, 1, r.at
FROM load_redeemed AS r LEFT JOIN load_draws AS k ON k.n = r.n
UNION ALL
SELECT m.entry_id, 1, r.grant_id, r.customer_id, 'VOUCHER', m.verb, 1, -1, m.at
FROM load_redeemed AS r CROSS JOIN LATERAL (VALUES
    (r.used_at IS NOT NULL, r.used_entry_id, 'draw', r.used_at),
    (r.cashback = 'success', r.settled_entry_id, 'draw', r.settled_at),
    (r.canceled_at IS NOT NULL, r.canceled_entry_id, CASE WHEN r.is_refunded THEN 'ungrant' ELSE 'revoke' END, r.canceled_at),
    (r.is_expired, r.expired_entry_id, 'expire', r.expires_at)
) AS m (happened, entry_id, verb, at)
WHERE m.happened
"""
BEFORE = """
SELECT customer_id, unit, balance FROM ledger.accounts WHERE merchant_id = %(merchant)s AND bucket = 'HELD'
"""
# In the order in which they happened, after whatever the customer held before: the claims' entries were written first.
HELD = """
SELECT m.entry_id, m.position, m.grant_id, m.customer_id, m.unit, m.verb, m.amount, coalesce(b.balance, 0)
    + sum(m.signed) OVER (PARTITION BY m.customer_id, m.unit ORDER BY m.at, m.entry_id, m.position) AS held_after
FROM load_moved AS m LEFT JOIN load_before AS b ON b.customer_id = m.customer_id AND b.unit = m.unit
"""
HOLDERS = "SELECT customer_id, unit, sum(signed) AS balance FROM load_moved GROUP BY customer_id, unit"


def draft_acts(loader: Loader) -> None:
    """Keep acts, grants and movements in the tables that the journal is loaded from, and what each account ends with."""
    loader.draft("load_draws", "SELECT n, count(*)::integer AS draws FROM load_draw GROUP BY n")
    loader.draft("load_act", f"{OF_REWARDS} UNION ALL {OF_LOTS} UNION ALL {EXPIRED}")
    loader.draft("load_grant", GRANTED)
    loader.draft("load_moved", MOVES)
    loader.draft("load_before", BEFORE)
    loader.draft("load_move", HELD)
    loader.draft("load_holder", HOLDERS)
