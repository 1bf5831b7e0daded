"""What must be true between claims, their history, the ledger and the codes: asked by check_ledger."""

import uuid

from django.db import connection

from claims_center.tallies.checking import check_tallies
from ledger.findings import MOST_PER_CHECK, Finding

# Each returns ids of claims (or of what the name says) that break its rule; every part names the merchant.
CHECKS: dict[str, tuple[str, str, str]] = {
    "claim_history": (
        "claim",
        "The claim's state is not the end of its history, or the history has a gap.",
        """SELECT c.id FROM claims_center_claim c LEFT JOIN (
             SELECT claim_id, count(*) AS number, max(seq) AS last,
                    (array_agg(to_status ORDER BY seq DESC))[1] AS status
             FROM claims_center_claimchange WHERE merchant_id = %(merchant)s GROUP BY claim_id) h ON h.claim_id = c.id
           WHERE c.merchant_id = %(merchant)s AND (h.claim_id IS NULL OR h.status <> c.status
             OR h.number <> c.version OR h.last <> c.version)""",
    ),
    "claim_processed_drawn": (
        "claim",
        "The claim is processed, but its voucher was not used; or it is not, and the voucher was.",
        """SELECT c.id FROM claims_center_claim c
           JOIN ledger.grants g ON g.merchant_id = c.merchant_id AND g.id = c.grant_id
           WHERE c.merchant_id = %(merchant)s AND (g.unit <> 'VOUCHER' OR (c.status = 'processed') <> (g.remaining = 0))""",
    ),
    "claim_processed_entry": (
        "claim",
        "The claim is processed by an entry that is missing, of another claim, or reversed.",
        """SELECT c.id FROM claims_center_claim c
           LEFT JOIN ledger.entries e ON e.merchant_id = c.merchant_id AND e.id = c.processed_entry_id
             AND e.origin_id = c.id AND e.event = 'claim.processed'
           LEFT JOIN ledger.entries r ON r.merchant_id = c.merchant_id AND r.reverses = c.processed_entry_id
           WHERE c.merchant_id = %(merchant)s AND c.status = 'processed' AND (e.id IS NULL OR r.id IS NOT NULL)""",
    ),
    "claim_voucher_held": (
        "grant",
        "A customer holds a voucher of a claim that does not know of it.",
        """SELECT g.id FROM ledger.grants g
           JOIN ledger.entries e ON e.merchant_id = g.merchant_id AND e.id = g.entry_id AND e.origin = 'claim'
           LEFT JOIN claims_center_claim c ON c.merchant_id = g.merchant_id AND c.grant_id = g.id
           WHERE g.merchant_id = %(merchant)s AND g.is_open AND c.id IS NULL""",
    ),
    "claim_code_holder": (
        "code",
        "A code is taken by a claim that does not hold it.",
        """SELECT k.id FROM codes_code k
           LEFT JOIN claims_center_claim c ON c.merchant_id = k.merchant_id AND c.code_id = k.id AND c.id = k.holder_id
           WHERE k.merchant_id = %(merchant)s AND k.holder_origin = 'claim' AND k.state = 'taken' AND c.id IS NULL""",
    ),
    "claim_code_taken": (
        "claim",
        "The claim holds a code that is not taken by it, or that differs from the one that was sent.",
        """SELECT c.id FROM claims_center_claim c
           JOIN codes_code k ON k.merchant_id = c.merchant_id AND k.id = c.code_id
           WHERE c.merchant_id = %(merchant)s AND (k.state <> 'taken' OR k.holder_id <> c.id OR k.value <> c.gift_code)""",
    ),
    "claim_entry_missing": (
        "claim",
        "The claim's history names an entry that the ledger does not have.",
        """SELECT h.claim_id FROM claims_center_claimchange h
           LEFT JOIN ledger.entries e ON e.merchant_id = h.merchant_id AND e.id = h.entry_id AND e.origin_id = h.claim_id
           WHERE h.merchant_id = %(merchant)s AND h.entry_id IS NOT NULL AND e.id IS NULL""",
    ),
}


def check_claims(merchant_id: uuid.UUID) -> list[Finding]:
    """Return what is wrong with the merchant's claims; runs in the merchant's scope and changes nothing."""
    return [finding for name in CHECKS for finding in _find(name, merchant_id)] + check_tallies(merchant_id)


def _find(name: str, merchant_id: uuid.UUID) -> list[Finding]:
    kind, text, query = CHECKS[name]
    with connection.cursor() as cursor:
        cursor.execute(f"{query} LIMIT {MOST_PER_CHECK}", {"merchant": merchant_id})
        return [Finding(name, text, {kind: str(found)}) for (found,) in cursor.fetchall()]
