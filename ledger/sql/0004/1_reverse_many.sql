-- Many acts undone at once: bulk actions. One refusal refuses the batch.

-- The accounts are locked first, all of them and by id, as post_many does; then each entry is reversed by the door for
-- one, which finds its customer's accounts held already. Returns, act by act, the entry that stands.
CREATE FUNCTION ledger.reverse_many(
    p_merchant uuid, p_entries uuid[], p_customers uuid[], p_reverses uuid[], p_events text[], p_origins text[],
    p_origin_ids uuid[], p_subjects uuid[], p_actor text, p_keys text[], p_digests bytea[], p_notes text[],
    OUT standing uuid[], OUT is_new boolean[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    v_done record;
BEGIN
    PERFORM guard(p_merchant);
    standing := '{}';
    is_new := '{}';
    PERFORM 1 FROM accounts a WHERE a.merchant_id = p_merchant AND a.customer_id = ANY (p_customers)
    ORDER BY a.id FOR NO KEY UPDATE;
    FOR i IN 1 .. coalesce(cardinality(p_entries), 0) LOOP
        SELECT r.entry, r.replayed INTO STRICT v_done FROM reverse(p_merchant, p_entries[i], p_customers[i],
            p_reverses[i], p_events[i], p_origins[i], p_origin_ids[i], p_subjects[i], p_actor, p_keys[i],
            p_digests[i], p_notes[i], NULL) AS r;
        standing := standing || v_done.entry;
        is_new := is_new || NOT v_done.replayed;
    END LOOP;
END $$;
