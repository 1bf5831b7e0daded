-- Many acts at once, set by set: imports, bulk actions, sweeps, synthetic volume. Each grant may be named once in
-- a batch besides being issued in it, and every step but a grant names its grant. One refusal refuses the batch.
-- Rows are looked up by key from behind a fence (LATERAL ... OFFSET 0) or by a list of keys: a merchant's first
-- import finds the tables without statistics, and a plan made for a handful of rows would go through all for each.

-- Write the entries that are new. Returns, act by act, the entry that stands and whether it is new.
CREATE FUNCTION ledger.journal_many(
    p_merchant uuid, p_entries uuid[], p_customers uuid[], p_events text[], p_origins text[], p_origin_ids uuid[],
    p_subjects uuid[], p_actor text, p_keys text[], p_digests bytea[], p_notes text[], p_at timestamptz[],
    p_clock timestamptz, OUT standing uuid[], OUT is_new boolean[])
LANGUAGE plpgsql AS $$
DECLARE
    v_conflict record;
BEGIN
    IF EXISTS (SELECT FROM entries e WHERE e.merchant_id = p_merchant AND e.id = ANY (p_entries)) THEN
        PERFORM refuse('LE009', 'One of these entry ids is taken.');
    END IF;
    INSERT INTO entries (merchant_id, id, customer_id, event, origin, origin_id, subject_id, occurred_at,
        recorded_at, actor, idempotency_key, digest, note)
    SELECT p_merchant, a.id, a.customer_id, a.event, a.origin, a.origin_id, a.subject_id, a.at, p_clock, p_actor,
        a.key, a.digest, a.note
    FROM unnest(p_entries, p_customers, p_events, p_origins, p_origin_ids, p_subjects, p_at, p_keys, p_digests,
        p_notes) AS a (id, customer_id, event, origin, origin_id, subject_id, at, key, digest, note)
    ON CONFLICT DO NOTHING;
    SELECT array_agg(e.id ORDER BY a.n), array_agg(e.id IS NOT DISTINCT FROM a.id ORDER BY a.n)
    INTO standing, is_new
    FROM unnest(p_entries, p_keys) WITH ORDINALITY AS a (id, key, n)
    LEFT JOIN LATERAL (
        SELECT f.id FROM entries f WHERE f.merchant_id = p_merchant AND f.idempotency_key = a.key OFFSET 0
    ) AS e ON true;
    IF array_position(standing, NULL) IS NOT NULL THEN
        PERFORM refuse('LE009', 'A batch names an entry id once.');
    END IF;
    SELECT a.key, e.id INTO v_conflict
    FROM unnest(p_keys, p_digests, is_new) AS a (key, digest, is_new)
    CROSS JOIN LATERAL (
        SELECT f.id, f.digest FROM entries f WHERE f.merchant_id = p_merchant AND f.idempotency_key = a.key OFFSET 0
    ) AS e
    WHERE NOT a.is_new AND e.digest IS DISTINCT FROM a.digest LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('LE002', 'This key stands for another act already.',
            jsonb_build_object('key', v_conflict.key, 'entry', v_conflict.id));
    END IF;
END $$;

