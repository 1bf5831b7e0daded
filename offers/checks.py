"""What must be true between offers, their responses, the ledger and the codes: asked by check_ledger."""

import uuid

from django.db import connection

from ledger.findings import MOST_PER_CHECK, Finding

# Each returns ids of what breaks its rule; every part names the merchant.
CHECKS: dict[str, tuple[str, str, str]] = {
    "response_history": (
        "offer_response",
        "The response's history has a gap, or does not end where the response stands.",
        """SELECT r.id FROM offers_offerresponse r LEFT JOIN (
             SELECT response_id, count(*) AS number, max(seq) AS last,
               (array_agg(to_status ORDER BY seq DESC))[1] AS status
             FROM offers_offerchange WHERE merchant_id = %(merchant)s GROUP BY response_id) h ON h.response_id = r.id
           WHERE r.merchant_id = %(merchant)s
             AND (h.number IS DISTINCT FROM r.version OR h.last IS DISTINCT FROM r.version
               OR h.status IS DISTINCT FROM r.status)""",
    ),
    "response_entries": (
        "offer_response",
        "An act on the response has no entry of its own in the ledger.",
        """SELECT c.response_id FROM offers_offerchange c
           LEFT JOIN ledger.entries e ON e.merchant_id = c.merchant_id AND e.id = c.entry_id
             AND e.origin_id = c.response_id AND e.event = c.event
           WHERE c.merchant_id = %(merchant)s AND e.id IS NULL""",
    ),
    "response_voucher": (
        "offer_response",
        "The response is closed and its voucher is still there; or it is open, and the voucher is gone.",
        """SELECT r.id FROM offers_offerresponse r
           JOIN ledger.grants g ON g.merchant_id = r.merchant_id AND g.id = r.grant_id
           WHERE r.merchant_id = %(merchant)s AND (g.unit <> 'VOUCHER'
             OR r.status IN ('expired', 'canceled', 'completed') AND g.remaining <> 0
             OR r.status NOT IN ('expired', 'canceled', 'completed') AND g.remaining = 0
                AND (g.expires_at IS NULL OR g.expires_at > now()))""",
    ),
    "response_completed": (
        "offer_response",
        "The response is completed by an entry that is missing, of another response, or reversed.",
        """SELECT r.id FROM offers_offerresponse r
           LEFT JOIN ledger.entries e ON e.merchant_id = r.merchant_id AND e.id = r.closed_entry_id
             AND e.origin_id = r.id AND e.event = 'offer.completed'
           LEFT JOIN ledger.entries v ON v.merchant_id = r.merchant_id AND v.reverses = r.closed_entry_id
           WHERE r.merchant_id = %(merchant)s AND r.status = 'completed' AND (e.id IS NULL OR v.id IS NOT NULL)""",
    ),
    "response_code": (
        "offer_response",
        "The response holds a code that is not taken by it, or that differs from the one that was given.",
        """SELECT r.id FROM offers_offerresponse r
           JOIN codes_code k ON k.merchant_id = r.merchant_id AND k.id = r.code_id
           WHERE r.merchant_id = %(merchant)s
             AND (k.state = 'free' OR k.holder_id <> r.id OR k.value <> r.code_value)""",
    ),
    "response_code_holder": (
        "code",
        "A code is taken by a response that does not hold it.",
        """SELECT k.id FROM codes_code k
           LEFT JOIN offers_offerresponse r ON r.merchant_id = k.merchant_id AND r.code_id = k.id
             AND r.id = k.holder_id
           WHERE k.merchant_id = %(merchant)s AND k.holder_origin = 'offer_response' AND k.state = 'taken'
             AND r.id IS NULL""",
    ),
    "offer_stock": (
        "offer",
        "The number taken of a limited offer is not the number of responses that stand.",
        """SELECT s.offer_id FROM offers_offerstock s
           JOIN offers_offer o ON o.merchant_id = s.merchant_id AND o.id = s.offer_id AND o.total_limit IS NOT NULL
           LEFT JOIN (SELECT offer_id, count(*) AS number FROM offers_offerresponse
             WHERE merchant_id = %(merchant)s AND status <> 'canceled' GROUP BY offer_id) r ON r.offer_id = s.offer_id
           WHERE s.merchant_id = %(merchant)s AND s.taken <> coalesce(r.number, 0)""",
    ),
    "offer_taken": (
        "offer",
        "The number taken by one member of a limited offer is not the number of that member's responses that stand.",
        """SELECT t.offer_id FROM offers_offertaken t
           JOIN offers_offer o ON o.merchant_id = t.merchant_id AND o.id = t.offer_id AND o.member_limit IS NOT NULL
           LEFT JOIN (SELECT offer_id, customer_id, count(*) AS number FROM offers_offerresponse
             WHERE merchant_id = %(merchant)s AND status <> 'canceled' GROUP BY offer_id, customer_id) r
             ON r.offer_id = t.offer_id AND r.customer_id = t.customer_id
           WHERE t.merchant_id = %(merchant)s AND t.taken <> coalesce(r.number, 0)""",
    ),
}


def check_responses(merchant_id: uuid.UUID) -> list[Finding]:
    """Return what is wrong with the merchant's responses; runs in the merchant's scope and changes nothing."""
    return [finding for name in CHECKS for finding in _find(name, merchant_id)]


def _find(name: str, merchant_id: uuid.UUID) -> list[Finding]:
    kind, text, query = CHECKS[name]
    with connection.cursor() as cursor:
        cursor.execute(f"{query} LIMIT {MOST_PER_CHECK}", {"merchant": merchant_id})
        return [Finding(name, text, {kind: str(found)}) for (found,) in cursor.fetchall()]
