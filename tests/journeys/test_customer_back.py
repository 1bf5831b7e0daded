"""A customer's Back button after a form that was refused once: the page comes, and never one of the browser's own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.services.merchants import create_merchant
from tests.claims_center import factories as claims
from tests.client.browser import link_for
from tests.loyalty import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]


@pytest.fixture
def shop() -> Merchant:
    """A merchant with a customer."""
    merchant = create_merchant(name="Brew & Bloom", slug="brew-bloom", actor=Actor.system(), mfa_required=False)
    with merchant_scope(merchant):
        make.customer(email="mara@example.com")
    return merchant


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def test_back_through_the_funnel_after_a_number_that_was_questioned(phone: Page, live: str, shop: Merchant) -> None:
    with merchant_scope(shop):
        slug = claims.make_funnel().slug
    phone.goto(f"{live}/f/brew-bloom/{slug}/")
    phone.get_by_role("radio").first.check()
    phone.get_by_role("button", name="Continue").tap()
    phone.get_by_label("Order number").fill("my order")
    phone.get_by_role("button", name="Continue").tap()
    expect(phone.get_by_text("There is a problem")).to_be_visible()
    phone.get_by_label("Order number").fill("112-7391030-0042617")
    phone.get_by_role("button", name="Continue").tap()
    expect(phone.get_by_role("heading", name="How was it?")).to_be_visible()

    phone.go_back()
    expect(phone.get_by_label("Order number")).to_have_value("112-7391030-0042617")
    phone.go_back()
    phone.go_back()
    expect(phone.get_by_role("radio").first).to_be_checked()


def test_back_to_a_page_of_the_cockpit_after_its_form_was_refused(phone: Page, live: str, shop: Merchant) -> None:
    phone.goto(f"{live}/c/brew-bloom/in/{link_for(shop, 'mara@example.com')}/")
    phone.get_by_role("button", name="Sign in").tap()
    expect(phone.get_by_text("You are signed in.")).to_be_visible()
    phone.goto(f"{live}/c/brew-bloom/profile/erasure/")
    phone.get_by_role("button", name="Send my request").tap()
    expect(phone.get_by_text("There is a problem")).to_be_visible()
    phone.get_by_role("link", name="Claims").tap()
    expect(phone.get_by_text("No claims yet")).to_be_visible()

    phone.go_back()
    expect(phone.get_by_role("heading", name="Delete my data")).to_be_visible()
    expect(phone.get_by_text("There is a problem")).to_have_count(0)
