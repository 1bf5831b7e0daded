-- One act undone: every movement of an entry the other way, on the same grants.

-- Move one movement back. Returns how much came back to a grant whose time has passed meanwhile.
CREATE FUNCTION ledger.move_back(
    p_merchant uuid, p_customer uuid, p_entry uuid, p_at timestamptz, p_position integer, p_movement uuid)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_was record;
    v_held uuid;
    v_signed bigint;
    v_balance bigint;
BEGIN
    SELECT m.*, g.remaining, g.expires_at, g.entry_id AS issued_by INTO STRICT v_was
    FROM movements m JOIN grants g ON g.merchant_id = p_merchant AND g.id = m.grant_id
    WHERE m.merchant_id = p_merchant AND m.id = p_movement;
    v_held := derived(p_customer, 'HELD:' || v_was.unit);
    v_signed := CASE WHEN v_was.source_id = v_held THEN v_was.amount ELSE -v_was.amount END;
    IF v_was.remaining + v_signed < 0 THEN
        PERFORM refuse('LE007', 'What was given is no longer there in full.',
            jsonb_build_object('reason', 'gone', 'grant', v_was.grant_id, 'remaining', v_was.remaining));
    ELSIF v_was.expires_at <= p_at AND v_was.target_id = derived(p_merchant, 'EXPIRED:' || v_was.unit) THEN
        PERFORM refuse('LE007', 'Its time has passed.',
            jsonb_build_object('reason', 'expired', 'grant', v_was.grant_id));
    END IF;
    UPDATE accounts SET balance = balance + v_signed WHERE merchant_id = p_merchant AND id = v_held
    RETURNING balance INTO STRICT v_balance;
    UPDATE grants SET remaining = remaining + v_signed WHERE merchant_id = p_merchant AND id = v_was.grant_id;
    INSERT INTO movements (merchant_id, id, entry_id, position, grant_id, unit, source_id, target_id,
        amount, held_after)
    VALUES (p_merchant, derived(p_entry, p_position::text), p_entry, p_position, v_was.grant_id, v_was.unit,
        v_was.target_id, v_was.source_id, v_was.amount, v_balance);
    -- What the same entry issued goes back as well, so nothing of it stays to expire.
    RETURN CASE WHEN v_signed > 0 AND v_was.expires_at <= p_at AND v_was.issued_by <> v_was.entry_id
        THEN v_signed ELSE 0 END;
END $$;

-- Expire at once what came back to grants whose time had passed; an entry of its own says so.
CREATE FUNCTION ledger.lapse(
    p_merchant uuid, p_customer uuid, p_entry uuid, p_actor text, p_at timestamptz, p_clock timestamptz,
    p_grants uuid[], p_amounts bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_lapse uuid := derived(p_entry, 'lapse');
    v_position integer := 1;
BEGIN
    INSERT INTO entries (merchant_id, id, customer_id, event, origin, origin_id, subject_id, occurred_at,
        recorded_at, actor, idempotency_key)
    SELECT p_merchant, v_lapse, p_customer, 'grant.expired', e.origin, e.origin_id, e.subject_id, p_at, p_clock,
        p_actor, p_entry::text || ':expire'
    FROM entries e WHERE e.merchant_id = p_merchant AND e.id = p_entry
    ON CONFLICT DO NOTHING;
    FOR i IN 1 .. cardinality(p_grants) LOOP
        -- Only what came back goes: what was left before waits for its own expiry.
        v_position := take_from(p_merchant, p_customer, v_lapse, p_at, v_position, 'lapse', NULL, p_amounts[i],
            p_grants[i]);
    END LOOP;
END $$;

CREATE FUNCTION ledger.reverse(
    p_merchant uuid, p_entry uuid, p_customer uuid, p_reverses uuid, p_event text, p_origin text, p_origin_id uuid,
    p_subject uuid, p_actor text, p_key text, p_digest bytea, p_note text, p_occurred_at timestamptz,
    OUT entry uuid, OUT replayed boolean, OUT entries uuid[], OUT grants uuid[], OUT units text[],
    OUT amounts bigint[], OUT held bigint[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_was record;
    v_movement record;
    v_clock timestamptz;
    v_at timestamptz;
    v_position integer := 1;
    v_late bigint;
    v_grants uuid[] := '{}';
    v_amounts bigint[] := '{}';
BEGIN
    PERFORM guard(p_merchant);
    SELECT e.customer_id, e.reverses INTO v_was FROM entries e WHERE e.merchant_id = p_merchant AND e.id = p_reverses;
    IF v_was.customer_id IS DISTINCT FROM p_customer THEN
        PERFORM refuse('LE007', 'This customer has no such entry.', '{"reason": "unknown"}');
    ELSIF v_was.reverses IS NOT NULL THEN
        PERFORM refuse('LE007', 'A reversal is not reversed; the act is done again.', '{"reason": "is_reversal"}');
    END IF;
    PERFORM hold(p_merchant, p_customer, false);
    v_clock := clock_timestamp();
    v_at := coalesce(p_occurred_at, v_clock);
    PERFORM check_times(ARRAY[p_occurred_at], v_clock);
    SELECT NOT j.is_new, j.standing INTO replayed, entry FROM journal(p_merchant, p_entry, p_customer, p_event,
        p_origin, p_origin_id, p_subject, p_actor, p_key, p_digest, p_note, p_reverses, v_at, v_clock) AS j;
    IF NOT replayed THEN
        FOR v_movement IN
            SELECT m.id, m.grant_id FROM movements m WHERE m.merchant_id = p_merchant AND m.entry_id = p_reverses
            ORDER BY m.position DESC
        LOOP
            v_late := move_back(p_merchant, p_customer, p_entry, v_at, v_position, v_movement.id);
            v_position := v_position + 1;
            IF v_late > 0 THEN
                v_grants := v_grants || v_movement.grant_id;
                v_amounts := v_amounts || v_late;
            END IF;
        END LOOP;
        IF cardinality(v_grants) > 0 THEN
            PERFORM lapse(p_merchant, p_customer, p_entry, p_actor, v_at, v_clock, v_grants, v_amounts);
        END IF;
    END IF;
    SELECT m.entries, m.grants, m.units, m.amounts, m.held INTO entries, grants, units, amounts, held
    FROM moved(p_merchant, p_customer, entry, derived(entry, 'lapse')) AS m;
END $$;
