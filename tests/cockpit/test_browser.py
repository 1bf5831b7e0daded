"""Customers and the ledger in a browser."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Claim
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.desk import fill
from tests.claims_pages.factories import path, sign_in
from tests.support.seeing import enter, look

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]


def test_look_at_customers_and_ledger(page: Page, live_server: LiveServer, merchant: Merchant) -> None:
    client = sign_in(merchant, Role.ADMIN)
    with merchant_scope(merchant):
        # One of each kind of row: axe takes its time over every row.
        claims: list[Claim] = fill(client.user, rounds=1)  # type: ignore[attr-defined]
    customer = path(merchant, "customers", claims[3].customer_id)
    complaints = enter(page, live_server.url, client)
    for name, address in {
        "customers": path(merchant, "customers"),
        "customer": customer,
        "customer-claims": f"{customer}?tab=claims",
        "customer-points": f"{customer}?tab=points",
        "customer-edit": f"{customer}edit/",
        "ledger": path(merchant, "ledger"),
        "orders": path(merchant, "orders"),
    }.items():
        page.goto(live_server.url + address)
        assert look(page, name) == [], name
    with merchant_scope(merchant):
        order = Claim.objects.exclude(matched_order=None).first().matched_order_id
    page.goto(live_server.url + path(merchant, "orders", order))
    assert look(page, "order") == []
    assert complaints == []
