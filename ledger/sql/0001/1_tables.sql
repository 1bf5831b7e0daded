-- The journal's four tables. Every key begins with the merchant; every reference carries it.
-- Rights and row level security are added by the migration; nobody but the functions beside this file writes here.

-- Who holds what. Merchant's side (no customer): ISSUED, REDEEMED, EXPIRED, REVOKED, one each per unit, without a
-- balance, so that no row is written by everybody. Customer's side: HELD, with its balance.
CREATE TABLE ledger.accounts (
    merchant_id uuid NOT NULL REFERENCES public.tenancy_merchant (id),
    id uuid NOT NULL,
    customer_id uuid,
    bucket text NOT NULL,
    unit text NOT NULL,
    balance bigint,
    PRIMARY KEY (merchant_id, id),
    CONSTRAINT accounts_of_unit UNIQUE (merchant_id, id, unit),
    CONSTRAINT accounts_once UNIQUE NULLS NOT DISTINCT (merchant_id, customer_id, bucket, unit),
    CONSTRAINT accounts_customer_same_merchant
        FOREIGN KEY (merchant_id, customer_id) REFERENCES public.customers_customer (merchant_id, id),
    CONSTRAINT accounts_bucket_known CHECK (bucket IN ('HELD', 'ISSUED', 'REDEEMED', 'EXPIRED', 'REVOKED')),
    CONSTRAINT accounts_unit_known CHECK (unit IN ('POINT', 'VOUCHER')),
    CONSTRAINT accounts_held_by_customer CHECK ((bucket = 'HELD') = (customer_id IS NOT NULL)),
    CONSTRAINT accounts_held_has_balance CHECK ((bucket = 'HELD') = (balance IS NOT NULL)),
    CONSTRAINT accounts_never_below_zero CHECK (balance >= 0)
) WITH (fillfactor = 80);

-- One immutable fact. occurred_at: when it happened; recorded_at: when it was written here. No names, no addresses.
-- The customer's key leads to the merchant too, so there is no second reference to the merchant's (hot) row.
CREATE TABLE ledger.entries (
    merchant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    event text NOT NULL,
    origin text NOT NULL,
    origin_id uuid NOT NULL,
    subject_id uuid,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor text NOT NULL,
    idempotency_key text NOT NULL,
    digest bytea,
    reverses uuid,
    note text NOT NULL DEFAULT '',
    change_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (merchant_id, id),
    CONSTRAINT entries_once UNIQUE (merchant_id, idempotency_key),
    CONSTRAINT entries_customer_same_merchant
        FOREIGN KEY (merchant_id, customer_id) REFERENCES public.customers_customer (merchant_id, id),
    CONSTRAINT entries_reverses_same_merchant
        FOREIGN KEY (merchant_id, reverses) REFERENCES ledger.entries (merchant_id, id),
    CONSTRAINT entries_event_dotted CHECK (event ~ '^[a-z_]+(\.[a-z_]+)+$'),
    CONSTRAINT entries_origin_named CHECK (origin <> ''),
    CONSTRAINT entries_actor_named CHECK (actor <> ''),
    CONSTRAINT entries_key_length CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    CONSTRAINT entries_note_length CHECK (length(note) <= 2000),
    CONSTRAINT entries_recorded_after CHECK (recorded_at >= occurred_at),
    CONSTRAINT entries_reverses_another CHECK (reverses <> id)
);
CREATE UNIQUE INDEX entries_reversed_once ON ledger.entries (merchant_id, reverses) WHERE reverses IS NOT NULL;
CREATE INDEX entries_of_customer ON ledger.entries (merchant_id, customer_id, occurred_at, id);
CREATE INDEX entries_of_origin ON ledger.entries (merchant_id, origin_id, id);
CREATE INDEX entries_of_subject ON ledger.entries (merchant_id, subject_id, event, occurred_at)
    WHERE subject_id IS NOT NULL;
CREATE INDEX entries_by_time ON ledger.entries (merchant_id, occurred_at, id);
CREATE INDEX entries_by_event ON ledger.entries (merchant_id, event, occurred_at, id);
CREATE INDEX entries_by_change ON ledger.entries (merchant_id, change_xid, id);

