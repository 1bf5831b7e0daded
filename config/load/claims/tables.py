"""What stands in which column of the tables around claims, by names of the draft (`c` claim, `o` offer, `p` person)."""

from claims_center.models import (
    Claim,
    ClaimChange,
    ClaimedNumber,
    ClaimToken,
    ClaimTrait,
    Journey,
    Order,
    OrderBatch,
    OrderItem,
)
from claims_center.services.base import GIFT_MAIL
from codes.models import Code
from config.load.fill import Loader
from config.load.shares import AFTER
from messaging.models import Message

HERE = "c.n >= %(first_n)s AND c.n < %(end_n)s"
CAST = "load_claim AS c JOIN load_offer AS o ON o.n = c.offer JOIN load_person AS p ON p.n = c.person"
IS_MAILED = f"{CAST} WHERE c.is_mailed AND {HERE}"
DELIVERED_AT = "c.mailed_at + CASE c.report {} END * interval '1 second'".format(
    " ".join(f"WHEN '{status.value}' THEN {wait}" for status, wait in AFTER.items())
)
GIFT_CODE = """CASE WHEN NOT c.is_mailed THEN '' WHEN c.source = 'pool'
    THEN 'LOAD-' || upper(right(replace(c.id::text, '-', ''), 16)) ELSE o.fixed_code END"""
ADDRESS = """json_build_object('street', p.street, 'house_number', p.house_number, 'building_number', '', 'postal_code',
    p.postal_code, 'city', p.city, 'province', p.province, 'country', p.country)::jsonb"""
SHIP_TO = f"CASE WHEN c.is_physical THEN jsonb_build_object('name', p.name) || {ADDRESS} ELSE '{{}}'::jsonb END"
COMPARED = "replace(x.number, '-', '')"
ORDERED_AT = "{0}.at - CASE WHEN {0}.became = 'too_old' THEN 80 ELSE 3 + {0}.age END * interval '1 day'"
REASON = f"""left(replace(replace(r.reason, '#NUMBER#', coalesce(x.number, '')), '2001-02-03', coalesce(to_char(CASE
    WHEN c.became = 'unknown' THEN c.at ELSE {ORDERED_AT.format("s")} END AT TIME ZONE 'UTC', 'YYYY-MM-DD'), '')), 300)"""


def batch(loader: Loader) -> None:
    """The import that all orders came with."""
    given = {"id": "%(batch)s::uuid", "file_name": "'orders.csv'", "actor": "%(admin_actor)s", "at": "%(now)s"}
    loader.fill(OrderBatch, given, "(SELECT 1) AS one")


def orders(loader: Loader) -> None:
    """Orders with their item, and the numbers that were claimed with."""
    at = ORDERED_AT.format("c")
    known = f"least({at} + interval '1 day', %(now)s)"
    source = f"{CAST} JOIN load_number AS x ON x.n = c.n JOIN load_offer AS b ON b.n = "
    source += f"CASE WHEN c.became = 'wrong_product' THEN o.other ELSE o.n END WHERE c.order_id IS NOT NULL AND {HERE}"
    amount = "10.95 + mod(c.n, 80)"
    given = {
        "id": "c.order_id",
        "marketplace": "c.marketplace",
        "number": "x.number",
        "number_norm": COMPARED,
        "last_group": "CASE c.marketplace WHEN 'amazon' THEN right(x.number, 7) WHEN 'ebay' THEN right(x.number, 5) ELSE '' END",
        "ordered_at": at,
        "status": f"CASE WHEN {at} < %(now)s - interval '2 days' THEN 'shipped' ELSE 'open' END",
        "status_text": "'Shipped'",
        "buyer_name": "CASE WHEN c.became = 'other_buyer' THEN '' ELSE p.name END",
        "buyer_email": "CASE WHEN c.became = 'other_buyer' THEN format('someone.else%%s@example.com', c.n) ELSE p.email END",
        "postal_code": "p.postal_code",
        "country": "p.country",
        "amount": amount,
        "currency": "'USD'",
        "item_count": "1",
        "digest": "lpad(c.n::text, 64, '0')",
        "batch": "%(batch)s::uuid",
        "first_batch": "%(batch)s::uuid",
        "imported_at": known,
        "changed_at": known,
    }
    loader.fill(Order, given, source)
    bought = {"sku": "b.sku", "listing_id": "b.listing", "title": "b.product_title", "amount": amount}
    loader.fill(OrderItem, {"order_id": "c.order_id"} | bought, source)
    taken = f"""(SELECT c.marketplace, c.named AS n, max(c.turn) AS turn FROM load_claim AS c
        WHERE c.named IN (SELECT c.named FROM load_claim AS c WHERE {HERE}) AND c.named IS NOT NULL GROUP BY 1, 2) AS c
        JOIN load_number AS x ON x.n = c.n WHERE {HERE}"""
    loader.fill(ClaimedNumber, {"marketplace": "c.marketplace", "number_norm": COMPARED, "turn": "c.turn"}, taken)


