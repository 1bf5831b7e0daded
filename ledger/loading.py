"""Synthetic volume in the journal: some hundred thousand acts by one statement a table, for the owner alone.

What is written is what the functions would have written, drafted by the caller in temporary tables; nothing is judged
here, so a merchant's books are checked afterwards. The application's role cannot do this: it takes the functions' own.
"""

from django.db import connections

from tenancy.scope import current_merchant_id

DIGEST = """sha256(convert_to(CASE WHEN whole IS NOT NULL THEN whole WHEN contents IS NOT NULL THEN
    format('["%%s","%%s","%%s","%%s","%%s",%%s,%%s]', customer_id, event, origin, origin_id, subject_id,
        coalesce('"' || reverses || '"', 'null'), contents) END, 'UTF8'))"""
HOLDERS = """
INSERT INTO ledger.accounts AS known (merchant_id, id, customer_id, bucket, unit, balance)
SELECT %(merchant)s, ledger.derived(h.customer_id, 'HELD:' || u.unit), h.customer_id, 'HELD', u.unit,
    coalesce(sum(h.balance) FILTER (WHERE u.unit = h.unit), 0)
FROM {holders} AS h CROSS JOIN unnest(ARRAY['POINT', 'VOUCHER']) AS u (unit)
GROUP BY h.customer_id, u.unit
ON CONFLICT (merchant_id, id) DO UPDATE SET balance = known.balance + excluded.balance
"""
MERCHANTS = """
INSERT INTO ledger.accounts (merchant_id, id, bucket, unit)
SELECT %(merchant)s, ledger.derived(%(merchant)s, b.bucket || ':' || u.unit), b.bucket, u.unit
FROM unnest(ARRAY['ISSUED', 'REDEEMED', 'EXPIRED', 'REVOKED']) AS b (bucket)
CROSS JOIN unnest(ARRAY['POINT', 'VOUCHER']) AS u (unit) ON CONFLICT DO NOTHING
"""
ENTRIES = f"""
INSERT INTO ledger.entries (merchant_id, id, customer_id, event, origin, origin_id, subject_id, occurred_at, recorded_at,
    actor, idempotency_key, digest, reverses)
SELECT %(merchant)s, entry_id, customer_id, event, origin, origin_id, subject_id, at, now(), actor, key, {DIGEST}, reverses
FROM {{acts}} WHERE in_ledger
"""  # noqa: S608 - nobody's words
GRANTS = """
INSERT INTO ledger.grants (merchant_id, id, account_id, entry_id, unit, amount, remaining, code, earned_at,
    valid_from, expires_at)
SELECT %(merchant)s, id, ledger.derived(customer_id, 'HELD:' || unit), entry_id, unit, amount, remaining, code, earned_at,
    valid_from, expires_at
FROM {grants}
"""
MOVEMENTS = """
INSERT INTO ledger.movements (merchant_id, id, entry_id, position, grant_id, unit, source_id, target_id, amount, held_after)
SELECT %(merchant)s, ledger.derived(m.entry_id, m.position::text), m.entry_id, m.position, m.grant_id, m.unit,
    CASE WHEN v.is_coming THEN other.id ELSE held.id END, CASE WHEN v.is_coming THEN held.id ELSE other.id END, m.amount,
    m.held_after
FROM {movements} AS m
JOIN (SELECT verb, verb IN ('grant', 'undraw') AS is_coming, CASE WHEN verb IN ('grant', 'ungrant') THEN 'ISSUED'
        WHEN verb = 'undraw' THEN 'REDEEMED' ELSE ledger.bucket_of(verb) END AS bucket
    FROM unnest(ARRAY['grant', 'ungrant', 'draw', 'undraw', 'expire', 'revoke']) AS verb) AS v ON v.verb = m.verb
JOIN ledger.accounts AS other ON other.merchant_id = %(merchant)s AND other.customer_id IS NULL
    AND other.bucket = v.bucket AND other.unit = m.unit
JOIN ledger.accounts AS held ON held.merchant_id = %(merchant)s AND held.customer_id = m.customer_id
    AND held.bucket = 'HELD' AND held.unit = m.unit
"""


def open_accounts(*, using: str, holders: str) -> None:
    """Open the merchant's own accounts and those of customers, and add to each the balance that it will end with.

    `holders` is a temporary table of customer_id, unit and balance, one row for each customer and unit. Runs in the
    merchant's scope on the owner's connection.
    """
    _write(using, [holders], MERCHANTS, HOLDERS.format(holders=holders))
    with connections[using].cursor() as cursor:
        # Movements are joined with them while their indexes are lifted. Of rows that it knows nothing of the planner
        # expects one, and would read all movements anew for each account: hours where there are many.
        cursor.execute("ANALYZE ledger.accounts")


def load(*, using: str, acts: str, grants: str, movements: str) -> None:
    """Write entries, then grants, then movements, out of three temporary tables.

    `acts`: entry_id, customer_id, event, origin, origin_id, subject_id, at, actor, key, contents (the steps as the
    digest knows them), whole (all that the digest is of, where the caller says so itself; of neither there is none),
    reverses and in_ledger. `grants`: id, entry_id, customer_id, unit, amount, remaining, code, earned_at, valid_from,
    expires_at. `movements`: entry_id, position, grant_id, customer_id, unit, verb (grant, draw, expire, revoke, and
    ungrant and undraw of reversals), amount, held_after. Runs in the merchant's scope on the owner's connection; raises IntegrityError where anything of it stands already.
    """
    statements = (ENTRIES.format(acts=acts), GRANTS.format(grants=grants), MOVEMENTS.format(movements=movements))
    _write(using, [acts, grants, movements], *statements)


def _write(using: str, drafts: list[str], *statements: str) -> None:
    with connections[using].cursor() as cursor:
        for draft in drafts:
            cursor.execute(f"GRANT SELECT ON {draft} TO app_ledger")
        cursor.execute("SET LOCAL ROLE app_ledger")
        for statement in statements:
            cursor.execute(statement, {"merchant": current_merchant_id()})
        cursor.execute("SET LOCAL ROLE NONE")
