"""Every statement about a merchant's table names the merchant, whichever way the ORM composes it."""

# ruff: noqa: ARG005 - every operation is given the row, whether it needs it or not

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql import compiler as postgresql
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Subquery
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Customer, CustomerToken
from tenancy.backend import compiler
from tenancy.models import Merchant

# (merchant_id = x), "merchant_id" IN (x), or a join that compares both sides.
NAMED = re.compile(r'"merchant_id"\)? (=|IN)')
TABLE = re.compile(r'(?:FROM|JOIN|UPDATE|INTO) "(customers_customer(?:token)?)"')


def new(email: str = "") -> Customer:
    made: Customer = Customer.objects.create(
        email=email or f"{uuid.uuid4().hex}@example.com", created_at=timezone.now()
    )
    return made


def word(row: Customer, token: str = "x") -> CustomerToken:
    made: CustomerToken = CustomerToken.objects.create(row=row, token=token)
    return made


OPERATIONS: dict[str, Callable[[Customer], Any]] = {
    "create": lambda row: new(),
    "create child": lambda row: word(row, "y"),
    "bulk_create 3": lambda row: CustomerToken.objects.bulk_create(
        [CustomerToken(row=row, token=f"t{i}") for i in range(3)]
    ),
    "bulk_create ignoring conflicts": lambda row: CustomerToken.objects.bulk_create(
        [CustomerToken(row=row, token="t")], ignore_conflicts=True
    ),
    "bulk_create updating conflicts": lambda row: Customer.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["merchant", "id"], update_fields=["city"]
    ),
    "get": lambda row: Customer.objects.get(pk=row.pk),
    "save": lambda row: row.save(),
    "save fields": lambda row: row.save(update_fields=["city"]),
    "refresh": lambda row: row.refresh_from_db(),
    "deferred field": lambda row: Customer.objects.only("id", "merchant_id").get(pk=row.pk).city,
    "update F": lambda row: Customer.objects.filter(pk=row.pk).update(city=F("province")),
    "update over a join": lambda row: CustomerToken.objects.filter(row__city="").update(token="z"),
    "bulk_update": lambda row: Customer.objects.bulk_update([row], ["city"]),
    "forward": lambda row: CustomerToken.objects.get(token="x").row.email,
    "reverse": lambda row: list(row.tokens.all()),
    "reverse create": lambda row: row.tokens.create(token="r"),
    "select_related": lambda row: list(CustomerToken.objects.select_related("row")),
    "prefetch_related": lambda row: list(Customer.objects.prefetch_related("tokens")),
    "Prefetch": lambda row: list(Customer.objects.prefetch_related(Prefetch("tokens", CustomerToken.objects.all()))),
    "lock": lambda row: list(Customer.objects.select_for_update().filter(pk=row.pk)),
    "lock of self": lambda row: list(
        CustomerToken.objects.select_related("row").select_for_update(of=("self",), skip_locked=True)
    ),
    "get_or_create": lambda row: CustomerToken.objects.get_or_create(row=row, token="g"),
    "update_or_create": lambda row: CustomerToken.objects.update_or_create(row=row, token="x", defaults={"token": "u"}),
    "aggregate": lambda row: Customer.objects.aggregate(n=Count("*")),
    "count over a slice": lambda row: Customer.objects.all()[:2].count(),
    "annotate over reverse": lambda row: list(Customer.objects.annotate(n=Count("tokens"))),
    "group by": lambda row: list(CustomerToken.objects.values("row_id").annotate(n=Count("id"))),
    "filter across": lambda row: CustomerToken.objects.filter(row__city="").count(),
    "exclude across reverse": lambda row: Customer.objects.exclude(tokens__token="q").count(),
    "Exists": lambda row: Customer.objects.filter(Exists(CustomerToken.objects.filter(row_id=OuterRef("id")))).count(),
    "Subquery": lambda row: list(
        Customer.objects.annotate(t=Subquery(CustomerToken.objects.filter(row_id=OuterRef("id")).values("token")[:1]))
    ),
    "in subquery": lambda row: CustomerToken.objects.filter(row_id__in=Customer.objects.values("id")).count(),
    "last": lambda row: Customer.objects.order_by("created_at").last(),
    "union": lambda row: list(Customer.objects.values("city").union(Customer.objects.values("email"))),
    "exists": lambda row: Customer.objects.exists(),
    "iterator": lambda row: list(Customer.objects.iterator(chunk_size=2)),
    "in_bulk": lambda row: Customer.objects.in_bulk([row.pk]),
    "datetimes": lambda row: list(Customer.objects.datetimes("created_at", "day")),
    "delete child": lambda row: CustomerToken.objects.get(token="x").delete(),
    "delete with children": lambda row: row.delete(),
    "delete query set": lambda row: CustomerToken.objects.filter(token="x").delete(),
    "delete over a join": lambda row: CustomerToken.objects.filter(row__city="").delete(),
    "raw delete": lambda row: CustomerToken.objects.filter(token="x")._raw_delete("default"),
    "delete many": lambda row: [new() for _ in range(3)] and Customer.objects.all().delete(),
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_name_the_merchant(operation: Callable[[Customer], Any], scope: Merchant) -> None:
    row = new()
    word(row)
    with CaptureQueriesContext(connection) as captured:
        operation(row)
        connection.check_constraints()
    statements = [query["sql"] for query in captured.captured_queries if TABLE.search(query["sql"])]
    assert statements
    for sql in statements:
        if sql.startswith("INSERT"):
            assert ('("merchant_id", "id"' in sql, " VALUES (" in sql, "UNNEST" in sql) == (True, True, False), sql
        else:
            # As many conditions as tables: each table in the statement is tied to the merchant.
            assert len(NAMED.findall(sql)) >= len(TABLE.findall(sql)), sql


def test_never_set_the_merchant(scope: Merchant) -> None:
    row = new()
    with CaptureQueriesContext(connection) as captured:
        row.save()
        Customer.objects.bulk_update([row], ["city"])
    updates = [query["sql"] for query in captured.captured_queries if query["sql"].startswith("UPDATE")]
    assert len(updates) == 2
    assert all("merchant_id" not in sql.partition("SET")[2].partition("WHERE")[0] for sql in updates)


def test_group_by_every_selected_column(scope: Merchant) -> None:
    row = new()
    word(row)
    assert [found.n for found in Customer.objects.annotate(n=Count("tokens"))] == [1]


def test_insert_many_rows_at_once(scope: Merchant) -> None:
    row = new()
    made = CustomerToken.objects.bulk_create([CustomerToken(row=row, token=f"t{i}") for i in range(3000)])
    assert (len(made), CustomerToken.objects.count()) == (3000, 3000)


def test_keep_what_django_does_for_postgresql(scope: Merchant) -> None:
    assert issubclass(compiler.SQLCompiler, postgresql.SQLCompiler)
    assert not issubclass(compiler.SQLInsertCompiler, postgresql.SQLInsertCompiler)
