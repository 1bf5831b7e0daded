"""The order history."""

import uuid

import pytest
from django.test import Client

from claims_center.models import Claim, Order
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import funnel_with, make_order, path
from tests.support.counting import queries_of


def test_show_every_order(viewer: Client, merchant: Merchant, claim: Claim) -> None:
    page = viewer.get(path(merchant, "orders"))
    assert len(page.context["page"].rows) == 1
    for shown in ("112-7391030-0000001", "Amazon", "Shipped", "$49.95"):
        assert shown in page.content.decode()


def test_show_an_order_with_its_items_and_claims(viewer: Client, merchant: Merchant, claim: Claim) -> None:
    page = viewer.get(path(merchant, "orders", claim.matched_order_id))
    text = page.content.decode()
    for shown in ("Cold Brew Kit", "Inès Fournier", "Claims with this order", "$49.95"):
        assert shown in text


@pytest.mark.parametrize("count", [1, 3])
def test_need_as_many_queries_for_one_order_as_for_three(viewer: Client, merchant: Merchant, count: int) -> None:
    with merchant_scope(merchant):
        funnel = funnel_with()
        for number in range(count):
            make_order(funnel, f"112-7391030-000000{number}")
    assert len(queries_of(viewer, path(merchant, "orders"))) == 7


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=112-7391030-0000001", 1),
        ("q=11273910300000001", 1),
        ("q=11273910300000002", 0),
        ("q=112 7391030 0000001", 1),
        ("q=0000001", 1),
        ("q=zzz", 0),
        ("marketplace=amazon", 1),
        ("marketplace=etsy", 0),
        ("status=shipped", 1),
        ("status=cancelled", 0),
        ("ordered_from=2026-11-01&ordered_to=2026-11-30", 1),
        ("imported_from=2027-01-01", 0),
        ("status=junk", 1),
        ("ordered_from=junk", 1),
        ("sort=buyer_email", 1),
        ("sort=-number", 1),
        ("sort=marketplace", 1),
        ("sort=imported", 1),
        ("sort=status", 1),
    ],
)
def test_narrow_and_sort(viewer: Client, merchant: Merchant, claim: Claim, query: str, found: int) -> None:
    page = viewer.get(f"{path(merchant, 'orders')}?{query}")
    assert (page.status_code, len(page.context["page"].rows)) == (200, found)


def test_know_no_order_of_another_merchant(viewer: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        foreign: Order = make_order(funnel_with())
    assert viewer.get(path(merchant, "orders", foreign.id)).status_code == 404
    assert viewer.get(path(merchant, "orders", uuid.uuid4())).status_code == 404


def test_lead_admins_alone_to_the_import(viewer: Client, agent: Client, merchant: Merchant) -> None:
    for client in (viewer, agent):
        assert path(merchant, "imports", "new") not in client.get(path(merchant, "orders")).content.decode()
