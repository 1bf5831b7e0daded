"""A customer's page, for real: who it is, what there was, and the pattern of a repeat customer."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Funnel
from claims_center.services import verdicts
from cockpit.client.privacy import ask_erasure
from customers.models import Customer
from customers.services import update_contact
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import funnel_with, make_claim, path, sign_in
from tests.support.seeing import enter
from tests.support.waiting import fits

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
KNOWN = {"phone": "+33 1 23 45 67 89", "card_number": "4000-17", "street": "Rue de la Paix", "city": "Lyon"}


@pytest.fixture
def customer(merchant: Merchant) -> Customer:
    """Somebody who has claimed twice in one campaign and once in another, eight days apart and two."""
    now = timezone.now()
    with merchant_scope(merchant):
        kit, mug = funnel_with(name="Brew kit gift"), funnel_with(physical=True, slug="mug", name="Mug for a photo")
        for funnel, days in ((kit, 11), (kit, 3), (mug, 1)):
            number = f"112-7391030-{days:07}"
            claim = make_claim(funnel, now=now - timedelta(days=days), order_number=number)
        verdicts.verify(claim_id=claim.id, reason="Receipt seen", actor=Actor.system(), now=now)
        found: Customer = Customer.objects.get()
        return update_contact(customer=found, values=KNOWN, actor=Actor.system())


def test_know_a_customer(page: Page, live_server: LiveServer, merchant: Merchant, customer: Customer) -> None:
    complaints = enter(page, live_server.url, sign_in(merchant, Role.VIEWER))
    page.goto(live_server.url + path(merchant, "customers"))
    page.get_by_role("link", name="Inès Fournier").click()
    expect(page.locator("h1 .badge", has_text="Repeat customer")).to_be_visible()
    for words in ("ines.fournier@example.com", *KNOWN.values()):
        expect(page.locator(".facts").get_by_text(words).first).to_be_visible()
    pattern = page.locator("section", has=page.get_by_role("heading", name="Pattern"))
    for label, value in (("Brew kit gift", "2"), ("Mug for a photo", "1"), ("Days between claims (median)", "5")):
        line = pattern.locator("div", has=page.get_by_text(label, exact=True)).last
        expect(line.locator("dd")).to_have_text(value)
    tabs = page.get_by_role("navigation", name="Documents of this customer")
    timeline = page.locator(".timeline")
    expect(timeline.get_by_text("Verified").first).to_be_visible()
    expect(timeline.get_by_text("Claim submitted")).to_have_count(3)
    tabs.get_by_role("link", name=re.compile("^Claims")).click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("link", name=re.compile("^Edit the claim")).first.click()
    expect(page).to_have_url(re.compile("/claims/"))
    page.go_back()
    tabs.get_by_role("link", name=re.compile("^Points")).click()
    expect(page.get_by_role("heading", name="Points")).to_be_visible()
    assert complaints == []


def test_forget_a_customer_who_asked(
    page: Page, live_server: LiveServer, merchant: Merchant, customer: Customer
) -> None:
    with merchant_scope(merchant):
        ask_erasure(customer=customer, note="I move abroad", now=timezone.now())
    complaints = enter(page, live_server.url, sign_in(merchant, Role.OWNER))
    page.goto(live_server.url + path(merchant, "erasure-requests"))
    page.locator("tbody").get_by_role("link", name="Erase the customer").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This cannot be undone.")
    dialog.get_by_role("button", name="Erase the customer").click()
    expect(page.locator("tbody tr")).to_contain_text("Erased customer")
    page.goto(live_server.url + path(merchant, "claims"))
    expect(page.locator("tbody tr", has_text="Erased customer")).to_have_count(3)
    page.goto(live_server.url + path(merchant, "claims") + "?q=fournier")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.goto(live_server.url + path(merchant, "customers"))
    expect(page.get_by_text("Fournier")).to_have_count(0)
    assert complaints == []


def test_fit_a_phone_whatever_the_name(
    page: Page, live_server: LiveServer, merchant: Merchant, customer: Customer
) -> None:
    with merchant_scope(merchant):
        long: dict[str, Any] = {"first_name": "عبد الرحمن", "last_name": "W" * 80}
        claim = make_claim(
            Funnel.objects.all()[0], email="long@example.com", order_number="112-7391030-0000099", **long
        )
    enter(page, live_server.url, sign_in(merchant, Role.AGENT))
    page.set_viewport_size({"width": 390, "height": 844})
    for rows, row in (("customers", claim.customer_id), ("claims", claim.id)):
        page.goto(f"{live_server.url}{path(merchant, rows)}{row}/")
        expect(page.locator(".crumbs")).to_contain_text("WWWW")
        assert fits(page, 390), rows
