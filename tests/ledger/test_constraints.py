"""The constraints themselves, for whoever gets past the functions: here the tables' owner."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from tenancy.ids import new_id
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.ledger.acting import ahead, earn, give, spend
from tests.ledger.test_walls import TABLES


@pytest.fixture
def filled(committed_customer: uuid.UUID, merchant: Merchant) -> uuid.UUID:
    """One customer with points partly drawn, and a voucher, committed."""
    with merchant_scope(merchant):
        earn(committed_customer, 100, expires_at=ahead(days=1))
        give(committed_customer, code="ABC")
        spend(committed_customer, 30)
    return committed_customer


@pytest.fixture
def owner(filled: uuid.UUID, merchant: Merchant, owner_connection: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """The owner's connection inside the merchant's scope, rolled back afterwards."""
    with owner_connection.transaction(force_rollback=True):
        owner_connection.execute(f"SET LOCAL app.merchant_id = '{merchant.id}'")
        yield owner_connection


COPY_ENTRY = """
INSERT INTO ledger.entries (merchant_id, id, customer_id, event, origin, origin_id, occurred_at, recorded_at, actor,
    idempotency_key, reverses)
SELECT merchant_id, {id}, {customer}, {event}, {origin}, origin_id, {occurred}, recorded_at, {actor}, {key}, {reverses}
FROM ledger.entries ORDER BY id LIMIT 1
"""
COPY_MOVEMENT = """
INSERT INTO ledger.movements (merchant_id, id, entry_id, position, grant_id, unit, source_id, target_id, amount,
    held_after)
SELECT {merchant}, uuidv7(), {entry}, {position}, {grant}, {unit}, {source}, {target}, {amount}, {held}
FROM ledger.movements WHERE unit = 'POINT' ORDER BY id LIMIT 1
"""
COPY_GRANT = """
INSERT INTO ledger.grants (merchant_id, id, account_id, entry_id, unit, amount, remaining, code, earned_at, valid_from,
    expires_at)
