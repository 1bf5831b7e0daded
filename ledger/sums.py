"""Checks of the books by one statement each: `%(merchant)s` in, one row per finding out (ids, then words)."""

from django.db import connection

from ledger.findings import MOST_PER_CHECK, Finding
from ledger.hours import HOUR_SUMS
from tenancy.scope import current_merchant_id

COUNTS = """
SELECT (SELECT count(*) FROM ledger.entries WHERE merchant_id = %(merchant)s) AS entries,
       (SELECT count(*) FROM ledger.movements WHERE merchant_id = %(merchant)s) AS movements,
       (SELECT count(*) FROM ledger.grants WHERE merchant_id = %(merchant)s) AS grants,
       (SELECT count(*) FROM ledger.accounts WHERE merchant_id = %(merchant)s AND bucket = 'HELD') AS accounts
"""

# What is left in the grants = the balance = what the movements add up to, account by account.
BALANCES = """
SELECT a.id AS account, format('balance %%s, in grants %%s, by movements %%s',
    a.balance, coalesce(g.remaining, 0), coalesce(m.moved, 0)) AS detail
FROM ledger.accounts a
LEFT JOIN (SELECT account_id, sum(remaining) AS remaining FROM ledger.grants
    WHERE merchant_id = %(merchant)s GROUP BY account_id) AS g ON g.account_id = a.id
LEFT JOIN (SELECT account_id, sum(amount) AS moved FROM (
    SELECT target_id AS account_id, amount FROM ledger.movements WHERE merchant_id = %(merchant)s
    UNION ALL
    SELECT source_id, -amount FROM ledger.movements WHERE merchant_id = %(merchant)s) AS both_ways
    GROUP BY account_id) AS m ON m.account_id = a.id
WHERE a.merchant_id = %(merchant)s AND a.bucket = 'HELD'
  AND (a.balance <> coalesce(g.remaining, 0) OR a.balance <> coalesce(m.moved, 0))
"""

# ISSUED = HELD + REDEEMED + EXPIRED + REVOKED, of each unit.
UNITS = """
SELECT format('%%s: issued %%s, accounted for %%s', m.unit, m.issued, m.gone + coalesce(h.held, 0)) AS detail
FROM (
    SELECT m.unit,
        sum(CASE WHEN s.bucket = 'ISSUED' THEN m.amount WHEN t.bucket = 'ISSUED' THEN -m.amount ELSE 0 END) AS issued,
        sum(CASE WHEN t.bucket <> 'ISSUED' THEN m.amount WHEN s.bucket <> 'ISSUED' THEN -m.amount ELSE 0 END) AS gone
    FROM ledger.movements m
    LEFT JOIN ledger.accounts s ON s.merchant_id = %(merchant)s AND s.id = m.source_id AND s.customer_id IS NULL
    LEFT JOIN ledger.accounts t ON t.merchant_id = %(merchant)s AND t.id = m.target_id AND t.customer_id IS NULL
    WHERE m.merchant_id = %(merchant)s GROUP BY m.unit) AS m
FULL JOIN (SELECT unit, sum(balance) AS held FROM ledger.accounts
    WHERE merchant_id = %(merchant)s AND bucket = 'HELD' GROUP BY unit) AS h ON h.unit = m.unit
WHERE coalesce(m.issued, 0) <> coalesce(m.gone, 0) + coalesce(h.held, 0)
"""

# Each grant was issued whole, by its own entry, to its own account, once.
ISSUED_WHOLE = """
SELECT g.id AS grant, format('granted %%s, issued %%s', g.amount, coalesce(sum(m.amount), 0)) AS detail
FROM ledger.grants g
LEFT JOIN ledger.movements m ON m.merchant_id = %(merchant)s AND m.grant_id = g.id AND m.entry_id = g.entry_id
    AND m.target_id = g.account_id AND m.source_id IN (SELECT id FROM ledger.accounts
        WHERE merchant_id = %(merchant)s AND bucket = 'ISSUED')
WHERE g.merchant_id = %(merchant)s
GROUP BY g.id, g.amount HAVING coalesce(sum(m.amount), 0) <> g.amount OR count(m.id) <> 1
"""