-- Issue the batch's grants with what they are worth, nothing moved yet.
CREATE FUNCTION ledger.issue_many(
    p_merchant uuid, p_entries uuid[], p_customers uuid[], p_at timestamptz[], p_acts integer[], p_verbs text[],
    p_units text[], p_amounts bigint[], p_grants uuid[], p_codes text[], p_valid_from timestamptz[],
    p_expires_at timestamptz[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_wanted bigint;
    v_made bigint;
BEGIN
    SELECT count(*) INTO v_wanted FROM unnest(p_verbs) AS s (verb) WHERE s.verb = 'grant';
    INSERT INTO grants (merchant_id, id, account_id, entry_id, unit, amount, remaining, code, earned_at,
        valid_from, expires_at)
    SELECT p_merchant, s.id, derived(p_customers[s.act], 'HELD:' || s.unit), p_entries[s.act], s.unit, s.amount,
        s.amount, s.code, p_at[s.act], s.valid_from, s.expires_at
    FROM unnest(p_acts, p_verbs, p_units, p_amounts, p_grants, p_codes, p_valid_from, p_expires_at)
        AS s (act, verb, unit, amount, id, code, valid_from, expires_at)
    WHERE s.verb = 'grant'
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_made = ROW_COUNT;
    IF v_made <> v_wanted THEN
        PERFORM refuse('LE009', 'One of these grant ids is taken.');
    END IF;
END $$;

-- Judge and take what the batch takes from named grants. Returns per step what it moves (grants: their amount).
CREATE FUNCTION ledger.take_many(
    p_merchant uuid, p_customers uuid[], p_at timestamptz[], p_acts integer[], p_verbs text[],
    p_units text[], p_amounts bigint[], p_grants uuid[], OUT parts bigint[], OUT found_units text[])
LANGUAGE plpgsql AS $$
DECLARE
    v_wrong uuid;
BEGIN
    SELECT s.id INTO v_wrong
    FROM unnest(p_acts, p_verbs, p_units, p_grants) AS s (act, verb, unit, id)
    LEFT JOIN LATERAL (
        SELECT f.account_id, f.unit FROM grants f WHERE f.merchant_id = p_merchant AND f.id = s.id OFFSET 0
    ) AS g ON true
    WHERE s.verb <> 'grant'
      AND g.account_id IS DISTINCT FROM derived(p_customers[s.act], 'HELD:' || coalesce(s.unit, g.unit)) LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('LE004', 'This customer holds no such thing.',
            jsonb_build_object('grant', v_wrong, 'reason', 'unknown'));
    END IF;
    SELECT s.id INTO v_wrong FROM unnest(p_verbs, p_grants) AS s (verb, id) WHERE s.verb <> 'grant'
    GROUP BY s.id HAVING count(*) > 1 LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('LE009', 'A batch names a grant once.', jsonb_build_object('grant', v_wrong));
    END IF;
    SELECT array_agg(CASE WHEN s.verb = 'grant' THEN s.amount ELSE takeable(s.verb, s.amount, g.id, g.remaining,
            g.usable_from, g.expires_at, p_at[s.act]) END ORDER BY s.n),
        array_agg(g.unit ORDER BY s.n)
    INTO parts, found_units
    FROM unnest(p_acts, p_verbs, p_amounts, p_grants) WITH ORDINALITY AS s (act, verb, amount, id, n)
    CROSS JOIN LATERAL (
        SELECT * FROM grants f WHERE f.merchant_id = p_merchant AND f.id = s.id OFFSET 0
    ) AS g;
    UPDATE grants SET remaining = remaining - t.part
    FROM unnest(p_verbs, p_grants, parts) AS t (verb, id, part)
    WHERE grants.merchant_id = p_merchant AND grants.id = ANY (p_grants) AND grants.id = t.id AND t.verb <> 'grant' AND t.part > 0;
END $$;

-- Write the movements in the order of the steps, each with the customer's balance after it, and the new balances.
CREATE FUNCTION ledger.move_many(
    p_merchant uuid, p_entries uuid[], p_customers uuid[], p_acts integer[], p_verbs text[], p_units text[],
    p_grants uuid[], p_parts bigint[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_moved bigint;
BEGIN
    INSERT INTO movements (merchant_id, id, entry_id, position, grant_id, unit, source_id, target_id, amount,
        held_after)
    SELECT p_merchant, derived(m.entry_id, m.position::text), m.entry_id, m.position, m.grant_id, m.unit,
        CASE WHEN m.verb = 'grant' THEN derived(p_merchant, 'ISSUED:' || m.unit) ELSE m.held_id END,
        CASE WHEN m.verb = 'grant' THEN m.held_id ELSE derived(p_merchant, bucket_of(m.verb) || ':' || m.unit) END,
        m.part, a.balance + m.so_far
    FROM (
        SELECT s.*, row_number() OVER (PARTITION BY s.act ORDER BY s.n) AS position,
            sum(CASE WHEN s.verb = 'grant' THEN s.part ELSE -s.part END)
                OVER (PARTITION BY s.held_id ORDER BY s.n) AS so_far
        FROM (
            SELECT t.*, p_entries[t.act] AS entry_id, derived(p_customers[t.act], 'HELD:' || t.unit) AS held_id
            FROM unnest(p_acts, p_verbs, p_units, p_grants, p_parts) WITH ORDINALITY
                AS t (act, verb, unit, grant_id, part, n)
            WHERE t.part > 0
        ) AS s
    ) AS m
    CROSS JOIN LATERAL (
        SELECT f.balance FROM accounts f WHERE f.merchant_id = p_merchant AND f.id = m.held_id OFFSET 0
    ) AS a
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_moved = ROW_COUNT;
    UPDATE accounts SET balance = balance + d.delta
    FROM (
        SELECT derived(p_customers[t.act], 'HELD:' || t.unit) AS id,
            sum(CASE WHEN t.verb = 'grant' THEN t.part ELSE -t.part END) AS delta
        FROM unnest(p_acts, p_verbs, p_units, p_parts) AS t (act, verb, unit, part) GROUP BY 1
    ) AS d
    WHERE accounts.merchant_id = p_merchant AND accounts.customer_id = ANY (p_customers) AND accounts.id = d.id;
    RETURN v_moved;
END $$;

-- The steps of the acts that are new. Accounts are locked, times are checked.
CREATE FUNCTION ledger.write_many(
    p_merchant uuid, p_entries uuid[], p_customers uuid[], p_at timestamptz[], p_acts integer[],
    p_verbs text[], p_units text[], p_amounts bigint[], p_grants uuid[], p_codes text[],
    p_valid_from timestamptz[], p_expires_at timestamptz[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_taken record;
    v_moved bigint;
BEGIN
    IF coalesce(cardinality(p_acts), 0) = 0 THEN
        RETURN;
    END IF;
    PERFORM issue_many(p_merchant, p_entries, p_customers, p_at, p_acts, p_verbs, p_units, p_amounts, p_grants,
        p_codes, p_valid_from, p_expires_at);
    SELECT t.parts, t.found_units INTO v_taken
    FROM take_many(p_merchant, p_customers, p_at, p_acts, p_verbs, p_units, p_amounts, p_grants) AS t;
    v_moved := move_many(p_merchant, p_entries, p_customers, p_acts, p_verbs, v_taken.found_units, p_grants,
        v_taken.parts);
    IF v_moved <> cardinality(array_remove(v_taken.parts, 0)) THEN
        PERFORM refuse('LE009', 'Not every step of this batch could be written.');
    END IF;
END $$;

CREATE FUNCTION ledger.post_many(
    p_merchant uuid, p_entries uuid[], p_customers uuid[], p_events text[], p_origins text[], p_origin_ids uuid[],
    p_subjects uuid[], p_actor text, p_keys text[], p_digests bytea[], p_notes text[], p_occurred_at timestamptz[],
    p_acts integer[], p_verbs text[], p_units text[], p_amounts bigint[], p_grants uuid[], p_codes text[],
    p_valid_from timestamptz[], p_expires_at timestamptz[], OUT standing uuid[], OUT is_new boolean[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp
SET enable_nestloop = off AS $$
DECLARE
    v_clock timestamptz;
    v_at timestamptz[];
    v_journal record;
    v_steps record;
BEGIN
    PERFORM guard(p_merchant);
    IF coalesce(cardinality(p_entries), 0) = 0 THEN
        RETURN;
    END IF;
    PERFORM check_step(s.verb, s.unit, s.amount, s.id), CASE WHEN s.id IS NULL THEN
        refuse('LE009', 'A step of a batch names its grant.') END
    FROM unnest(p_verbs, p_units, p_amounts, p_grants) AS s (verb, unit, amount, id);
    PERFORM open_accounts(p_merchant, array_agg(p_customers[s.act]))
    FROM unnest(p_acts, p_verbs) AS s (act, verb)
    WHERE s.verb = 'grant' AND (
        SELECT a.id FROM accounts a WHERE a.merchant_id = p_merchant AND a.customer_id = p_customers[s.act] LIMIT 1
    ) IS NULL
    HAVING count(*) > 0;
    PERFORM 1 FROM accounts a WHERE a.merchant_id = p_merchant AND cardinality(p_acts) > 0
        AND a.customer_id = ANY (p_customers) ORDER BY a.id FOR NO KEY UPDATE;
    v_clock := clock_timestamp();
    PERFORM check_times(p_occurred_at, v_clock);
    SELECT array_agg(coalesce(a.at, v_clock) ORDER BY a.n) INTO v_at
    FROM unnest(p_entries, p_occurred_at) WITH ORDINALITY AS a (id, at, n);
    SELECT j.standing, j.is_new INTO standing, is_new FROM journal_many(p_merchant, p_entries, p_customers,
        p_events, p_origins, p_origin_ids, p_subjects, p_actor, p_keys, p_digests, p_notes, v_at, v_clock) AS j;
    SELECT array_agg(s.act ORDER BY s.n) AS acts, array_agg(s.verb ORDER BY s.n) AS verbs,
        array_agg(s.unit ORDER BY s.n) AS units, array_agg(s.amount ORDER BY s.n) AS amounts,
        array_agg(s.id ORDER BY s.n) AS grants, array_agg(s.code ORDER BY s.n) AS codes,
        array_agg(s.valid_from ORDER BY s.n) AS valid_from, array_agg(s.expires_at ORDER BY s.n) AS expires_at
    INTO v_steps
    FROM unnest(p_acts, p_verbs, p_units, p_amounts, p_grants, p_codes, p_valid_from, p_expires_at)
        WITH ORDINALITY AS s (act, verb, unit, amount, id, code, valid_from, expires_at, n)
    WHERE is_new[s.act];
    PERFORM write_many(p_merchant, p_entries, p_customers, v_at, v_steps.acts, v_steps.verbs, v_steps.units,
        v_steps.amounts, v_steps.grants, v_steps.codes, v_steps.valid_from, v_steps.expires_at);
END $$;
