"""Python reads the journal and cannot write it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import ProtectedError

from customers.models import Customer
from ledger import services
from ledger.models import Account, AppendOnly, Entry, Grant, Movement
from tests.ledger.acting import earn, give, spend

Act = Callable[..., dict[str, Any]]
MODELS = [Account, Entry, Grant, Movement]


@pytest.mark.parametrize("model", MODELS)
def test_refuse_to_write_through_a_model(customer: Customer, model: Any) -> None:
    earn(customer.id, 100)
    row = model.objects.first()
    for write in (row.save, row.delete, row.save_base, model().save):
        with pytest.raises(AppendOnly):
            write()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("verb", "values"),
    [
        ("create", {}),
        ("get_or_create", {}),
        ("update_or_create", {}),
        ("bulk_create", [[]]),
        ("bulk_update", [[], []]),
        ("update", {}),
        ("delete", {}),
    ],
)
def test_refuse_to_write_through_a_query(customer: Customer, model: Any, verb: str, values: Any) -> None:
    with pytest.raises(AppendOnly):
        getattr(model.objects.all(), verb)(**values) if isinstance(values, dict) else getattr(
            model.objects.all(), verb
        )(*values)


def test_refuse_to_delete_a_customer_who_has_entries(customer: Customer) -> None:
    earn(customer.id, 100)
    with pytest.raises(ProtectedError):
        customer.delete()


def test_relations_lead_both_ways(customer: Customer, act: Act) -> None:
    lot = earn(customer.id, 100)
    spent = spend(customer.id, 30)
    undone = services.reverse(reverses=spent.entry_id, **act())
    grant = Grant.objects.select_related("account__customer", "entry").get(id=lot)
    assert (grant.account.customer, grant.entry.customer) == (customer, customer)
    assert [movement.amount for movement in grant.movements.order_by("held_after", "amount")] == [30, 30, 100]
    assert Entry.objects.get(id=spent.entry_id).reversed_by.get().id == undone.entry_id
    assert set(Movement.objects.filter(grant__account__customer=customer).values_list("unit", flat=True)) == {"POINT"}


def test_change_numbers_are_read_and_compared(customer: Customer) -> None:
    give(customer.id)
    entry = Entry.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_current_xact_id()::text::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        )
        here, safe = cursor.fetchone()
    assert entry.change_xid == here
    assert Entry.objects.filter(change_xid=here).count() == 1
    assert Entry.objects.filter(change_xid__gt=here).count() == 0
    # Not to be read by an incremental reader before it is committed.
    assert Entry.objects.filter(change_xid__lt=safe).count() == 0


def test_is_open_follows_what_remains(customer: Customer) -> None:
    lot = earn(customer.id, 100)
    assert Grant.objects.get(id=lot).is_open
    spend(customer.id, 100)
    assert not Grant.objects.get(id=lot).is_open
