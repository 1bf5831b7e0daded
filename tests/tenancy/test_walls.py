"""Each of the three walls holds by itself: the managers, row level security, and keys that carry the merchant."""

# ruff: noqa: ARG005 - every operation is given the row, whether it needs it or not

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, models
from django.utils import timezone

from customers.models import Customer, CustomerToken
from tenancy.base import MerchantChange
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope

Superuser = psycopg.Connection[Any]


def customer(merchant: Merchant, email: str) -> Customer:
    with merchant_scope(merchant):
        made: Customer = Customer.objects.create(email=email, created_at=timezone.now())
        return made


@pytest.fixture
def ours(merchant: Merchant) -> Customer:
    """A customer of the merchant."""
    return customer(merchant, "ours@example.com")


@pytest.fixture
def theirs(other_merchant: Merchant) -> Customer:
    """A customer of the other merchant."""
    return customer(other_merchant, "theirs@example.com")


@pytest.fixture
def filters_off(settings: Any) -> None:
    """The managers' wall taken down."""
    settings.TENANCY_FILTERS_OFF = True


@pytest.fixture
def policies_off(transactional_db: None, superuser_connection: Superuser) -> Iterator[None]:
    """The database's wall taken down, for the tables that these tests use."""
    tables = ("customers_customer", "customers_customertoken")
    for table in tables:
        superuser_connection.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    yield
    for table in tables:
        superuser_connection.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


READS: dict[str, Callable[[Customer], Any]] = {
    "list": lambda row: list(Customer.objects.all()),
    "get": lambda row: list(Customer.objects.filter(pk=row.pk)),
    "count": lambda row: Customer.objects.count(),
    "in_bulk": lambda row: Customer.objects.in_bulk([row.pk]),
    "base manager": lambda row: list(Customer._base_manager.filter(pk=row.pk)),
    "join": lambda row: list(CustomerToken.objects.filter(row__email=row.email)),
    "update": lambda row: Customer.objects.filter(pk=row.pk).update(city="x"),
    "delete": lambda row: Customer.objects.filter(pk=row.pk).delete()[0],
    "raw delete": lambda row: Customer.objects.filter(pk=row.pk)._raw_delete("default"),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_hide_by_row_level_security_alone(
    read: Callable[[Customer], Any], merchant: Merchant, theirs: Customer, filters_off: None
) -> None:
    with merchant_scope(merchant):
        assert not read(theirs)


def test_see_the_merchants_own_rows_with_the_filters_off(merchant: Merchant, ours: Customer, filters_off: None) -> None:
    with merchant_scope(merchant):
        assert [row.pk for row in Customer.objects.all()] == [ours.pk]
        assert "merchant_id" not in str(Customer.objects.all().query).partition("WHERE")[2]


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_hide_by_filters_alone(
    read: Callable[[Customer], Any], merchant: Merchant, theirs: Customer, policies_off: None
) -> None:
    with merchant_scope(merchant):
        assert not read(theirs)


def test_control_that_the_policies_are_off(merchant: Merchant, theirs: Customer, policies_off: None) -> None:
    with merchant_scope(merchant), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        assert cursor.fetchone()[0] == 1


def test_control_that_both_walls_down_show_everything(
    merchant: Merchant, theirs: Customer, policies_off: None, filters_off: None
) -> None:
    with merchant_scope(merchant):
        assert [row.pk for row in Customer.objects.all()] == [theirs.pk]


def test_refuse_a_reference_to_another_merchants_row(merchant: Merchant, theirs: Customer) -> None:
    with pytest.raises(IntegrityError, match="same_merchant"), merchant_scope(merchant):
        CustomerToken.objects.create(row_id=theirs.pk, token="x")


def test_refuse_the_reference_also_with_the_other_walls_down(
    merchant: Merchant, theirs: Customer, policies_off: None, filters_off: None
) -> None:
    with pytest.raises(IntegrityError, match="same_merchant"), merchant_scope(merchant):
        CustomerToken.objects.create(row_id=theirs.pk, token="x")


def test_refuse_a_row_that_changes_its_merchant(merchant: Merchant, other_merchant: Merchant, ours: Customer) -> None:
    with merchant_scope(merchant):
        ours.merchant_id = other_merchant.pk
        with pytest.raises(MerchantChange):
            ours.save()
        with pytest.raises(MerchantChange):
            Customer.objects.filter(pk=ours.pk).update(merchant=other_merchant)
        with pytest.raises(MerchantChange):
            Customer.objects.bulk_create([ours])


def test_refuse_it_in_the_database_too(merchant: Merchant, other_merchant: Merchant, ours: Customer) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), merchant_scope(merchant):
        connection.cursor().execute("UPDATE customers_customer SET merchant_id = %s", [other_merchant.pk])


def test_refuse_an_insert_for_another_merchant(merchant: Merchant, other_merchant: Merchant) -> None:
    row = Customer(email="x@example.com", created_at=timezone.now(), merchant=other_merchant)
    with merchant_scope(merchant), pytest.raises(MerchantChange):
        row.save()
    with pytest.raises(ProgrammingError, match="row-level security"), merchant_scope(merchant):
        models.Model.save_base(row, raw=True)


def test_append_only_to_the_audit_log(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        event = AuditEvent.objects.create(action="x", actor="system", target_type="x", at=timezone.now())
    for change in (lambda: AuditEvent.objects.filter(pk=event.pk).update(action="y"), event.delete):
        with pytest.raises(ProgrammingError, match="permission denied"), merchant_scope(merchant):
            change()


def test_refuse_truncate_and_ownership(merchant: Merchant, superuser_connection: Superuser) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), merchant_scope(merchant):
        connection.cursor().execute("TRUNCATE customers_customer CASCADE")
    owned = superuser_connection.execute(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'app_rw'"
    ).fetchone()
    assert owned == (0,)


def test_find_a_merchants_uniques_before_the_database_does(scope: Merchant) -> None:
    Customer.objects.create(email="a@example.com", created_at=timezone.now())
    double = Customer(email="a@example.com", email_norm="a@example.com", created_at=timezone.now())
    with pytest.raises(Exception, match="customer_email_once"):
        double.full_clean()