-- An amount of one unit given to one customer: a lot of points, or a voucher. Only `remaining` ever changes.
-- is_open is stored so that drawing a part of a lot touches no index.
CREATE TABLE ledger.grants (
    merchant_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    unit text NOT NULL,
    amount bigint NOT NULL,
    remaining bigint NOT NULL,
    code text,
    earned_at timestamptz NOT NULL,
    valid_from timestamptz,
    expires_at timestamptz,
    usable_from timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(valid_from, earned_at)) STORED,
    is_open boolean NOT NULL GENERATED ALWAYS AS (remaining > 0) STORED,
    PRIMARY KEY (merchant_id, id),
    CONSTRAINT grants_of_unit UNIQUE (merchant_id, id, unit),
    CONSTRAINT grants_account_same_unit
        FOREIGN KEY (merchant_id, account_id, unit) REFERENCES ledger.accounts (merchant_id, id, unit),
    CONSTRAINT grants_entry_same_merchant
        FOREIGN KEY (merchant_id, entry_id) REFERENCES ledger.entries (merchant_id, id),
    CONSTRAINT grants_amount_positive CHECK (amount > 0),
    CONSTRAINT grants_remaining_within CHECK (remaining BETWEEN 0 AND amount),
    CONSTRAINT grants_voucher_is_one CHECK (unit <> 'VOUCHER' OR amount = 1),
    CONSTRAINT grants_code_named CHECK (code <> ''),
    CONSTRAINT grants_ends_after_start CHECK (expires_at > coalesce(valid_from, earned_at))
) WITH (fillfactor = 80);
CREATE INDEX grants_open ON ledger.grants (merchant_id, account_id, expires_at, usable_from, id) WHERE is_open;
CREATE INDEX grants_due ON ledger.grants (merchant_id, unit, expires_at, id) WHERE is_open;
CREATE INDEX grants_of_account ON ledger.grants (merchant_id, account_id, id);
CREATE INDEX grants_of_entry ON ledger.grants (merchant_id, entry_id);
CREATE INDEX grants_by_code ON ledger.grants (merchant_id, code) WHERE code IS NOT NULL;

-- An amount of one grant going from one account to another because of an entry; held_after is the customer's
-- balance of that unit right after it.
CREATE TABLE ledger.movements (
    merchant_id uuid NOT NULL,
    id uuid NOT NULL,
    entry_id uuid NOT NULL,
    position integer NOT NULL,
    grant_id uuid NOT NULL,
    unit text NOT NULL,
    source_id uuid NOT NULL,
    target_id uuid NOT NULL,
    amount bigint NOT NULL,
    held_after bigint NOT NULL,
    PRIMARY KEY (merchant_id, id),
    CONSTRAINT movements_in_order UNIQUE (merchant_id, entry_id, position),
    CONSTRAINT movements_entry_same_merchant
        FOREIGN KEY (merchant_id, entry_id) REFERENCES ledger.entries (merchant_id, id),
    CONSTRAINT movements_grant_same_unit
        FOREIGN KEY (merchant_id, grant_id, unit) REFERENCES ledger.grants (merchant_id, id, unit),
    CONSTRAINT movements_source_same_unit
        FOREIGN KEY (merchant_id, source_id, unit) REFERENCES ledger.accounts (merchant_id, id, unit),
    CONSTRAINT movements_target_same_unit
        FOREIGN KEY (merchant_id, target_id, unit) REFERENCES ledger.accounts (merchant_id, id, unit),
    CONSTRAINT movements_amount_positive CHECK (amount > 0),
    CONSTRAINT movements_go_somewhere CHECK (source_id <> target_id),
    CONSTRAINT movements_position_positive CHECK (position > 0),
    CONSTRAINT movements_never_below_zero CHECK (held_after >= 0)
);
CREATE INDEX movements_of_grant ON ledger.movements (merchant_id, grant_id);

-- Every index begins with the merchant. With statistics about it the planner takes a merchant whom it has not met for
-- one with a single row, finds all indexes equally good, and may walk through all of the merchant's rows to find one:
-- a new merchant's first import would take the square of its size. Without them it expects a share of the table, and
-- prefers the index that leads to the row.
ALTER TABLE ledger.accounts ALTER COLUMN merchant_id SET STATISTICS 0;
ALTER TABLE ledger.entries ALTER COLUMN merchant_id SET STATISTICS 0;
ALTER TABLE ledger.grants ALTER COLUMN merchant_id SET STATISTICS 0;
ALTER TABLE ledger.movements ALTER COLUMN merchant_id SET STATISTICS 0;
