"""What stands in which column of the tables around redeemed rewards, by names of the draft (`r` redeemed, `w` reward)."""

from codes.models import Code
from config.load.fill import Loader
from config.load.redeemed.acts import AMOUNT, CODE, REFERENCE
from loyalty.cashback.provider import Answer, Verdict
from loyalty.models import (
    CashbackPayment,
    Purchase,
    RedeemedChange,
    RedeemedReward,
    RedeemedToken,
    RewardStock,
    RewardTaken,
)
from loyalty.services.base import ORIGIN
from loyalty.services.cashback import text_of
from loyalty.services.redeeming import CASHBACK_INIT

CAST = "load_redeemed AS r JOIN load_reward AS w ON w.n = r.number JOIN load_person AS p ON p.n = r.person"
ADDRESS = """jsonb_build_object('first_name', p.first, 'last_name', p.last, 'street', p.street, 'house_number',
    p.house_number, 'building_number', '', 'postal_code', p.postal_code, 'city', p.city, 'province', p.province,
    'country', p.country)"""
DELIVERY = """CASE WHEN r.used_at IS NULL THEN '' WHEN NOT r.is_moved THEN 'ordered' WHEN r.shipment = 'canceled'
    THEN 'canceled' WHEN r.is_delivered THEN 'delivered' ELSE 'shipped' END"""
IS_SENT = "r.is_moved AND r.shipment <> 'canceled'"
PAID = "'PTM' || upper(right(replace(r.id::text, '-', ''), 10))"
FAILED = Answer(Verdict.FAILURE, "DE_602", "Wallet is blocked")
OPEN = Answer(Verdict.PENDING, "DE_101", "Waiting for the bank")
CASHBACK_TEXT = f"""CASE r.cashback WHEN '' THEN '' WHEN 'init' THEN '{CASHBACK_INIT}'
    WHEN 'success' THEN '1: SUCCESS: ' || {PAID} WHEN 'pending' THEN '{text_of(answer=OPEN)}'
    ELSE '{text_of(answer=FAILED)}' END"""


def purchases(loader: Loader) -> None:
    """The purchases that earned the lots; their entries and grants stand already."""
    given = {
        "id": "l.purchase_id",
        "reference": REFERENCE,
        "customer_id": "l.customer_id",
        "amount": AMOUNT,
        "currency": f"'{loader.merchant.currency}'",
        "occurred_at": "l.earned_at",
        "recorded_at": "l.earned_at",
        "entry_id": "l.entry_id",
        "grant_id": "l.id",
        "points_earned": "l.amount",
    }
    loader.fill(Purchase, given, "load_lot AS l")


def codes(loader: Loader) -> None:
    """The codes that were taken or made; those of canceled rewards are burnt, or free again as new ones."""
    given = {
        "id": "r.code_id",
        "pool_id": "r.pool_id",
        "value": CODE,
        "value_norm": f"replace({CODE}, '-', '')",
        "state": "CASE WHEN r.canceled_at IS NULL THEN 'taken' ELSE 'burnt' END",
        "holder_origin": f"'{ORIGIN}'",
        "holder_id": "r.id",
        "taken_at": "r.at",
        "created_at": "r.at - interval '1 second'",
    }
    loader.fill(Code, given, "load_redeemed AS r WHERE r.code_id IS NOT NULL")


def redeemed(loader: Loader) -> None:
    """The redeemed rewards themselves, as they stand after everything that happened to them."""
    loader.fill(RedeemedReward, _what() | _who() | _stands(), CAST)


def _what() -> dict[str, str]:
    same = ("reward_id", "reward_name", "reward_type", "tax_value", "amount", "currency")
    return {name: f"w.{name}" for name in same} | {
        "id": "r.id",
        "op_key": "replace(r.id::text, '-', '')",
        "source": "r.source",
        "entry_id": "r.entry_id",
        "grant_id": "r.grant_id",
        "code_id": "r.code_id",
        "code_value": f"CASE WHEN r.code_id IS NULL THEN '' ELSE {CODE} END",
        "cost_in_points": "r.cost",
        "active_points_after": "r.earned_to - r.spent_to",
        "redeemed_at": "r.at",
        "active_from": "r.active_from",
        "expires_at": "r.expires_at",
        "version": "r.version",
    }


