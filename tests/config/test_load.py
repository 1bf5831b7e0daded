"""Synthetic volume: whole, true to the books and to the product's own rules, and made once."""

import io
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext

from claims_center.matching import comparable, last_group
from claims_center.models import Claim, ClaimChange, ClaimedNumber, ClaimToken, Journey, Order, OrderItem
from claims_center.search import words_for
from claims_center.states import Status, Verification
from codes.models import Code
from codes.normalise import value_norm
from config.load import build
from config.load.rooms import ROOMS, tables_of
from customers.models import Customer, CustomerToken
from customers.normalise import email_norm, phone_norm
from customers.services import search_words
from ledger.acts import Step
from ledger.models import Entry, Grant
from ledger.services import post
from ledger.units import Unit
from messaging.models import Message
from tenancy.actors import Actor
from tenancy.models import Merchant, User
from tenancy.scope import merchant_scope
from tenancy.tokens import hash_of

COUNTED = (Claim, ClaimChange, ClaimToken, Code, Customer, Entry, Grant, Journey, Message, Order, OrderItem)
CLAIMS = 160
SHAPE = """
SELECT c.oid::regclass::text, c.relforcerowsecurity, k.conname, pg_get_constraintdef(k.oid), k.convalidated
FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace IN ('public'::regnamespace, 'ledger'::regnamespace)
UNION ALL
SELECT schemaname || '.' || tablename, true, indexname, split_part(indexdef, ' WHERE ', 1), true FROM pg_indexes
WHERE schemaname IN ('public', 'ledger') ORDER BY 1, 3, 4
"""

loading = pytest.mark.django_db(transaction=True, databases=["default", "aside", "owner"])


def load(**numbers: int) -> str:
    said = io.StringIO()
    call_command("generate_load", stdout=said, **numbers)
    return said.getvalue()


def the_merchant(number: int = 1) -> Merchant:
    return Merchant.objects.get(slug=f"load-{number}")


def counts() -> list[int]:
    with merchant_scope(the_merchant()):
        return [model.objects.count() for model in COUNTED]