# A movement leads from or to the account of its grant, whose customer is the entry's; the other end is the
# merchant's. Only a reversal takes back what was issued or gives back what was used.
SHAPES = """
SELECT m.id AS movement, m.entry_id AS entry, format('%%s -> %%s', s.bucket, t.bucket) AS detail
FROM ledger.movements m
JOIN ledger.grants g ON g.merchant_id = %(merchant)s AND g.id = m.grant_id
JOIN ledger.entries e ON e.merchant_id = %(merchant)s AND e.id = m.entry_id
JOIN ledger.accounts h ON h.merchant_id = %(merchant)s AND h.id = g.account_id
JOIN ledger.accounts s ON s.merchant_id = %(merchant)s AND s.id = m.source_id
JOIN ledger.accounts t ON t.merchant_id = %(merchant)s AND t.id = m.target_id
WHERE m.merchant_id = %(merchant)s
  AND (g.account_id NOT IN (m.source_id, m.target_id) OR h.customer_id <> e.customer_id
    OR (s.bucket = 'HELD') = (t.bucket = 'HELD')
    OR (e.reverses IS NULL AND (t.bucket = 'ISSUED' OR (t.bucket = 'HELD' AND s.bucket <> 'ISSUED'))))
"""

# A reversal moves back what its entry moved, grant by grant, and is the only one.
REVERSALS = """
SELECT r.id AS entry, format('reverses %%s', r.reverses) AS detail
FROM ledger.entries r
LEFT JOIN ledger.entries o ON o.merchant_id = %(merchant)s AND o.id = r.reverses
WHERE r.merchant_id = %(merchant)s AND r.reverses IS NOT NULL AND (
    o.customer_id <> r.customer_id OR o.reverses IS NOT NULL
    OR (SELECT count(*) FROM ledger.entries x WHERE x.merchant_id = %(merchant)s AND x.reverses = r.reverses) <> 1
    OR EXISTS (
        (SELECT grant_id, source_id, target_id, sum(amount) FROM ledger.movements
         WHERE merchant_id = %(merchant)s AND entry_id = r.reverses GROUP BY 1, 2, 3)
        EXCEPT
        (SELECT grant_id, target_id, source_id, sum(amount) FROM ledger.movements
         WHERE merchant_id = %(merchant)s AND entry_id = r.id GROUP BY 1, 2, 3))
    OR EXISTS (
        (SELECT grant_id, target_id, source_id, sum(amount) FROM ledger.movements
         WHERE merchant_id = %(merchant)s AND entry_id = r.id GROUP BY 1, 2, 3)
        EXCEPT
        (SELECT grant_id, source_id, target_id, sum(amount) FROM ledger.movements
         WHERE merchant_id = %(merchant)s AND entry_id = r.reverses GROUP BY 1, 2, 3)))
"""

CHECKS = {
    "balance": BALANCES,
    "unit": UNITS,
    "issued_whole": ISSUED_WHOLE,
    "movement_shape": SHAPES,
    "reversal": REVERSALS,
    "hour_sums": HOUR_SUMS,
}


def counts() -> dict[str, int]:
    """Return how much there is to check."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"merchant": current_merchant_id()})
        return dict(zip((column.name for column in cursor.description), cursor.fetchone(), strict=True))


def find(check: str) -> list[Finding]:
    """Run one check in the merchant's scope."""
    with connection.cursor() as cursor:
        cursor.execute(CHECKS[check] + " LIMIT %(most)s", {"merchant": current_merchant_id(), "most": MOST_PER_CHECK})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [Finding(check, row.pop("detail"), {name: str(value) for name, value in row.items()}) for row in rows]
