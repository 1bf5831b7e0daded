"""The order history is sorted by every column, and an order is found by a piece of its number or its buyer's name."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from claims_center.models import Order
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import NOW, funnel_with, make_order, path, sign_in
from tests.support.sorted_lists import check_sorts, shown

pytestmark = pytest.mark.django_db
ROWS: dict[str, dict[str, Any]] = {
    "112-7391030-0000001": {"item_count": 3, "amount": "100.10", "buyer_name": "Inès", "buyer_email": "i@example.com"},
    "112-7391030-0000002": {"item_count": 1, "amount": None, "buyer_name": "", "status": "open"},
    "113-0000000-0000003": {"item_count": 2, "amount": "9.99", "buyer_name": "Ada Lovelace", "marketplace": "etsy"},
}


@pytest.fixture
def viewer(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.VIEWER)


@pytest.fixture
def orders(merchant: Merchant) -> str:
    with merchant_scope(merchant):
        funnel = funnel_with()
        for day, (number, values) in enumerate(ROWS.items()):
            order = make_order(funnel, number)
            moments = {"ordered_at": NOW - timedelta(days=day), "imported_at": NOW + timedelta(days=day)}
            Order.objects.filter(id=order.id).update(**values, **moments)
    return path(merchant, "orders")


def last(row: Order) -> str:
    return row.number[-1]


def test_sort_by_every_column(viewer: Client, orders: str) -> None:
    expected = {
        "number": "123",
        "ordered": "321",
        "items": "231",
        # No amount, nine, a hundred: as numbers.
        "amount": "231",
        "buyer": "231",
        "imported": "123",
    }
    check_sorts(viewer, orders, last, expected)
    assert shown(viewer, orders, last, sort="-marketplace")[0] == "3"
    # Not shipped yet, shipped.
    assert shown(viewer, orders, last, sort="status")[0] == "2"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("112-7391030-0000001", "1"),
        ("112-739", "12"),
        ("113", "3"),
        ("0000002", "2"),
        ("love ADA", "3"),
        ("i@example", "1"),
        ("7391030", ""),
        ("nobody", ""),
    ],
)
def test_search(viewer: Client, orders: str, text: str, found: str) -> None:
    assert shown(viewer, orders, last, q=text, sort="number") == list(found)


def test_find_no_order_of_another_merchant(viewer: Client, orders: str, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        theirs = make_order(funnel_with(slug="other"), "999-0000000-0000009", buyer_name="Eve")
    for text in ("999-0000000-0000009", "eve", str(theirs.id)):
        assert shown(viewer, orders, last, q=text) == []


def test_find_an_order_by_its_id(viewer: Client, merchant: Merchant, orders: str) -> None:
    with merchant_scope(merchant):
        order = Order.objects.get(number="113-0000000-0000003")
    assert shown(viewer, orders, last, q=str(order.id)) == ["3"]
