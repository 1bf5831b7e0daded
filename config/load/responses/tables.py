"""What stands in which column of the tables around responses, by names of the draft (`r` response, `w` offer)."""

from codes.models import Code
from config.load.fill import Loader
from config.load.redeemed.tables import ADDRESS
from config.load.responses.acts import CODE, IS_BOUGHT, LAST_GRANT, LAST_OPEN, REFERENCE
from config.load.responses.shares import HELD_FOR
from offers.models import OfferChange, OfferResponse, OfferStock, OfferTaken, OfferToken
from offers.services.base import ORIGIN

CAST = "load_response AS r JOIN load_offer AS w ON w.n = r.number JOIN load_person AS p ON p.n = r.person"


def codes(loader: Loader) -> None:
    """The codes that were made; they stay with their responses for ever."""
    given = {
        "id": "r.code_id",
        "pool_id": "r.pool_id",
        "value": CODE,
        "value_norm": f"replace({CODE}, '-', '')",
        "state": "'taken'",
        "holder_origin": f"'{ORIGIN}'",
        "holder_id": "r.id",
        "taken_at": "r.at",
        "created_at": "r.at",
    }
    loader.fill(Code, given, "load_response AS r WHERE r.code_id IS NOT NULL")


def responses(loader: Loader) -> None:
    """The responses themselves, as they stand after everything that happened to them."""
    loader.fill(OfferResponse, _what() | _stands(), CAST)


def _what() -> dict[str, str]:
    same = ("id", "customer_id", "source", "entry_id", "code_id", "usage_from", "usage_to", "expires_at", "version")
    of_offer = ("offer_id", "offer_name", "offer_type", "needs_clip")
    return (
        {name: f"r.{name}" for name in same}
        | {name: f"w.{name}" for name in of_offer}
        | {
            "op_key": "replace(r.id::text, '-', '')",
            "grant_id": LAST_GRANT,
            "code_value": f"CASE WHEN r.code_id IS NULL THEN '' ELSE {CODE} END",
            "member_name": "p.name",
            "member_email": "p.email",
            "issued_at": "r.at",
            "usage_weekdays": "w.weekdays",
            "usage_minute_from": "w.minute_from",
            "usage_minute_to": "w.minute_to",
        }
    )


def _stands() -> dict[str, str]:
    same = ("status", "clipped_at", "completed_at", "closed_at", "closed_entry_id", "shipped_at")
    sent = "r.shipped_at IS NOT NULL"
    return {name: f"r.{name}" for name in same} | {
        "status_before": f"CASE WHEN r.closed_at IS NULL THEN '' ELSE {LAST_OPEN} END",
        "reference": f"CASE WHEN {IS_BOUGHT} THEN {REFERENCE} ELSE '' END",
        "amount": f"CASE WHEN {IS_BOUGHT} THEN (20 + mod(r.n, 180) || '.90')::numeric(14, 2) END",
        "reserved_until": f"CASE WHEN r.is_held THEN %(now)s + {HELD_FOR} END",
        "reservation": "CASE WHEN r.is_held THEN encode(sha256(r.id::text::bytea), 'hex') ELSE '' END",
        "ship_to": f"CASE WHEN r.is_processed THEN {ADDRESS} END",
        "carrier": f"CASE WHEN {sent} THEN 'UPS' ELSE '' END",
        "tracking_number": f"CASE WHEN {sent} THEN '1Z' || lpad(r.n::text, 9, '0') ELSE '' END",
    }


def changes(loader: Loader) -> None:
    """Every response's history, out of the acts drafted beside it."""
    same = ("response_id", "seq", "event", "from_status", "to_status", "actor", "at", "reason", "detail", "entry_id")
    given = {name: f"e.{name}" for name in same} | {"id": "uuidv7(e.at - clock_timestamp())"}
    loader.fill(OfferChange, given, "load_act AS e")


def words(loader: Loader) -> None:
    """The words under which responses are found."""
    code = f"lower({CODE})"
    source = f"""{CAST} CROSS JOIN LATERAL (
        SELECT unnest(p.words) AS word
        UNION ALL SELECT named FROM unnest(w.offer_words) AS named WHERE named <> ALL (p.words)
        UNION ALL SELECT p.card_number WHERE p.card_number <> ''
        UNION ALL SELECT unnest(string_to_array({code}, '-') || replace({code}, '-', '')) WHERE r.code_id IS NOT NULL
        ) AS found"""
    loader.fill(OfferToken, {"row_id": "r.id", "token": "found.word"}, source)


def counters(loader: Loader) -> None:
    """How many are taken of offers with limits: those that are not canceled."""
    standing = "load_response AS r JOIN load_offer AS w ON w.n = r.number WHERE r.status <> 'canceled'"
    loader.run(
        f"""UPDATE {OfferStock._meta.db_table} AS s SET taken = s.taken + t.taken FROM (
            SELECT r.offer_id, count(*) AS taken FROM {standing} GROUP BY 1) AS t
        WHERE s.merchant_id = %(merchant)s AND s.offer_id = t.offer_id"""
    )
    each = f"(SELECT r.offer_id, r.customer_id, count(*) AS taken FROM {standing} AND w.is_counted GROUP BY 1, 2) AS t"
    given = {name: f"t.{name}" for name in ("offer_id", "customer_id", "taken")}
    loader.fill(OfferTaken, given, each)
