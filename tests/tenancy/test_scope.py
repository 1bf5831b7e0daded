"""The merchant's door: what is set, and what is set back."""

import uuid
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from customers.models import Customer
from tenancy.models import ApiKey, Merchant
from tenancy.scope import NoMerchant, current_merchant_id, merchant_in_scope, merchant_scope


def told() -> str:
    """Return the merchant that the database knows of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.merchant_id', true)")
        return str(cursor.fetchone()[0] or "")


class OopsError(Exception):
    """Something that went wrong in a scope."""


def test_refuse_queries_outside_a_scope(db: None) -> None:
    with pytest.raises(NoMerchant):
        ApiKey.objects.all()
    with pytest.raises(NoMerchant):
        ApiKey._base_manager.all()


def test_refuse_a_query_set_that_outlived_its_scope(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        rows = ApiKey.objects.all()
        Customer.objects.create(email="a@example.com", created_at="2026-01-01T00:00Z")
        customers = Customer.objects.all()
    for late in (rows.exists, rows.count, rows.delete, lambda: list(customers), lambda: customers.update(city="x")):
        with pytest.raises(NoMerchant):
            late()


def test_tell_the_database_and_take_it_back(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        assert (current_merchant_id(), told()) == (merchant.pk, str(merchant.pk))
    assert (merchant_in_scope(), told()) == (None, "")


def test_restore_the_outer_merchant(merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(merchant):
        with merchant_scope(other_merchant):
            assert told() == str(other_merchant.pk)
        assert (current_merchant_id(), told()) == (merchant.pk, str(merchant.pk))


def test_restore_the_outer_merchant_after_an_error(merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(merchant):
        with pytest.raises(OopsError), merchant_scope(other_merchant):
            raise OopsError
        assert (current_merchant_id(), told()) == (merchant.pk, str(merchant.pk))


def test_restore_the_outer_merchant_after_a_database_error(merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(merchant):
        with pytest.raises(Exception, match="division by zero"), merchant_scope(other_merchant):
            connection.cursor().execute("SELECT 1/0")
        assert told() == str(merchant.pk)
        assert Customer.objects.count() == 0


def test_restore_the_outer_merchant_after_a_rollback(merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(merchant):
        with merchant_scope(other_merchant):
            Customer.objects.create(email="a@example.com", created_at="2026-01-01T00:00Z")
            transaction.set_rollback(True)
        assert told() == str(merchant.pk)
        with merchant_scope(other_merchant):
            assert Customer.objects.count() == 0


def test_keep_the_merchant_through_a_rolled_back_savepoint(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        with pytest.raises(OopsError), transaction.atomic():
            raise OopsError
        assert told() == str(merchant.pk)


def test_restore_through_three_scopes(merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(merchant), merchant_scope(merchant):
        with merchant_scope(other_merchant), merchant_scope(merchant):
            assert told() == str(merchant.pk)
        assert told() == str(merchant.pk)


def test_leave_nothing_in_a_plain_transaction(merchant: Merchant) -> None:
    with transaction.atomic():
        with merchant_scope(merchant):
            pass
        assert told() == ""


@pytest.mark.django_db(transaction=True)
def test_leave_nothing_on_the_connection() -> None:
    merchant = Merchant.objects.create(name="Brew", slug="brew")
    with merchant_scope(merchant):
        pass
    assert told() == ""


@pytest.mark.django_db(transaction=True)
def test_run_what_waits_for_the_commit_outside_the_scope() -> None:
    merchant = Merchant.objects.create(name="Brew", slug="brew")
    seen: list[uuid.UUID | None] = []
    with merchant_scope(merchant):
        transaction.on_commit(lambda: seen.append(merchant_in_scope()))
    assert seen == [None]


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_keep_doors_on_two_connections_apart(merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(merchant):
        with merchant_scope(other_merchant, using="aside"):
            assert told() == str(merchant.pk)
        assert told() == str(merchant.pk)


def test_refuse_what_is_no_id(db: None) -> None:
    with pytest.raises(ValueError, match="badly formed"), merchant_scope("x'; DROP TABLE tenancy_user; --"):
        pass


def test_see_nothing_without_the_setting(merchant: Merchant, superuser_connection: psycopg.Connection[Any]) -> None:
    with merchant_scope(merchant):
        Customer.objects.create(email="a@example.com", created_at="2026-01-01T00:00Z")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        assert cursor.fetchone()[0] == 0
