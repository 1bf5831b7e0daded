-- What the ledger's functions share. Nobody but they may execute these: each runs inside a function that has
-- checked the merchant, set the search path and, where something moves, locked the customer's accounts.

-- A UUIDv7 that belongs to another one: same millisecond, the rest by digest. So one account per (owner, word), one
-- movement id per (entry, position), without a look-up and without chance.
CREATE FUNCTION ledger.derived(p_base uuid, p_word text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN overlay(overlay(overlay(md5(p_base::text || p_word) PLACING left(replace(p_base::text, '-', ''), 12) FROM 1)
    PLACING '7' FROM 13) PLACING '8' FROM 17)::uuid;

-- Refuse, with an SQLSTATE of our own and what a program needs to know as JSON in DETAIL.
CREATE FUNCTION ledger.refuse(p_state text, p_message text, p_detail jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', p_message USING ERRCODE = p_state, DETAIL = p_detail::text;
END $$;

-- The merchant named must be the one whose door is open.
CREATE FUNCTION ledger.guard(p_merchant uuid) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_merchant IS DISTINCT FROM NULLIF(current_setting('app.merchant_id', true), '')::uuid THEN
        PERFORM refuse('LE001', 'The merchant named is not the one in scope.');
    END IF;
END $$;

-- A time in the past is taken from the tables' owner, and from whoever says `SET LOCAL ledger.backdating = 'on'`:
-- imports and demo data. Both clocks stand on the entry, so a backdated one can always be told.
CREATE FUNCTION ledger.check_times(p_occurred_at timestamptz[], p_clock timestamptz) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF num_nulls(VARIADIC p_occurred_at) = cardinality(p_occurred_at) THEN
        RETURN;
    END IF;
    IF current_setting('ledger.backdating', true) IS DISTINCT FROM 'on' AND NOT pg_has_role(
        session_user, (SELECT relowner FROM pg_class WHERE oid = 'ledger.entries'::regclass), 'MEMBER') THEN
        PERFORM refuse('LE008', 'Only imports and demo data may say when something happened.',
            '{"reason": "not_allowed"}');
    END IF;
    IF p_clock < ANY (p_occurred_at) THEN
        PERFORM refuse('LE008', 'What is recorded cannot lie in the future.', '{"reason": "future"}');
    END IF;
END $$;

-- Make the accounts of customers who have none yet: the merchant's four of each unit, and the customer's of each unit
-- together. Were they made one by one, somebody who holds the first would come to want the second while others, who
-- see both, ask for them in the other order.
CREATE FUNCTION ledger.open_accounts(p_merchant uuid, p_customers uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts (merchant_id, id, bucket, unit)
    SELECT p_merchant, derived(p_merchant, b.bucket || ':' || u.unit), b.bucket, u.unit
    FROM unnest(ARRAY['ISSUED', 'REDEEMED', 'EXPIRED', 'REVOKED']) AS b (bucket)
    CROSS JOIN unnest(ARRAY['POINT', 'VOUCHER']) AS u (unit)
    ORDER BY u.unit, b.bucket
    ON CONFLICT DO NOTHING;
    INSERT INTO accounts (merchant_id, id, customer_id, bucket, unit, balance)
    SELECT p_merchant, derived(h.customer_id, 'HELD:' || h.unit), h.customer_id, 'HELD', h.unit, 0
    FROM (SELECT DISTINCT c.customer_id, u.unit FROM unnest(p_customers) AS c (customer_id)
        CROSS JOIN unnest(ARRAY['POINT', 'VOUCHER']) AS u (unit)) AS h
    ORDER BY h.customer_id, h.unit
    ON CONFLICT DO NOTHING;
END $$;

-- Lock the customer's accounts, all of them and by id; open them first where something is granted for the first time.
CREATE FUNCTION ledger.hold(p_merchant uuid, p_customer uuid, p_grants boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM accounts a WHERE a.merchant_id = p_merchant AND a.customer_id = p_customer
    ORDER BY a.id FOR NO KEY UPDATE;
    IF NOT FOUND AND p_grants THEN
        PERFORM open_accounts(p_merchant, ARRAY[p_customer]);
        PERFORM 1 FROM accounts a WHERE a.merchant_id = p_merchant AND a.customer_id = p_customer
        ORDER BY a.id FOR NO KEY UPDATE;
    END IF;
END $$;

-- Write the entry. True: it is new. False: the same act stands already (its id is in p_standing). Anything else
-- that is in the way is refused. An entry that another transaction is about to write is waited for.
CREATE FUNCTION ledger.journal(
    p_merchant uuid, p_entry uuid, p_customer uuid, p_event text, p_origin text, p_origin_id uuid, p_subject uuid,
    p_actor text, p_key text, p_digest bytea, p_note text, p_reverses uuid,
    p_occurred_at timestamptz, p_clock timestamptz, OUT is_new boolean, OUT standing uuid)
LANGUAGE plpgsql AS $$
DECLARE
    v_found record;
BEGIN
    INSERT INTO entries (merchant_id, id, customer_id, event, origin, origin_id, subject_id, occurred_at,
        recorded_at, actor, idempotency_key, digest, reverses, note)
    VALUES (p_merchant, p_entry, p_customer, p_event, p_origin, p_origin_id, p_subject, p_occurred_at,
        p_clock, p_actor, p_key, p_digest, p_reverses, p_note)
    ON CONFLICT DO NOTHING;
    is_new := FOUND;
    standing := p_entry;
    IF is_new THEN
        RETURN;
    END IF;
    SELECT e.id, e.digest INTO v_found FROM entries e WHERE e.merchant_id = p_merchant AND e.idempotency_key = p_key;
    IF FOUND THEN
        standing := v_found.id;
        IF v_found.digest IS DISTINCT FROM p_digest THEN
            PERFORM refuse('LE002', 'This key stands for another act already.',
                jsonb_build_object('key', p_key, 'entry', standing));
        END IF;
        RETURN;
    END IF;
    SELECT e.id INTO standing FROM entries e WHERE e.merchant_id = p_merchant AND e.reverses = p_reverses;
    IF FOUND THEN
        PERFORM refuse('LE006', 'This has been reversed already.', jsonb_build_object('entry', standing));
    END IF;
    PERFORM refuse('LE009', 'This entry id is taken.', jsonb_build_object('entry', p_entry));
END $$;

-- What moved because of an entry, and of another one in its wake: signed amounts, out of or into what the
-- customer holds.
CREATE FUNCTION ledger.moved(
    p_merchant uuid, p_customer uuid, p_entry uuid, p_wake uuid,
    OUT entries uuid[], OUT grants uuid[], OUT units text[], OUT amounts bigint[], OUT held bigint[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT array_agg(m.entry_id), array_agg(m.grant_id), array_agg(m.unit), array_agg(m.signed),
        array_agg(m.held_after)
    INTO entries, grants, units, amounts, held
    FROM (
        SELECT v.entry_id, v.grant_id, v.unit, v.held_after,
            CASE v.target_id WHEN derived(p_customer, 'HELD:' || v.unit) THEN v.amount ELSE -v.amount END AS signed
        FROM movements v WHERE v.merchant_id = p_merchant AND v.entry_id IN (p_entry, p_wake)
        ORDER BY v.entry_id = p_wake, v.position
    ) AS m;
END $$;
