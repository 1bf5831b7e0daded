-- One act: an entry and what it moves.

-- Give an amount to the customer as a new grant: ISSUED -> HELD.
CREATE FUNCTION ledger.issue(
    p_merchant uuid, p_customer uuid, p_entry uuid, p_at timestamptz, p_position integer, p_unit text,
    p_amount bigint, p_grant uuid, p_code text, p_valid_from timestamptz, p_expires_at timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_held uuid := derived(p_customer, 'HELD:' || p_unit);
    v_balance bigint;
BEGIN
    UPDATE accounts SET balance = balance + p_amount WHERE merchant_id = p_merchant AND id = v_held
    RETURNING balance INTO STRICT v_balance;
    INSERT INTO grants (merchant_id, id, account_id, entry_id, unit, amount, remaining, code,
        earned_at, valid_from, expires_at)
    VALUES (p_merchant, p_grant, v_held, p_entry, p_unit, p_amount, p_amount, p_code,
        p_at, p_valid_from, p_expires_at);
    INSERT INTO movements (merchant_id, id, entry_id, position, grant_id, unit, source_id, target_id,
        amount, held_after)
    VALUES (p_merchant, derived(p_entry, p_position::text), p_entry, p_position, p_grant, p_unit,
        derived(p_merchant, 'ISSUED:' || p_unit), v_held, p_amount, v_balance);
    RETURN p_position + 1;
END $$;

-- The account that a verb moves to.
CREATE FUNCTION ledger.bucket_of(p_verb text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE p_verb WHEN 'draw' THEN 'REDEEMED' WHEN 'expire' THEN 'EXPIRED' WHEN 'lapse' THEN 'EXPIRED'
    WHEN 'revoke' THEN 'REVOKED' END;

-- How much a verb takes from one grant: a draw all or nothing and only while usable, an expiry whatever is left,
-- a revocation up to what is left.
CREATE FUNCTION ledger.takeable(
    p_verb text, p_wanted bigint, p_grant uuid, p_remaining bigint, p_usable_from timestamptz,
    p_expires_at timestamptz, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_reason text;
BEGIN
    IF p_verb IN ('revoke', 'lapse') THEN
        RETURN least(coalesce(p_wanted, p_remaining), p_remaining);
    ELSIF p_verb = 'expire' THEN
        IF p_remaining = 0 THEN
            PERFORM refuse('LE005', 'Nothing is left of this.', jsonb_build_object('grant', p_grant));
        END IF;
        RETURN p_remaining;
    END IF;
    v_reason := CASE WHEN p_expires_at <= p_at THEN 'expired' WHEN p_remaining = 0 THEN 'empty'
        WHEN p_usable_from > p_at THEN 'pending' END;
    IF v_reason IS NOT NULL THEN
        PERFORM refuse('LE004', 'This cannot be used.', jsonb_build_object('grant', p_grant, 'reason', v_reason));
    ELSIF p_remaining < p_wanted THEN
        PERFORM refuse('LE003', 'Not enough is left of this.',
            jsonb_build_object('grant', p_grant, 'missing', p_wanted - p_remaining));
    END IF;
    RETURN p_wanted;
END $$;

-- Take from one named grant of the customer.
CREATE FUNCTION ledger.take_from(
    p_merchant uuid, p_customer uuid, p_entry uuid, p_at timestamptz, p_position integer, p_verb text,
    p_unit text, p_amount bigint, p_grant uuid) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_grant record;
    v_part bigint;
    v_balance bigint;
BEGIN
    SELECT g.* INTO v_grant FROM grants g WHERE g.merchant_id = p_merchant AND g.id = p_grant;
    IF v_grant.account_id IS DISTINCT FROM derived(p_customer, 'HELD:' || coalesce(p_unit, v_grant.unit)) THEN
        PERFORM refuse('LE004', 'This customer holds no such thing.',
            jsonb_build_object('grant', p_grant, 'reason', 'unknown'));
    END IF;
    v_part := takeable(p_verb, p_amount, p_grant, v_grant.remaining, v_grant.usable_from, v_grant.expires_at, p_at);
    IF v_part = 0 THEN
        RETURN p_position;
    END IF;
    UPDATE accounts SET balance = balance - v_part WHERE merchant_id = p_merchant AND id = v_grant.account_id
    RETURNING balance INTO STRICT v_balance;
    UPDATE grants SET remaining = remaining - v_part WHERE merchant_id = p_merchant AND id = p_grant;
    INSERT INTO movements (merchant_id, id, entry_id, position, grant_id, unit, source_id, target_id,
        amount, held_after)
    VALUES (p_merchant, derived(p_entry, p_position::text), p_entry, p_position, p_grant, v_grant.unit,
        v_grant.account_id, derived(p_merchant, bucket_of(p_verb) || ':' || v_grant.unit), v_part, v_balance);
    RETURN p_position + 1;
END $$;

-- Take from the customer's grants of a unit, the one that ends first, first. A draw takes from what is usable at
-- that time and all or nothing; a revocation also from what is still locked, and up to what is left.
CREATE FUNCTION ledger.take_in_order(
    p_merchant uuid, p_customer uuid, p_entry uuid, p_at timestamptz, p_position integer, p_verb text,
    p_unit text, p_amount bigint) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_held uuid := derived(p_customer, 'HELD:' || p_unit);
    v_target uuid := derived(p_merchant, bucket_of(p_verb) || ':' || p_unit);
    v_from timestamptz := CASE p_verb WHEN 'draw' THEN p_at ELSE 'infinity' END;
    v_need bigint := p_amount;
    v_part bigint;
    v_balance bigint;
    v_grant record;
BEGIN
    SELECT a.balance INTO v_balance FROM accounts a WHERE a.merchant_id = p_merchant AND a.id = v_held;
    FOR v_grant IN
        SELECT g.id, g.remaining FROM grants g
        WHERE g.merchant_id = p_merchant AND g.account_id = v_held AND g.is_open
          AND g.usable_from <= v_from AND (g.expires_at IS NULL OR g.expires_at > p_at)
        ORDER BY g.expires_at, g.usable_from, g.id
    LOOP
        v_part := least(v_grant.remaining, v_need);
        v_need := v_need - v_part;
        v_balance := v_balance - v_part;
        UPDATE grants SET remaining = remaining - v_part WHERE merchant_id = p_merchant AND id = v_grant.id;
        INSERT INTO movements (merchant_id, id, entry_id, position, grant_id, unit, source_id, target_id,
            amount, held_after)
        VALUES (p_merchant, derived(p_entry, p_position::text), p_entry, p_position, v_grant.id, p_unit,
            v_held, v_target, v_part, v_balance);
        p_position := p_position + 1;
        EXIT WHEN v_need = 0;
    END LOOP;
    IF v_need > 0 AND p_verb = 'draw' THEN
        PERFORM refuse('LE003', 'There is not enough.', jsonb_build_object('unit', p_unit, 'missing', v_need));
    END IF;
    UPDATE accounts SET balance = balance - (p_amount - v_need) WHERE merchant_id = p_merchant AND id = v_held;
    RETURN p_position;
END $$;

-- Refuse a step that nothing could follow from.
CREATE FUNCTION ledger.check_step(p_verb text, p_unit text, p_amount bigint, p_grant uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF p_verb IS NULL OR p_verb NOT IN ('grant', 'draw', 'expire', 'revoke')
        OR (p_unit IS NULL AND p_verb IN ('grant', 'draw')) OR p_unit NOT IN ('POINT', 'VOUCHER')
        OR (p_amount IS NULL AND p_verb IN ('grant', 'draw')) OR p_amount <= 0
        OR (p_grant IS NULL AND (p_verb IN ('grant', 'expire') OR p_unit IS NULL OR p_amount IS NULL)) THEN
        PERFORM refuse('LE009', 'This step cannot be understood.', jsonb_build_object(
            'verb', p_verb, 'unit', p_unit, 'amount', p_amount, 'grant', p_grant));
    END IF;
END $$;

-- The ledger's door for one act. The accounts are locked first; only then is the clock read by which pending and
-- expired are judged, so that a call that waited over midnight spends nothing that has ended.
CREATE FUNCTION ledger.post(
    p_merchant uuid, p_entry uuid, p_customer uuid, p_event text, p_origin text, p_origin_id uuid, p_subject uuid,
    p_actor text, p_key text, p_digest bytea, p_note text, p_occurred_at timestamptz,
    p_verbs text[], p_units text[], p_amounts bigint[], p_grants uuid[], p_codes text[],
    p_valid_from timestamptz[], p_expires_at timestamptz[],
    OUT entry uuid, OUT replayed boolean, OUT entries uuid[], OUT grants uuid[], OUT units text[],
    OUT amounts bigint[], OUT held bigint[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_clock timestamptz;
    v_at timestamptz;
    v_position integer := 1;
BEGIN
    PERFORM guard(p_merchant);
    FOR i IN 1 .. cardinality(p_verbs) LOOP
        PERFORM check_step(p_verbs[i], p_units[i], p_amounts[i], p_grants[i]);
        IF p_verbs[i] = 'draw' AND p_units[i] = 'POINT' AND p_grants[i] IS NOT NULL THEN
            PERFORM refuse('LE009', 'Points are drawn in order, not by name.');
        END IF;
    END LOOP;
    IF cardinality(p_verbs) > 0 THEN
        PERFORM hold(p_merchant, p_customer, 'grant' = ANY (p_verbs));
    END IF;
    v_clock := clock_timestamp();
    v_at := coalesce(p_occurred_at, v_clock);
    PERFORM check_times(ARRAY[p_occurred_at], v_clock);
    SELECT NOT j.is_new, j.standing INTO replayed, entry FROM journal(p_merchant, p_entry, p_customer, p_event,
        p_origin, p_origin_id, p_subject, p_actor, p_key, p_digest, p_note, NULL, v_at, v_clock) AS j;
    IF NOT replayed THEN
        FOR i IN 1 .. cardinality(p_verbs) LOOP
            v_position := CASE
                WHEN p_verbs[i] = 'grant' THEN issue(p_merchant, p_customer, p_entry, v_at, v_position, p_units[i],
                    p_amounts[i], p_grants[i], p_codes[i], p_valid_from[i], p_expires_at[i])
                WHEN p_grants[i] IS NOT NULL THEN take_from(p_merchant, p_customer, p_entry, v_at, v_position,
                    p_verbs[i], p_units[i], p_amounts[i], p_grants[i])
                ELSE take_in_order(p_merchant, p_customer, p_entry, v_at, v_position, p_verbs[i], p_units[i],
                    p_amounts[i]) END;
        END LOOP;
    END IF;
    IF cardinality(p_verbs) > 0 THEN
        SELECT m.entries, m.grants, m.units, m.amounts, m.held INTO entries, grants, units, amounts, held
        FROM moved(p_merchant, p_customer, entry, entry) AS m;
    END IF;
END $$;
