-- The roles and schemas that everything stands on. Run once per database by an administrator,
-- connected to that database; running it again changes nothing. Passwords are set elsewhere:
-- a role without one cannot sign in.
--
--   app_owner   owns database and tables: migrations and set-up (DATABASE_OWNER_URL)
--   app_rw      the application (DATABASE_URL): owns nothing, bypasses nothing
--   app_ledger  owns the ledger's functions, nobody signs in as it
--   app_poller  reads the few columns that tell what is due, across merchants

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_owner') THEN
        CREATE ROLE app_owner LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_rw') THEN
        CREATE ROLE app_rw LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_ledger') THEN
        CREATE ROLE app_ledger NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_poller') THEN
        CREATE ROLE app_poller NOLOGIN;
    END IF;
END
$$;

ALTER ROLE app_owner NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
ALTER ROLE app_rw NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
ALTER ROLE app_ledger NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
ALTER ROLE app_poller NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;

-- Migrations create the ledger's functions as app_ledger; the application asks for due work as
-- app_poller. Neither right comes by itself: both need a SET ROLE that can be seen in the code.
GRANT app_ledger TO app_owner WITH INHERIT FALSE, SET TRUE;
GRANT app_poller TO app_rw WITH INHERIT FALSE, SET TRUE;

DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO app_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO app_rw', current_database());
END
$$;

ALTER SCHEMA public OWNER TO app_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO app_rw, app_ledger, app_poller;

-- No TRUNCATE, no REFERENCES, no TRIGGER, no MAINTAIN.
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app_rw;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public
    GRANT USAGE ON SEQUENCES TO app_rw;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE app_ledger REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Ids that statements make (those of Python: tenancy/ids.py). PostgreSQL 18 has these functions itself and finds its own
-- first; older ones get the same under the same names: milliseconds in 48 bits, their fraction in 12, 62 random bits.
DO $$
BEGIN
    IF to_regprocedure('pg_catalog.uuidv7()') IS NOT NULL THEN
        RETURN;
    END IF;
    CREATE OR REPLACE FUNCTION public.uuidv7(shift interval) RETURNS uuid LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
        RETURN (overlay(
            lpad(to_hex(floor(extract(epoch FROM clock_timestamp() + shift) * 1000 * 4096)::bigint), 15, '0')
            PLACING '7' FROM 13 FOR 0
        ) || substring(gen_random_uuid()::text FROM 20))::uuid;
    CREATE OR REPLACE FUNCTION public.uuidv7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
        RETURN public.uuidv7(interval '0');
    ALTER FUNCTION public.uuidv7(interval) OWNER TO app_owner;
    ALTER FUNCTION public.uuidv7() OWNER TO app_owner;
    GRANT EXECUTE ON FUNCTION public.uuidv7(interval), public.uuidv7() TO PUBLIC;
END
$$;

-- The ledger's own schema has no default privileges: each right in it is written in a migration.
CREATE SCHEMA IF NOT EXISTS ledger AUTHORIZATION app_owner;
GRANT USAGE ON SCHEMA ledger TO app_rw, app_ledger, app_poller;