def shape(connection: psycopg.Connection[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return connection.execute(SHAPE).fetchall()


@loading
def test_make_a_merchant_whose_books_add_up_once() -> None:
    load(merchants=1, customers=25, claims=60)
    made = counts()
    assert (made[0], made[4]) == (60, 25)
    with merchant_scope(the_merchant()):
        assert set(Claim.objects.values_list("status", flat=True)) == set(Status.values)
        assert Claim.objects.filter(verification=Verification.MATCH).exists()
        assert Grant.objects.filter(remaining=0).exists()
        assert ClaimChange.objects.count() > Claim.objects.count()
    assert User.objects.get(email="owner@load-1.example").check_password("demo-demo-demo")
    call_command("check_ledger", merchant="load-1", stdout=io.StringIO())

    assert "was there" in load(merchants=1, customers=25, claims=60)
    assert counts() == made


@loading
def test_load_many_with_lifted_indexes_and_put_them_all_back(
    monkeypatch: pytest.MonkeyPatch, superuser_connection: psycopg.Connection[tuple[Any, ...]]
) -> None:
    monkeypatch.setattr(build, "MANY", 10)
    monkeypatch.setattr("config.load.claims.load.PORTION", 25)
    before = shape(superuser_connection)
    assert "indexes and keys" in load(merchants=2, customers=25, claims=60)
    assert shape(superuser_connection) == before
    call_command("check_ledger", stdout=io.StringIO())
    with merchant_scope(the_merchant(2)):
        assert Claim.objects.count() == 60


@loading
def test_leave_everything_as_it_was_where_a_room_fails(
    monkeypatch: pytest.MonkeyPatch, superuser_connection: psycopg.Connection[tuple[Any, ...]]
) -> None:
    def fail(loader: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(build, "MANY", 10)
    before = shape(superuser_connection)
    with monkeypatch.context() as broken:
        broken.setattr("config.load.claims.tables.messages", fail)
        with pytest.raises(ZeroDivisionError):
            load(merchants=1, customers=25, claims=60)
    assert shape(superuser_connection) == before
    assert counts()[0] == 0
    # The merchant is there without rows: the next run fills it.
    load(merchants=1, customers=25, claims=60)
    assert counts()[0] == 60


@loading
def test_write_what_the_product_itself_would_have_written() -> None:
    load(merchants=1, customers=40, claims=CLAIMS)
    with merchant_scope(the_merchant()):
        for claim in Claim.objects.select_related("customer", "code", "matched_order"):
            assert set(claim.tokens.values_list("token", flat=True)) == words_for(claim=claim), claim.order_number
            assert hash_of(claim.tracker_token) == claim.tracker_hash
            assert claim.order_number_norm == comparable(claim.order_number)
            if claim.code:
                assert (claim.code.value, claim.code.value_norm) == (claim.gift_code, value_norm(claim.gift_code))
        for customer in Customer.objects.all():
            words = CustomerToken.objects.filter(row=customer).values_list("token", flat=True)
            assert set(words) == search_words(customer), customer.email
            assert (customer.email_norm, customer.phone_norm) == (
                email_norm(customer.email),
                phone_norm(customer.phone),
            )
        for order in Order.objects.all():
            assert (order.number_norm, order.last_group) == (comparable(order.number), last_group(order.number))
        turns = {(row.marketplace, row.number_norm): row.turn for row in ClaimedNumber.objects.all()}
        named = Claim.objects.exclude(order_number="")
        for key, turn in turns.items():
            assert named.filter(marketplace=key[0], order_number_norm=key[1]).count() == turn
        assert len(turns) == len(set(named.values_list("marketplace", "order_number_norm")))


@loading
def test_verify_as_the_product_does() -> None:
    load(merchants=1, customers=40, claims=CLAIMS)
    with merchant_scope(the_merchant()):
        found = Claim.objects.select_related("product", "listing", "funnel", "matched_order")
        outcomes = {claim.verification for claim in found}
        assert outcomes == set(Verification.values)
        for claim in found:
            _check_words(claim)


def _check_words(claim: Claim) -> None:
    order = claim.matched_order
    assert "#NUMBER#" not in claim.verification_reason
    assert "2001-02-03" not in claim.verification_reason
    if order and claim.verification in {Verification.MATCH, Verification.TOO_OLD, Verification.WRONG_PRODUCT}:
        assert order.number in claim.verification_reason
        skus = set(order.items.values_list("sku", flat=True))
        assert (claim.product.sku in skus) == (claim.verification != Verification.WRONG_PRODUCT)
        days = (claim.submitted_at - order.ordered_at).days
        assert (days > (claim.funnel.max_order_age_days or 0)) == (claim.verification == Verification.TOO_OLD)
    assert (claim.verification == Verification.ALREADY_CLAIMED) == (claim.number_turn > 1)
    assert (order is None) == (claim.verification in {Verification.NO_SUCH_ORDER, Verification.NOT_CHECKED})


@loading
def test_write_acts_that_the_ledger_takes_for_its_own() -> None:
    load(merchants=1, customers=10, claims=60)
    with merchant_scope(the_merchant()):
        processed = Claim.objects.filter(status="processed", promotion_kind="physical")[0]
        mailed = Claim.objects.filter(status="processed", promotion_kind="digital").exclude(gift_code="")[0]
        give = [
            Step.grant(unit=Unit.VOUCHER, amount=1),
            Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=processed.grant_id),
        ]
        coded = [Step.grant(unit=Unit.VOUCHER, amount=1, code=mailed.gift_code)]
        sent = mailed.changes.get(event="claim.gift_sent").seq
        for claim, event, seq, steps in (
            (processed, "claim.submitted", 1, []),
            (processed, "claim.processed", processed.version, give),
            (mailed, "claim.gift_sent", sent, coded),
        ):
            posted = post(
                steps=steps,
                event=event,
                origin="claim",
                origin_id=claim.id,
                subject_id=claim.promotion_id,
                customer_id=claim.customer_id,
                actor=Actor.system(),
                key=f"claim:{claim.id}:{seq}",
            )
            assert posted.replayed


@loading
def test_make_the_same_on_every_run() -> None:
    load(merchants=2, customers=10, claims=60)
    told = []
    for number in (1, 2):
        with merchant_scope(the_merchant(number)):
            rows = Claim.objects.order_by("submitted_at").values_list(
                "customer_email", "order_number", "status", "rating"
            )
            told.append(list(rows))
    assert told[0] == told[1]


@pytest.mark.django_db
def test_refuse_claims_without_customers() -> None:
    with pytest.raises(CommandError, match="customer"):
        load(merchants=1, customers=0, claims=5)


def test_name_every_table_of_a_room_once() -> None:
    tables = tables_of(ROOMS)
    assert len(tables) == len(set(tables))


@loading
def test_tell_the_planner_of_the_accounts_before_movements_are_joined_with_them() -> None:
    with CaptureQueriesContext(connections["owner"]) as seen:
        load(merchants=1, customers=5, claims=10)
    asked = [one["sql"] for one in seen]
    told = [place for place, sql in enumerate(asked) if sql == "ANALYZE ledger.accounts"]
    joined = [place for place, sql in enumerate(asked) if "INSERT INTO ledger.movements" in sql]
    assert joined
    assert [one < two for one, two in zip(told, joined, strict=True)] == [True] * len(joined)
