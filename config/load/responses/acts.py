"""The acts on synthetic responses and their vouchers, drafted once for history and ledger."""

from config.load.fill import Loader
from config.load.responses.shares import HELD_SINCE
from offers.services.base import ORIGIN
from offers.states import Event

# Which act, whether it happened, its number among the response's, when, its entry, and where the response came to stand.
HAPPENED = f"""(VALUES
    ('{Event.ISSUED.value}', true, 1, r.at, r.entry_id, CASE WHEN r.is_clipped THEN 'pending' ELSE r.waiting END),
    ('{Event.CLIPPED.value}', r.is_clipped, 2, r.clipped_at, NULL, 'clipped'),
    ('{Event.RESERVED.value}', r.is_held, r.version, %(now)s - {HELD_SINCE}, NULL, r.waiting),
    ('{Event.PROCESSING.value}', r.is_processed, 2 + r.is_clipped::integer, r.used_at, r.moved_entry_id, 'processing'),
    ('{Event.SHIPPED.value}', r.shipped_at IS NOT NULL, 3 + r.is_clipped::integer, r.shipped_at, NULL, 'shipping'),
    ('closed', r.closed_at IS NOT NULL, r.version, r.closed_at, r.closed_entry_id, r.status)
) AS e (event, happened, seq, at, entry_id, to_status)"""
EVENT = "CASE e.event WHEN 'closed' THEN 'offer.' || r.status ELSE e.event END"
LAST_OPEN = (
    "CASE WHEN r.shipped_at IS NOT NULL THEN 'shipping' WHEN r.is_processed THEN 'processing' ELSE r.waiting END"
)
FROM_STATUS = f"""CASE e.event WHEN '{Event.ISSUED.value}' THEN '' WHEN '{Event.CLIPPED.value}' THEN 'pending'
    WHEN '{Event.SHIPPED.value}' THEN 'processing' WHEN 'closed' THEN {LAST_OPEN} ELSE r.waiting END"""
BY_STAFF = f"""e.event IN ('{Event.PROCESSING.value}', '{Event.SHIPPED.value}')
    OR e.event = 'closed' AND (r.status = 'canceled' OR r.is_processed)
    OR e.event = '{Event.ISSUED.value}' AND r.source IN ('staff', 'bulk', 'import')"""
ACTOR = f"""CASE WHEN {BY_STAFF} THEN %(admin_actor)s WHEN e.event = '{Event.CLIPPED.value}'
    OR e.event = '{Event.ISSUED.value}' AND r.source = 'member' THEN 'customer:' || r.customer_id ELSE 'system' END"""
LAST_GRANT = "coalesce(r.next_grant_id, r.grant_id)"
REFERENCE = "'TILL-' || lpad(r.n::text, 8, '0')"
# Used at a till, and not sent to the member.
IS_BOUGHT = "r.status = 'completed' AND NOT r.is_processed"
CODE = "'OF-' || upper(right(replace(r.code_id::text, '-', ''), 16))"
# The steps of the act as the ledger's digest knows them; an issue's is of who gets what.
EXCHANGED = f"""format('[["revoke",null,null,"%%s",null,null,null],["grant","VOUCHER",1,null,%%s,null,null]]', r.grant_id,
    CASE WHEN r.code_id IS NULL THEN 'null' ELSE '"' || {CODE} || '"' END)"""
CONTENTS = f"""CASE WHEN e.event = '{Event.PROCESSING.value}' AND r.is_exchanged THEN {EXCHANGED} WHEN e.event = 'closed'
    THEN format('[["%%s",%%s,"%%s",null,null,null]]', CASE r.status WHEN 'completed' THEN 'draw' WHEN 'canceled' THEN 'revoke'
        ELSE 'expire' END, CASE r.status WHEN 'completed' THEN '"VOUCHER",1' ELSE 'null,null' END, {LAST_GRANT})
    ELSE '[]' END"""
