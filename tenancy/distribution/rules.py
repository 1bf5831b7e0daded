"""What must hold of every merchant's table, as questions to PostgreSQL's catalogue: each row of an answer is a fault.

They hold on one machine as well, where each is free or good; see docs/scaling.md.
"""

# ruff: noqa: S608 - the questions are made of constants of this module

OURS = "c.oid::regclass::text = ANY(%(tables)s)"
IN_OUR_SCHEMAS = "c.relnamespace::regnamespace::text = ANY(%(schemas)s)"
MERCHANT = "(SELECT attnum FROM pg_attribute WHERE attrelid = {table} AND attname = 'merchant_id')"

KEYS: dict[str, str] = {
    "primary key does not begin with the merchant": f"""
        SELECT c.oid::regclass::text FROM pg_class c WHERE {OURS} AND NOT EXISTS (
            SELECT FROM pg_index i
            WHERE i.indrelid = c.oid AND i.indisprimary AND i.indkey[0] = {MERCHANT.format(table="c.oid")})""",
    "unique key does not begin with the merchant": f"""
        SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE {OURS} AND i.indisunique AND i.indkey[0] IS DISTINCT FROM {MERCHANT.format(table="c.oid")}""",
    "foreign key does not carry the merchant": f"""
        SELECT c.oid::regclass::text || '.' || f.conname FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
        WHERE {OURS} AND f.contype = 'f' AND f.confrelid::regclass::text = ANY(%(tables)s)
          AND (f.conkey[1] IS DISTINCT FROM {MERCHANT.format(table="f.conrelid")}
            OR f.confkey[1] IS DISTINCT FROM {MERCHANT.format(table="f.confrelid")})""",
    "foreign key leads to a table that stays behind": f"""
        SELECT c.oid::regclass::text || '.' || f.conname FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
        WHERE {OURS} AND f.contype = 'f' AND NOT f.confrelid::regclass::text = ANY(%(known)s)""",
    "foreign key comes from a table that stays behind": f"""
        SELECT f.conrelid::regclass::text || '.' || f.conname FROM pg_constraint f JOIN pg_class c ON c.oid = f.confrelid
        WHERE {OURS} AND f.contype = 'f' AND NOT f.conrelid::regclass::text = ANY(%(tables)s)""",
    "foreign key between merchants' tables is deferrable": f"""
        SELECT c.oid::regclass::text || '.' || f.conname FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
        WHERE {OURS} AND f.contype = 'f' AND f.condeferrable AND f.confrelid::regclass::text = ANY(%(tables)s)""",
    "foreign key was never validated": f"""
        SELECT c.oid::regclass::text || '.' || f.conname FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
        WHERE {OURS} AND f.contype = 'f' AND NOT f.convalidated""",
    "exclusion constraint": f"""
        SELECT c.oid::regclass::text || '.' || f.conname FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
        WHERE {OURS} AND f.contype = 'x'""",
}

COLUMNS: dict[str, str] = {
    "merchant may be empty": f"""
        SELECT c.oid::regclass::text FROM pg_class c WHERE {OURS} AND NOT EXISTS (
            SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'merchant_id' AND a.attnotnull)""",
    "identity column": f"""
        SELECT c.oid::regclass::text || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE {OURS} AND a.attidentity <> ''""",
    "default is volatile": f"""
        SELECT DISTINCT c.oid::regclass::text || '.' || a.attname
        FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
        JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        CROSS JOIN LATERAL regexp_matches(pg_get_expr(d.adbin, d.adrelid), '([a-z_][a-z0-9_]*)\\s*\\(', 'g') AS called
        JOIN pg_proc p ON p.proname = called[1] AND p.provolatile = 'v'
        WHERE {OURS}""",
    "trigger": f"""
        SELECT c.oid::regclass::text || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE {OURS} AND NOT t.tgisinternal""",
    "names a merchant, but stands outside the walls": f"""
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE {IN_OUR_SCHEMAS} AND c.relkind IN ('r', 'p') AND NOT {OURS}
          AND NOT c.oid::regclass::text = ANY(%(excused)s)
          AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'merchant_id')""",
}

WALLS: dict[str, str] = {
    "row level security is off": f"SELECT c.oid::regclass::text FROM pg_class c WHERE {OURS} AND NOT c.relrowsecurity",
    "row level security is not forced": f"""
        SELECT c.oid::regclass::text FROM pg_class c WHERE {OURS} AND NOT c.relforcerowsecurity""",
    "policy of the merchant is missing": f"""
        SELECT c.oid::regclass::text FROM pg_class c WHERE {OURS} AND NOT EXISTS (
            SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'merchant' AND p.polcmd = '*'
              AND p.polroles = '{{0}}' AND p.polpermissive
              AND pg_get_expr(p.polqual, p.polrelid) LIKE '%%app.merchant_id%%'
              AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%%app.merchant_id%%')""",
    "policy opens the table to more than the poller": f"""
        SELECT c.oid::regclass::text || '.' || p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE {OURS} AND p.polname <> 'merchant' AND p.polpermissive AND NOT (
            p.polcmd = 'r' AND p.polroles = ARRAY(SELECT oid FROM pg_roles WHERE rolname = 'app_poller'))""",
    "view runs with its owner's rights": f"""
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE {IN_OUR_SCHEMAS} AND c.relkind IN ('v', 'm')
          AND NOT coalesce(c.reloptions @> '{{security_invoker=true}}' OR c.reloptions @> '{{security_invoker=on}}', false)""",
}

# PostgreSQL 16 does not know the right yet.
MAINTAIN = "CASE WHEN current_setting('server_version_num')::int >= 170000 THEN ARRAY['MAINTAIN'] END"

RIGHTS: dict[str, str] = {
    "application may do more than read and write rows": f"""
        SELECT c.oid::regclass::text || ' ' || right_name FROM pg_class c
        CROSS JOIN unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER'] || {MAINTAIN}) AS right_name
        WHERE {IN_OUR_SCHEMAS} AND c.relkind IN ('r', 'p') AND has_table_privilege('app_rw', c.oid, right_name)""",
    "application owns": f"""
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
        WHERE {IN_OUR_SCHEMAS} AND r.rolname IN ('app_rw', 'app_poller')""",
    "role is above row level security": """
        SELECT rolname::text FROM pg_roles
        WHERE rolname IN ('app_rw', 'app_owner', 'app_ledger', 'app_poller') AND (rolsuper OR rolbypassrls)""",
    "application may become another role": """
        SELECT r.rolname::text FROM pg_roles r
        WHERE r.rolname <> 'app_rw' AND r.rolname <> 'app_poller' AND pg_has_role('app_rw', r.oid, 'MEMBER')""",
    "anybody may use": f"""
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE {IN_OUR_SCHEMAS} AND c.relkind IN ('r', 'p', 'v', 'm') AND EXISTS (
            SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = 0)""",
    "function with its owner's rights trusts the caller's path, or anybody may call it": """
        SELECT p.oid::regprocedure::text FROM pg_proc p
        WHERE p.pronamespace::regnamespace::text = ANY(%(schemas)s) AND p.prosecdef AND (
            NOT EXISTS (SELECT FROM unnest(p.proconfig) setting WHERE setting LIKE 'search_path=%%')
            OR p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))""",
}

RULES: dict[str, str] = {**KEYS, **COLUMNS, **WALLS, **RIGHTS}
