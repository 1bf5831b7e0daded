-- The sweep. Reads judge expiry by themselves; this only brings the books up to them.

-- Expire up to so many grants whose time has passed. Customers who are busy just now are left for the next call, so
-- that nobody waits. What expires happened at its own end, whenever it is swept. The key is the grant's, so a
-- second sweep does nothing.
CREATE FUNCTION ledger.expire_due(
    p_merchant uuid, p_unit text, p_actor text, p_at timestamptz, p_limit integer,
    OUT swept bigint, OUT amount bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp
SET enable_nestloop = off AS $$
#variable_conflict use_column
DECLARE
    v_account record;
    v_accounts uuid[] := '{}';
    v_due uuid[];
    v_holders uuid[];
    v_clock timestamptz;
    v_found record;
BEGIN
    PERFORM guard(p_merchant);
    v_due := ARRAY(
        SELECT g.id FROM grants g WHERE g.merchant_id = p_merchant AND g.unit = p_unit AND g.is_open
          AND g.expires_at <= least(p_at, clock_timestamp()) ORDER BY g.expires_at, g.id LIMIT p_limit);
    v_holders := ARRAY(
        SELECT DISTINCT g.account_id FROM grants g WHERE g.merchant_id = p_merchant AND g.id = ANY (v_due));
    FOR v_account IN
        SELECT a.id FROM accounts a WHERE a.merchant_id = p_merchant AND a.id = ANY (v_holders)
        ORDER BY a.id FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        v_accounts := v_accounts || v_account.id;
    END LOOP;
    v_clock := clock_timestamp();
    SELECT array_agg(g.id) AS grants, array_agg(a.customer_id) AS customers, array_agg(g.expires_at) AS times,
        array_agg(derived(g.id, ':expire')) AS entries, array_agg(g.id::text || ':expire') AS keys,
        array_agg(e.subject_id) AS subjects, count(*) AS number, coalesce(sum(g.remaining), 0) AS amount
    INTO v_found
    FROM grants g
    CROSS JOIN LATERAL (
        SELECT f.customer_id FROM accounts f WHERE f.merchant_id = p_merchant AND f.id = g.account_id OFFSET 0
    ) AS a
    CROSS JOIN LATERAL (
        SELECT f.subject_id FROM entries f WHERE f.merchant_id = p_merchant AND f.id = g.entry_id OFFSET 0
    ) AS e
    WHERE g.merchant_id = p_merchant AND g.id = ANY (v_due) AND g.is_open AND g.account_id = ANY (v_accounts);
    swept := v_found.number;
    amount := v_found.amount;
    IF swept > 0 THEN
        PERFORM journal_many(p_merchant, v_found.entries, v_found.customers,
            array_fill('grant.expired'::text, ARRAY[swept::integer]),
            array_fill('grant'::text, ARRAY[swept::integer]), v_found.grants, v_found.subjects, p_actor,
            v_found.keys, array_fill(NULL::bytea, ARRAY[swept::integer]),
            array_fill(''::text, ARRAY[swept::integer]), v_found.times, v_clock);
        PERFORM write_many(p_merchant, v_found.entries, v_found.customers, v_found.times,
            ARRAY(SELECT generate_series(1, swept::integer)),
            array_fill('expire'::text, ARRAY[swept::integer]), array_fill(p_unit, ARRAY[swept::integer]),
            array_fill(NULL::bigint, ARRAY[swept::integer]), v_found.grants,
            array_fill(NULL::text, ARRAY[swept::integer]),
            array_fill(NULL::timestamptz, ARRAY[swept::integer]),
            array_fill(NULL::timestamptz, ARRAY[swept::integer]));
    END IF;
END $$;