ACTS = f"""
SELECT r.id AS response_id, r.customer_id, r.offer_id AS subject_id, '{ORIGIN}' AS origin, r.id AS origin_id,
    CASE WHEN e.seq = 1 THEN 'offer:' || replace(r.id::text, '-', '') ELSE '{ORIGIN}:' || r.id || ':' || e.seq END AS key,
    e.seq, e.at, {EVENT} AS event, {FROM_STATUS} AS from_status, e.to_status, {ACTOR} AS actor,
    CASE WHEN e.event = 'closed' AND r.status = 'canceled' THEN 'Given by mistake' ELSE '' END AS reason,
    CASE WHEN e.event = 'closed' AND {IS_BOUGHT} THEN jsonb_build_object('reference', {REFERENCE}) ELSE '{{}}'::jsonb
        END AS detail, {CONTENTS} AS contents,
    CASE WHEN e.seq = 1 THEN format('["offer","%%s","%%s"]', r.offer_id, r.customer_id) END AS whole,
    NULL::uuid AS reverses, true AS in_ledger, coalesce(e.entry_id, uuidv7(e.at - clock_timestamp())) AS entry_id
FROM load_response AS r CROSS JOIN LATERAL {HAPPENED} WHERE e.happened
"""
# A voucher is usable from the beginning of the usage period, unless it ends before that.
BEGINS = "CASE WHEN r.usage_from > r.at AND (r.expires_at IS NULL OR r.expires_at > r.usage_from) THEN r.usage_from END"
IS_GONE = "(r.closed_at IS NOT NULL)"
GRANTED = f"""
SELECT r.grant_id AS id, r.entry_id, r.customer_id, 'VOUCHER' AS unit, 1 AS amount,
    1 - ({IS_GONE} OR r.is_exchanged)::integer AS remaining, CASE WHEN r.code_id IS NOT NULL THEN {CODE} END AS code,
    r.at AS earned_at, {BEGINS} AS valid_from, r.expires_at
FROM load_response AS r
UNION ALL
SELECT r.next_grant_id, r.moved_entry_id, r.customer_id, 'VOUCHER', 1, 1 - {IS_GONE}::integer,
    CASE WHEN r.code_id IS NOT NULL THEN {CODE} END, r.used_at, NULL, NULL
FROM load_response AS r WHERE r.is_exchanged
"""
# Every movement with its sign for the customer, and when it happened.
MOVES = f"""
SELECT m.entry_id, m.position, m.grant_id, r.customer_id, 'VOUCHER' AS unit, m.verb, 1 AS amount, m.signed, m.at
FROM load_response AS r CROSS JOIN LATERAL (VALUES
    (true, r.entry_id, 1, r.grant_id, 'grant', 1, r.at),
    (r.is_exchanged, r.moved_entry_id, 1, r.grant_id, 'revoke', -1, r.used_at),
    (r.is_exchanged, r.moved_entry_id, 2, r.next_grant_id, 'grant', 1, r.used_at),
    ({IS_GONE}, r.closed_entry_id, 1, {LAST_GRANT}, CASE r.status WHEN 'completed' THEN 'draw'
        WHEN 'canceled' THEN 'revoke' ELSE 'expire' END, -1, r.closed_at)
) AS m (happened, entry_id, position, grant_id, verb, signed, at)
WHERE m.happened
"""
BEFORE = """
SELECT customer_id, balance FROM ledger.accounts
WHERE merchant_id = %(merchant)s AND bucket = 'HELD' AND unit = 'VOUCHER'
"""
# In the order in which they happened, after whatever the customer held before: those entries were written first.
HELD = """
SELECT m.entry_id, m.position, m.grant_id, m.customer_id, m.unit, m.verb, m.amount, coalesce(b.balance, 0)
    + sum(m.signed) OVER (PARTITION BY m.customer_id ORDER BY m.at, m.entry_id, m.position) AS held_after
FROM load_moved AS m LEFT JOIN load_before AS b ON b.customer_id = m.customer_id
"""
HOLDERS = "SELECT customer_id, 'VOUCHER' AS unit, sum(signed) AS balance FROM load_moved GROUP BY customer_id"


def draft_acts(loader: Loader) -> None:
    """Keep acts, grants and movements in the tables that the journal is loaded from, and what each account ends with."""
    drafts = {"act": ACTS, "grant": GRANTED, "moved": MOVES, "before": BEFORE, "move": HELD, "holder": HOLDERS}
    for name, query in drafts.items():
        loader.draft(f"load_{name}", query)