def journeys(loader: Loader) -> None:
    """The claim's own visit, and those of a few others who left again."""
    began = "c.at - c.looked"
    steps = ("started_at", "order_at", "feedback_at", "contact_at")
    reached = {step: f"{began} + {20 * place} * interval '1 second'" for place, step in enumerate(steps, 1)}
    came = {"id": "c.journey_id", "funnel_id": "o.funnel_id", "visited_at": began, "submitted_at": "c.at"}
    shared = {"shared_at": "CASE WHEN c.is_shared THEN c.shared_at END"}
    loader.fill(Journey, came | reached | shared, f"{CAST} WHERE {HERE}")
    left = f"""(SELECT c.funnel_id, c.began - random() * interval '5 hours' AS came, random() < 0.55 AS is_started
        FROM (SELECT o.funnel_id, {began} AS began, c.n FROM {CAST} WHERE {HERE}) AS c
        CROSS JOIN LATERAL generate_series(1, mod(c.n * 7, 3)) AS other) AS c"""
    passed = {
        "id": "uuidv7(c.came - clock_timestamp())",
        "funnel_id": "c.funnel_id",
        "visited_at": "c.came",
        "started_at": "CASE WHEN c.is_started THEN c.came + interval '20 seconds' END",
    }
    loader.fill(Journey, passed, left)


def codes(loader: Loader) -> None:
    """The codes that were taken from the pools."""
    given = {
        "id": "c.code_id",
        "pool_id": "o.pool_id",
        "value": GIFT_CODE,
        "value_norm": f"replace({GIFT_CODE}, '-', '')",
        "state": "'taken'",
        "holder_origin": "'claim'",
        "holder_id": "c.id",
        "taken_at": "c.mailed_at",
        "created_at": "c.mailed_at - interval '20 days'",
    }
    loader.fill(Code, given, f"{CAST} WHERE c.code_id IS NOT NULL AND {HERE}")


def claims(loader: Loader) -> None:
    """The claims themselves, as they stand after everything that happened to them."""
    source = f"""{CAST} JOIN load_tracker AS k ON k.n = c.n LEFT JOIN load_number AS x ON x.n = c.n
        LEFT JOIN load_claim AS s ON s.n = c.named
        JOIN load_reason AS r ON r.offer = c.offer AND r.outcome = c.became WHERE {HERE}"""
    loader.fill(Claim, _who_and_what() | _checked() | _worked_on() | _gift(), source)


def _who_and_what() -> dict[str, str]:
    same = ("funnel_id", "product_id", "listing_id", "promotion_id", "product_title", "funnel_name", "promotion_name")
    return {name: f"o.{name}" for name in same} | {
        "id": "c.id",
        "customer_id": "p.id",
        "journey_id": "c.journey_id",
        "op_key": "replace(c.id::text, '-', '')",
        "tracker_hash": "k.tracker_hash",
        "tracker_sealed": "k.tracker_sealed",
        "marketplace": "c.marketplace",
        "rating": "c.rating",
        "feedback": "(%(feedback)s::text[])[c.voice]",
        "did_redirect_at": "CASE WHEN c.is_shared THEN c.shared_at END",
        "ship_to": SHIP_TO,
        "submitted_at": "c.at",
        "customer_name": "p.name",
        "customer_email": "p.email",
        "promotion_kind": "o.kind",
        "is_repeat": "c.is_repeat",
    }


def _checked() -> dict[str, str]:
    return {
        "order_number": "coalesce(x.number, '')",
        "order_number_norm": f"coalesce({COMPARED}, '')",
        "number_turn": "c.turn",
        "verification": "r.verification",
        "verification_reason": REASON,
        "matched_order_id": "CASE WHEN c.is_found THEN s.order_id END",
    }


def _worked_on() -> dict[str, str]:
    person = "CASE WHEN c.by_agent THEN {agent} ELSE {admin} END"
    names = person.format(agent="%(agent_name)s", admin="%(admin_name)s")
    return {
        "status": "CASE c.ending WHEN 'gifted' THEN 'verified' ELSE c.ending END",
        "status_reason": """CASE c.ending WHEN 'needs_info' THEN %(asked)s WHEN 'rejected' THEN %(refused)s ELSE '' END""",
        "assignee_id": "CASE WHEN c.is_assigned THEN "
        + person.format(agent="%(agent)s::uuid", admin="%(admin)s::uuid")
        + " END",
        "assignee_name": f"CASE WHEN c.is_assigned THEN {names} ELSE '' END",
        "verified_at": "CASE WHEN c.is_verified THEN c.worked_at END",
        "processed_at": "CASE WHEN c.is_done THEN c.done_at END",
        "processed_by": "CASE WHEN c.is_done THEN %(agent_actor)s ELSE '' END",
        "processed_entry_id": "c.done_entry_id",
        "version": "c.version",
    }


