"""Synthetic volume in the journal: some hundred thousand acts by one statement a table, for the owner alone.

What is written is what the functions would have written, drafted by the caller in temporary tables; nothing is judged
here, so a merchant's books are checked afterwards. The application's role cannot do this: it takes the functions' own.
"""

from django.db import connections

from tenancy.scope import current_merchant_id

DIGEST = """sha256(convert_to(format('["%%s","%%s","%%s","%%s","%%s",null,%%s]', customer_id, event, origin, origin_id,
    subject_id, contents), 'UTF8'))"""
HOLDERS = """
INSERT INTO ledger.accounts (merchant_id, id, customer_id, bucket, unit, balance)
SELECT %(merchant)s, ledger.derived(h.customer_id, 'HELD:' || u.unit), h.customer_id, 'HELD', u.unit,
    CASE WHEN u.unit = h.unit THEN h.balance ELSE 0 END
FROM {holders} AS h CROSS JOIN unnest(ARRAY['POINT', 'VOUCHER']) AS u (unit)
"""
MERCHANTS = """
INSERT INTO ledger.accounts (merchant_id, id, bucket, unit)
SELECT %(merchant)s, ledger.derived(%(merchant)s, b.bucket || ':' || u.unit), b.bucket, u.unit
FROM unnest(ARRAY['ISSUED', 'REDEEMED', 'EXPIRED', 'REVOKED']) AS b (bucket)
CROSS JOIN unnest(ARRAY['POINT', 'VOUCHER']) AS u (unit) ON CONFLICT DO NOTHING
"""
ENTRIES = f"""
INSERT INTO ledger.entries (merchant_id, id, customer_id, event, origin, origin_id, subject_id, occurred_at, recorded_at,
    actor, idempotency_key, digest)
SELECT %(merchant)s, entry_id, customer_id, event, origin, origin_id, subject_id, at, now(), actor, key, {DIGEST}
FROM {{acts}} WHERE in_ledger
"""  # noqa: S608 - nobody's words
GRANTS = """
INSERT INTO ledger.grants (merchant_id, id, account_id, entry_id, unit, amount, remaining, code, earned_at)
SELECT %(merchant)s, id, ledger.derived(customer_id, 'HELD:' || unit), entry_id, unit, amount, remaining, code, earned_at
FROM {grants}
"""
MOVEMENTS = """
INSERT INTO ledger.movements (merchant_id, id, entry_id, position, grant_id, unit, source_id, target_id, amount, held_after)
SELECT %(merchant)s, ledger.derived(entry_id, position::text), entry_id, position, grant_id, unit,
    CASE WHEN verb = 'grant' THEN ledger.derived(%(merchant)s, 'ISSUED:' || unit)
        ELSE ledger.derived(customer_id, 'HELD:' || unit) END,
    CASE WHEN verb = 'grant' THEN ledger.derived(customer_id, 'HELD:' || unit)
        ELSE ledger.derived(%(merchant)s, ledger.bucket_of(verb) || ':' || unit) END, amount, held_after
FROM {movements}
"""


def open_accounts(*, using: str, holders: str) -> None:
    """Open the merchant's own accounts, and those of new customers with the balance that they will end with.

    `holders` is a temporary table of customer_id, unit and balance, one row a customer. Runs in the merchant's scope
    on the owner's connection.
    """
    _write(using, [holders], MERCHANTS, HOLDERS.format(holders=holders))


def load(*, using: str, acts: str, grants: str, movements: str) -> None:
    """Write entries, then grants, then movements, out of three temporary tables.

    `acts`: entry_id, customer_id, event, origin, origin_id, subject_id, at, actor, key, contents (the steps as the
    digest knows them) and in_ledger. `grants`: id, entry_id, customer_id, unit, amount, remaining, code, earned_at.
    `movements`: entry_id, position, grant_id, customer_id, unit, verb, amount, held_after. Runs in the merchant's
    scope on the owner's connection; raises IntegrityError where anything of it stands already.
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