def _who() -> dict[str, str]:
    return {
        "customer_id": "p.id",
        "customer_email": "p.email",
        "customer_phone": "p.phone",
        "customer_first_name": "p.first",
        "customer_last_name": "p.last",
    }


def _stands() -> dict[str, str]:
    return {
        "coupon_status": """CASE WHEN r.canceled_at IS NOT NULL THEN 'canceled' WHEN r.expires_at <= %(now)s THEN 'expired'
            WHEN r.active_from > %(now)s THEN 'inactive' ELSE 'active' END""",
        "used_at": "r.used_at",
        "used_entry_id": "r.used_entry_id",
        "delivery_status": DELIVERY,
        "delivery_at": """CASE WHEN r.is_delivered THEN r.delivered_at WHEN r.is_moved THEN r.shipped_at
            ELSE r.used_at END""",
        "ship_to": f"CASE WHEN r.used_at IS NOT NULL THEN {ADDRESS} END",
        "carrier": f"CASE WHEN {IS_SENT} THEN 'UPS' ELSE '' END",
        "tracking_number": f"CASE WHEN {IS_SENT} THEN '1Z' || lpad(r.n::text, 9, '0') ELSE '' END",
        "cashback_status": "r.cashback",
        "cashback_text": CASHBACK_TEXT,
        "canceled_at": "r.canceled_at",
        "is_refunded": "r.is_refunded",
    }


def changes(loader: Loader) -> None:
    """Every reward's history, out of the acts drafted beside it."""
    given = {
        name: f"e.{name}" for name in ("redeemed_id", "seq", "event", "actor", "at", "reason", "detail", "entry_id")
    }
    given["id"] = "uuidv7(e.at - clock_timestamp())"
    loader.fill(RedeemedChange, given, "load_act AS e WHERE e.redeemed_id IS NOT NULL")


def words(loader: Loader) -> None:
    """The words under which redeemed rewards are found."""
    code = f"lower({CODE})"
    source = f"""{CAST} CROSS JOIN LATERAL (
        SELECT unnest(p.words) AS word
        UNION ALL SELECT named FROM unnest(w.reward_words) AS named WHERE named <> ALL (p.words)
        UNION ALL SELECT unnest(string_to_array({code}, '-') || replace({code}, '-', '')) WHERE r.code_id IS NOT NULL
        ) AS found"""
    loader.fill(RedeemedToken, {"row_id": "r.id", "token": "found.word"}, source)


def payments(loader: Loader) -> None:
    """The order of each cashback at its provider."""
    given = {
        "redeemed_id": "r.id",
        "provider": "'paytm'",
        "order_id": "'CB' || replace(r.id::text, '-', '')",
        "status": "r.cashback",
        "code": f"CASE r.cashback WHEN 'success' THEN 'DE_001' WHEN 'pending' THEN '{OPEN.code}' WHEN 'failure' THEN '{FAILED.code}' ELSE '' END",
        "message": f"CASE r.cashback WHEN 'success' THEN 'Paid' WHEN 'pending' THEN '{OPEN.message}' WHEN 'failure' THEN '{FAILED.message}' ELSE '' END",
        "transaction_id": f"CASE r.cashback WHEN 'success' THEN {PAID} ELSE '' END",
        "created_at": "r.at",
        "sent_at": "CASE WHEN r.cashback <> 'init' THEN r.at + interval '1 second' END",
        "settled_at": "CASE WHEN r.cashback IN ('success', 'failure') THEN r.settled_at END",
    }
    loader.fill(CashbackPayment, given, "load_redeemed AS r WHERE r.is_cashback")


def counters(loader: Loader) -> None:
    """How many are taken of rewards with limits: those that are not canceled."""
    standing = "load_redeemed AS r JOIN load_reward AS w ON w.n = r.number WHERE r.canceled_at IS NULL"
    loader.run(
        f"""UPDATE {RewardStock._meta.db_table} AS s SET taken = s.taken + t.taken FROM (
            SELECT r.reward_id, count(*) AS taken FROM {standing} GROUP BY 1) AS t
        WHERE s.merchant_id = %(merchant)s AND s.reward_id = t.reward_id"""
    )
    each = f"(SELECT r.reward_id, r.customer_id, count(*) AS taken FROM {standing} AND w.is_counted GROUP BY 1, 2) AS t"
    given = {"reward_id": "t.reward_id", "customer_id": "t.customer_id", "taken": "t.taken"}
    loader.fill(RewardTaken, given, each)