def _gift() -> dict[str, str]:
    shipped = "c.is_physical AND c.is_done"
    status = "CASE WHEN c.is_delivered THEN 'delivered' ELSE 'shipped' END"
    return {
        "grant_id": "c.grant_id",
        "code_id": "c.code_id",
        "gift_code": GIFT_CODE,
        "gift_item": f"CASE WHEN {shipped} THEN o.item_name ELSE '' END",
        "gift_address": f"CASE WHEN {shipped} THEN {SHIP_TO} END",
        "gift_sent_at": "CASE WHEN c.is_mailed THEN c.mailed_at END",
        "gift_seq": "c.is_mailed::integer",
        "carrier": f"CASE WHEN {shipped} THEN 'UPS' ELSE '' END",
        "tracking_number": f"CASE WHEN {shipped} THEN '1Z' || lpad(c.n::text, 9, '0') ELSE '' END",
        "delivery_status": f"""CASE WHEN c.is_mailed THEN c.report WHEN {shipped} THEN {status}
            WHEN c.is_physical THEN 'not_shipped' ELSE 'not_sent' END""",
        "delivery_at": f"CASE WHEN c.is_mailed THEN {DELIVERED_AT} WHEN {shipped} THEN c.done_at END",
    }


def changes(loader: Loader) -> None:
    """Every claim's history, out of the acts drafted beside it."""
    given = {name: f"e.{name}" for name in ("claim_id", "seq", "event", "from_status", "to_status", "actor", "at")}
    given |= {"id": "uuidv7(e.at - clock_timestamp())", "entry_id": "CASE WHEN e.in_ledger THEN e.entry_id END"}
    loader.fill(ClaimChange, given | {"reason": "e.reason", "detail": "e.detail"}, "load_act AS e")


def words(loader: Loader) -> None:
    """The words under which claims are found."""
    code = f"string_to_array({GIFT_CODE}, '-')"
    given = f"""array_remove(p.name_words || p.mail_words || ltrim(p.phone_norm, '+')
        || string_to_array(coalesce(x.number, ''), '-') || coalesce({COMPARED}, '')
        || string_to_array(lower({GIFT_CODE}), '-') || lower(array_to_string({code}, '')), '')"""
    source = f"""(SELECT c.id, {given} AS words FROM {CAST} LEFT JOIN load_number AS x ON x.n = c.n WHERE {HERE}) AS c
        CROSS JOIN LATERAL (SELECT DISTINCT unnest(c.words) AS word) AS w"""
    loader.fill(ClaimToken, {"row_id": "c.id", "token": "w.word"}, source)


def traits(loader: Loader) -> None:
    """What claims are compared by; a mailing address where something is shipped."""
    source = (
        f"{CAST} JOIN load_trait AS t ON t.n = c.person WHERE (c.is_physical OR t.kind <> 'same_address') AND {HERE}"
    )
    given = {"claim_id": "c.id", "customer_id": "p.id", "kind": "t.kind", "token": "t.token"}
    loader.fill(ClaimTrait, given, source)


def messages(loader: Loader) -> None:
    """The mails that brought the gifts."""
    was_read, failed = "c.report = 'opened'", "c.report = 'failed'"
    given = {
        "id": "c.message_id",
        "origin": "'claim'",
        "origin_id": "c.id",
        "seq": "1",
        "kind": f"'{GIFT_MAIL}'",
        "once_key": f"'{GIFT_MAIL}:' || c.id || ':1'",
        "customer_id": "p.id",
        "to_address": "p.email",
        "to_name": "p.name",
        "subject": "left('Your gift: ' || o.promotion_name, 200)",
        "status": "c.report",
        "status_at": DELIVERED_AT,
        "message_id_header": "'<' || c.message_id || '@' || %(sender_domain)s || '>'",
        "attempts": "1",
        "last_error": f"CASE WHEN {failed} THEN 'synthetic' ELSE '' END",
        "actor": "CASE WHEN c.by_agent THEN %(agent_actor)s ELSE %(admin_actor)s END",
        "queued_at": "c.mailed_at",
        "sent_at": f"CASE WHEN NOT {failed} THEN c.mailed_at END",
        "delivered_at": f"CASE WHEN {was_read} OR c.report = 'delivered' THEN {DELIVERED_AT} END",
        "opened_at": f"CASE WHEN {was_read} THEN {DELIVERED_AT} END",
    }
    mailed = f"(SELECT c.*, uuidv7(c.mailed_at - clock_timestamp()) AS message_id FROM load_claim AS c WHERE c.is_mailed AND {HERE})"
    loader.fill(Message, given, IS_MAILED.replace("load_claim AS c", f"{mailed} AS c", 1))
