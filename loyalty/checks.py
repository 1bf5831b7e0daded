"""What must be true between redeemed rewards, purchases, the ledger and the codes: asked by check_ledger."""

import uuid

from django.db import connection

from ledger.findings import MOST_PER_CHECK, Finding

# Each returns ids of what breaks its rule; every part names the merchant.
CHECKS: dict[str, tuple[str, str, str]] = {
    "reward_history": (
        "redeemed_reward",
        "The redeemed reward's history has a gap, or does not end where the reward stands.",
        """SELECT r.id FROM loyalty_redeemedreward r LEFT JOIN (
             SELECT redeemed_id, count(*) AS number, max(seq) AS last FROM loyalty_redeemedchange
             WHERE merchant_id = %(merchant)s GROUP BY redeemed_id) h ON h.redeemed_id = r.id
           WHERE r.merchant_id = %(merchant)s AND (h.redeemed_id IS NULL OR h.number <> r.version OR h.last <> r.version)""",
    ),
    "reward_paid": (
        "redeemed_reward",
        "The points of the redemption's entry are not what the reward cost.",
        """SELECT r.id FROM loyalty_redeemedreward r LEFT JOIN (
             SELECT m.entry_id, sum(m.amount) AS points FROM ledger.movements m
             WHERE m.merchant_id = %(merchant)s AND m.unit = 'POINT' GROUP BY m.entry_id) p ON p.entry_id = r.entry_id
           WHERE r.merchant_id = %(merchant)s AND coalesce(p.points, 0) <> r.cost_in_points""",
    ),
    "reward_used_drawn": (
        "redeemed_reward",
        "The reward is used by an entry that is missing, of another reward, or reversed.",
        """SELECT r.id FROM loyalty_redeemedreward r
           LEFT JOIN ledger.entries e ON e.merchant_id = r.merchant_id AND e.id = r.used_entry_id
             AND e.origin_id = r.id AND e.event = 'reward.used'
           LEFT JOIN ledger.entries v ON v.merchant_id = r.merchant_id AND v.reverses = r.used_entry_id
           WHERE r.merchant_id = %(merchant)s AND r.used_at IS NOT NULL AND (e.id IS NULL OR v.id IS NOT NULL)""",
    ),
    "reward_voucher": (
        "redeemed_reward",
        "The reward is used or canceled and its voucher is still there; or it is neither, and the voucher is gone.",
        """SELECT r.id FROM loyalty_redeemedreward r
           JOIN ledger.grants g ON g.merchant_id = r.merchant_id AND g.id = r.grant_id
           WHERE r.merchant_id = %(merchant)s AND (g.unit <> 'VOUCHER'
             OR (r.used_at IS NOT NULL OR r.canceled_at IS NOT NULL) AND g.remaining <> 0
             OR r.used_at IS NULL AND r.canceled_at IS NULL AND r.cashback_status <> 'success' AND g.remaining = 0
                AND (r.expires_at IS NULL OR r.expires_at > now()))""",
    ),
    "reward_refund": (
        "redeemed_reward",
        "The reward was canceled with its points, but the redemption stands; or the other way about.",
        """SELECT r.id FROM loyalty_redeemedreward r
           LEFT JOIN ledger.entries v ON v.merchant_id = r.merchant_id AND v.reverses = r.entry_id
           WHERE r.merchant_id = %(merchant)s AND r.is_refunded <> (v.id IS NOT NULL)""",
    ),
    "reward_code": (
        "redeemed_reward",
        "The reward holds a code that is not taken by it, or that differs from the one that was given.",
        """SELECT r.id FROM loyalty_redeemedreward r
           JOIN codes_code k ON k.merchant_id = r.merchant_id AND k.id = r.code_id
           WHERE r.merchant_id = %(merchant)s AND r.canceled_at IS NULL
             AND (k.state <> 'taken' OR k.holder_id <> r.id OR k.value <> r.code_value)""",
    ),
    "reward_code_holder": (
        "code",
        "A code is taken by a redeemed reward that does not hold it.",
        """SELECT k.id FROM codes_code k
           LEFT JOIN loyalty_redeemedreward r ON r.merchant_id = k.merchant_id AND r.code_id = k.id AND r.id = k.holder_id
             AND r.canceled_at IS NULL
           WHERE k.merchant_id = %(merchant)s AND k.holder_origin = 'redeemed_reward' AND k.state = 'taken'
             AND r.id IS NULL""",
    ),
    "reward_stock": (
        "reward",
        "The number taken of a limited reward is not the number of those that stand.",
        """SELECT s.reward_id FROM loyalty_rewardstock s
           JOIN loyalty_reward w ON w.merchant_id = s.merchant_id AND w.id = s.reward_id AND w.total_limit IS NOT NULL
           LEFT JOIN (SELECT reward_id, count(*) AS number FROM loyalty_redeemedreward
             WHERE merchant_id = %(merchant)s AND canceled_at IS NULL GROUP BY reward_id) r ON r.reward_id = s.reward_id
           WHERE s.merchant_id = %(merchant)s AND s.taken <> coalesce(r.number, 0)""",
    ),
    "purchase_points": (
        "purchase",
        "The points of the purchase's lot are not the points that it earned.",
        """SELECT p.id FROM loyalty_purchase p
           LEFT JOIN ledger.grants g ON g.merchant_id = p.merchant_id AND g.id = p.grant_id
           WHERE p.merchant_id = %(merchant)s AND coalesce(g.amount, 0) <> p.points_earned""",
    ),
    "purchase_returns": (
        "purchase",
        "The sums on the purchase are not the sums of its returns.",
        """SELECT p.id FROM loyalty_purchase p LEFT JOIN (
             SELECT purchase_id, sum(amount) AS amount, sum(points_returned + shortfall) AS points
             FROM loyalty_purchasereturn WHERE merchant_id = %(merchant)s GROUP BY purchase_id) r ON r.purchase_id = p.id
           WHERE p.merchant_id = %(merchant)s
             AND (coalesce(r.amount, 0) <> p.returned_amount OR coalesce(r.points, 0) <> p.points_returned)""",
    ),
    "return_shortfall": (
        "purchase",
        "Goods were returned whose points are still missing, though there are points in the purchase's lot.",
        """SELECT DISTINCT p.id FROM loyalty_purchasereturn r
           JOIN loyalty_purchase p ON p.merchant_id = r.merchant_id AND p.id = r.purchase_id
           JOIN ledger.grants g ON g.merchant_id = p.merchant_id AND g.id = p.grant_id
           WHERE r.merchant_id = %(merchant)s AND r.shortfall > 0 AND g.remaining > 0
             AND (g.expires_at IS NULL OR g.expires_at > now())""",
    ),
}


def check_rewards(merchant_id: uuid.UUID) -> list[Finding]:
    """Return what is wrong with the merchant's rewards; runs in the merchant's scope and changes nothing."""
    return [finding for name in CHECKS for finding in _find(name, merchant_id)]


def _find(name: str, merchant_id: uuid.UUID) -> list[Finding]:
    kind, text, query = CHECKS[name]
    with connection.cursor() as cursor:
        cursor.execute(f"{query} LIMIT {MOST_PER_CHECK}", {"merchant": merchant_id})
        return [Finding(name, text, {kind: str(found)}) for (found,) in cursor.fetchall()]
