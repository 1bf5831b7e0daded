"""The acts on synthetic claims, drafted once for their history and for the ledger."""

from claims_center.services.base import ORIGIN
from claims_center.states import Event
from config.load.claims.tables import CAST, GIFT_CODE, HERE, SHIP_TO

# Which act, whether it happened, its number among the claim's, when, and its entry where others name it.
HAPPENED = f"""(VALUES
    ('{Event.SUBMITTED.value}', true, 1, c.at, NULL),
    ('{Event.SHARED.value}', c.is_shared, c.v_shared, c.shared_at, NULL),
    ('{Event.ASSIGNED.value}', c.is_assigned, c.v_assigned, c.worked_at, NULL),
    ('decided', c.ending <> 'new', c.v_decided, c.worked_at, NULL),
    ('{Event.GIFT_SENT.value}', c.is_mailed, c.v_mailed, c.mailed_at, c.mail_entry_id),
    ('{Event.PROCESSED.value}', c.is_done, c.version, c.done_at, c.done_entry_id)
) AS e (event, happened, seq, at, entry_id)"""
DECIDED = f"""CASE c.ending WHEN 'needs_info' THEN '{Event.INFO_ASKED.value}' WHEN 'rejected' THEN
    '{Event.REJECTED.value}' ELSE '{Event.VERIFIED.value}' END"""
STANDS = "CASE WHEN c.is_verified THEN 'verified' ELSE c.ending END"
WHY = """CASE WHEN e.event <> 'decided' THEN '' WHEN c.ending = 'needs_info' THEN %(asked)s
    WHEN c.ending = 'rejected' THEN %(refused)s WHEN c.became = 'match' THEN '' ELSE %(by_hand)s END"""
DETAIL = f"""CASE e.event
    WHEN '{Event.ASSIGNED.value}' THEN jsonb_build_object('user', CASE WHEN c.by_agent THEN %(agent)s ELSE %(admin)s END)
    WHEN '{Event.GIFT_SENT.value}' THEN jsonb_build_object('code', '••••' || right({GIFT_CODE}, 4), 'mail', 1)
    WHEN '{Event.PROCESSED.value}' THEN CASE WHEN c.is_physical
        THEN jsonb_build_object('item', o.item_name, 'address', {SHIP_TO}, 'carrier', 'UPS') ELSE '{{}}' END
    ELSE '{{}}' END"""
# The steps of the act as the ledger's digest knows them.
GRANTS = (
    f"""format('["grant","VOUCHER",1,null,%%s,null,null]', coalesce(to_json(nullif({GIFT_CODE}, ''))::text, 'null'))"""
)
DRAWS = """format('["draw","VOUCHER",1,"%%s",null,null,null]', c.grant_id)"""
CONTENTS = f"""CASE e.event WHEN '{Event.GIFT_SENT.value}' THEN '[' || {GRANTS} || ']'
    WHEN '{Event.PROCESSED.value}' THEN '[' || CASE WHEN c.is_physical THEN {GRANTS} || ',' ELSE '' END || {DRAWS} || ']'
    ELSE '[]' END"""
ACTS = f"""
SELECT c.id AS claim_id, p.id AS customer_id, o.promotion_id AS subject_id, '{ORIGIN}' AS origin, c.id AS origin_id,
    'claim:' || c.id || ':' || e.seq AS key, e.seq, e.at,
    CASE WHEN e.event = 'decided' THEN {DECIDED} ELSE e.event END AS event,
    CASE WHEN e.seq = 1 THEN '' WHEN e.seq > c.v_decided THEN 'verified' ELSE 'new' END AS from_status,
    CASE WHEN e.event = '{Event.PROCESSED.value}' THEN 'processed' WHEN c.ending = 'new' OR e.seq < c.v_decided THEN 'new'
        ELSE {STANDS} END AS to_status,
    CASE WHEN e.at <= c.shared_at THEN 'system' WHEN c.by_agent OR e.event = '{Event.PROCESSED.value}'
        THEN %(agent_actor)s ELSE %(admin_actor)s END AS actor,
    {WHY} AS reason, {DETAIL} AS detail, {CONTENTS} AS contents, NULL AS whole, NULL::uuid AS reverses,
    e.event <> '{Event.ASSIGNED.value}' AS in_ledger, coalesce(e.entry_id, uuidv7(e.at - clock_timestamp())) AS entry_id
FROM {CAST} CROSS JOIN LATERAL {HAPPENED} WHERE e.happened AND {HERE}
"""
GRANTED = f"""
SELECT c.grant_id AS id, coalesce(c.mail_entry_id, c.done_entry_id) AS entry_id, p.id AS customer_id, 'VOUCHER' AS unit,
    1 AS amount, 1 - c.is_done::integer AS remaining, nullif({GIFT_CODE}, '') AS code,
    CASE WHEN c.is_mailed THEN c.mailed_at ELSE c.done_at END AS earned_at, NULL::timestamptz AS valid_from,
    NULL::timestamptz AS expires_at
FROM {CAST} WHERE c.grant_id IS NOT NULL AND {HERE}
"""
MOVED = f"""
SELECT m.entry_id, m.position, c.grant_id, p.id AS customer_id, 'VOUCHER' AS unit, m.verb, 1 AS amount, m.held_after
FROM {CAST} CROSS JOIN LATERAL (VALUES
    (c.grant_id IS NOT NULL, coalesce(c.mail_entry_id, c.done_entry_id), 1, 'grant', c.held_before + 1),
    (c.is_done, c.done_entry_id, CASE WHEN c.is_physical THEN 2 ELSE 1 END, 'draw', c.held_before)
) AS m (happened, entry_id, position, verb, held_after)
WHERE m.happened AND {HERE}
"""
HOLDERS = """
SELECT customer_id, 'VOUCHER' AS unit, count(*) FILTER (WHERE NOT is_done) AS balance FROM load_claim
WHERE grant_id IS NOT NULL GROUP BY customer_id
"""