SELECT {merchant}, uuidv7(), {account}, {entry}, {unit}, {amount}, {remaining}, {code}, earned_at, {begin}, {end}
FROM ledger.grants WHERE unit = 'POINT' LIMIT 1
"""
COPY_ACCOUNT = """
INSERT INTO ledger.accounts (merchant_id, id, customer_id, bucket, unit, balance)
SELECT merchant_id, uuidv7(), {customer}, {bucket}, {unit}, {balance} FROM ledger.accounts
WHERE unit = 'POINT' AND bucket = 'HELD'
"""
PLAIN = {
    COPY_ENTRY: {
        "id": "uuidv7()",
        "customer": "customer_id",
        "event": "'a.b'",
        "origin": "'test'",
        "occurred": "occurred_at",
        "actor": "'system'",
        "key": "'new'",
        "reverses": "NULL",
    },
    COPY_MOVEMENT: {
        "merchant": "merchant_id",
        "entry": "entry_id",
        "position": "9",
        "grant": "grant_id",
        "unit": "unit",
        "source": "source_id",
        "target": "target_id",
        "amount": "1",
        "held": "1",
    },
    COPY_GRANT: {
        "merchant": "merchant_id",
        "account": "account_id",
        "entry": "entry_id",
        "unit": "unit",
        "amount": "1",
        "remaining": "1",
        "code": "NULL",
        "begin": "NULL",
        "end": "NULL",
    },
    COPY_ACCOUNT: {"customer": "customer_id", "bucket": "'HELD'", "unit": "'POINT'", "balance": "0"},
}
FK, CHECK, UNIQUE = errors.ForeignKeyViolation, errors.CheckViolation, errors.UniqueViolation
VOUCHERS_GRANT = "(SELECT id FROM ledger.grants WHERE unit = 'VOUCHER')"
VOUCHERS_ACCOUNT = "(SELECT id FROM ledger.accounts WHERE unit = 'VOUCHER' AND bucket = 'HELD')"
FIRST_ENTRY = "(SELECT id FROM ledger.entries ORDER BY id LIMIT 1)"

REFUSED: list[tuple[str, dict[str, str], type[Exception], str]] = [
    (COPY_ENTRY, {"id": "id"}, UNIQUE, "entries_pkey"),
    (COPY_ENTRY, {"key": "idempotency_key"}, UNIQUE, "entries_once"),
    (COPY_ENTRY, {"customer": "uuidv7()"}, FK, "entries_customer_same_merchant"),
    (COPY_ENTRY, {"reverses": "uuidv7()"}, FK, "entries_reverses_same_merchant"),
    (COPY_ENTRY, {"event": "'verified'"}, CHECK, "entries_event_dotted"),
    (COPY_ENTRY, {"origin": "''"}, CHECK, "entries_origin_named"),
    (COPY_ENTRY, {"actor": "''"}, CHECK, "entries_actor_named"),
    (COPY_ENTRY, {"key": "''"}, CHECK, "entries_key_length"),
    (COPY_ENTRY, {"key": "repeat('x', 256)"}, CHECK, "entries_key_length"),
    (COPY_ENTRY, {"occurred": "recorded_at + interval '1 second'"}, CHECK, "entries_recorded_after"),
    (COPY_MOVEMENT, {"amount": "0"}, CHECK, "movements_amount_positive"),
    (COPY_MOVEMENT, {"amount": "-1"}, CHECK, "movements_amount_positive"),
    (COPY_MOVEMENT, {"target": "source_id"}, CHECK, "movements_go_somewhere"),
    (COPY_MOVEMENT, {"position": "0"}, CHECK, "movements_position_positive"),
    (COPY_MOVEMENT, {"position": "1"}, UNIQUE, "movements_in_order"),
    (COPY_MOVEMENT, {"held": "-1"}, CHECK, "movements_never_below_zero"),
    (COPY_MOVEMENT, {"entry": "uuidv7()"}, FK, "movements_entry_same_merchant"),
    (COPY_MOVEMENT, {"grant": VOUCHERS_GRANT}, FK, "movements_grant_same_unit"),
    (COPY_MOVEMENT, {"source": VOUCHERS_ACCOUNT}, FK, "movements_source_same_unit"),
    (COPY_MOVEMENT, {"target": VOUCHERS_ACCOUNT}, FK, "movements_target_same_unit"),
    (COPY_GRANT, {"amount": "0"}, CHECK, "grants_amount_positive"),
    (COPY_GRANT, {"remaining": "2"}, CHECK, "grants_remaining_within"),
    (COPY_GRANT, {"remaining": "-1"}, CHECK, "grants_remaining_within"),
    (COPY_GRANT, {"code": "''"}, CHECK, "grants_code_named"),
    (COPY_GRANT, {"end": "earned_at"}, CHECK, "grants_ends_after_start"),
    (COPY_GRANT, {"begin": "earned_at", "end": "earned_at"}, CHECK, "grants_ends_after_start"),
    (COPY_GRANT, {"account": VOUCHERS_ACCOUNT}, FK, "grants_account_same_unit"),
    (COPY_GRANT, {"entry": "uuidv7()"}, FK, "grants_entry_same_merchant"),
    (COPY_GRANT, {"unit": "'VOUCHER'", "account": VOUCHERS_ACCOUNT, "amount": "2"}, CHECK, "grants_voucher_is_one"),
    (COPY_ACCOUNT, {}, UNIQUE, "accounts_once"),
    (COPY_ACCOUNT, {"customer": "NULL", "bucket": "'ISSUED'", "balance": "NULL"}, UNIQUE, "accounts_once"),
    (COPY_ACCOUNT, {"customer": "uuidv7()"}, FK, "accounts_customer_same_merchant"),
    (COPY_ACCOUNT, {"customer": "NULL"}, CHECK, "accounts_held_by_customer"),
    (COPY_ACCOUNT, {"bucket": "'ISSUED'", "balance": "NULL"}, CHECK, "accounts_held_by_customer"),
    (COPY_ACCOUNT, {"balance": "NULL"}, CHECK, "accounts_held_has_balance"),
    (COPY_ACCOUNT, {"balance": "-1"}, CHECK, "accounts_never_below_zero"),
    (COPY_ACCOUNT, {"bucket": "'SPENT'", "customer": "NULL", "balance": "NULL"}, CHECK, "accounts_bucket_known"),
    (COPY_ACCOUNT, {"unit": "'MILE'"}, CHECK, "accounts_unit_known"),
]


@pytest.mark.parametrize(("statement", "changed", "error", "constraint"), REFUSED, ids=lambda part: str(part)[:60])
def test_constraint_refuses_even_the_owner(
    owner: psycopg.Connection, statement: str, changed: dict[str, str], error: type[Exception], constraint: str
) -> None:
    with pytest.raises(error) as refused, owner.transaction():
        owner.execute(statement.format(**PLAIN[statement] | changed))
    assert refused.value.diag.constraint_name == constraint  # type: ignore[attr-defined]


@pytest.mark.parametrize("statement", [COPY_ENTRY, COPY_MOVEMENT, COPY_GRANT])
def test_constraints_let_the_plain_row_through(owner: psycopg.Connection, statement: str) -> None:
    assert owner.execute(statement.format(**PLAIN[statement])).rowcount == 1


def test_an_entry_is_reversed_once_even_by_the_owner(owner: psycopg.Connection) -> None:
    owner.execute(COPY_ENTRY.format(**PLAIN[COPY_ENTRY] | {"reverses": FIRST_ENTRY}))
    with pytest.raises(UNIQUE) as refused, owner.transaction():
        owner.execute(COPY_ENTRY.format(**PLAIN[COPY_ENTRY] | {"reverses": FIRST_ENTRY, "key": "'newer'"}))
    assert refused.value.diag.constraint_name == "entries_reversed_once"


def test_an_entry_does_not_reverse_itself(owner: psycopg.Connection) -> None:
    own = str(new_id())
    with pytest.raises(CHECK), owner.transaction():
        owner.execute(COPY_ENTRY.format(**PLAIN[COPY_ENTRY] | {"id": f"'{own}'", "reverses": f"'{own}'"}))


def test_owner_sees_no_rows_of_another_scope(owner: psycopg.Connection) -> None:
    owner.execute(f"SET LOCAL app.merchant_id = '{new_id()}'")
    assert [owner.execute(f"SELECT count(*) FROM ledger.{table}").fetchone() for table in TABLES] == [(0,)] * 4


def test_owner_cannot_write_for_another_merchant(owner: psycopg.Connection) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"), owner.transaction():
        owner.execute(COPY_GRANT.format(**PLAIN[COPY_GRANT] | {"merchant": f"'{new_id()}'"}))
