"""Offers, for real: made, published, given to a member, clipped, completed, reversed, canceled, reopened, and watched."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers.services import enrol
from offers.checks import check_responses
from offers.models import OfferChange, OfferResponse
from tenancy.actors import Actor
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.services.members import add_member
from tenancy.services.merchants import create_merchant

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
PASSWORD = "brew-the-morning-coffee"


@pytest.fixture
def shop() -> Merchant:
    """A merchant with an admin and one member."""
    system = Actor.system()
    merchant = create_merchant(name="Brew & Bloom", slug="brew-bloom", actor=system, mfa_required=False)
    user = User.objects.create_user("admin@brew-bloom.example", PASSWORD, name="Ada Novak")
    with merchant_scope(merchant):
        add_member(merchant=merchant, user=user, role=Role.ADMIN, actor=system)
        enrol(email="mara@example.com", first_name="Mara", last_name="Lind", now=timezone.now(), actor=system)
    return merchant


def test_make_publish_give_use_and_take_back(page: Page, live: str, shop: Merchant) -> None:
    page.goto(live)
    page.get_by_label("Email").fill("admin@brew-bloom.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/m/brew-bloom/claims/")
    make_and_publish(page, live)
    give(page)
    clip_and_complete(page)
    ask(page, "Reverse", "Wrong card")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Clipped")
    ask(page, "Cancel response", "Moved away")
    ask(page, "Reopen", "Came back")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Clipped")
    look_at_the_lists(page, live)
    with merchant_scope(shop):
        assert OfferChange.objects.count() == 6
        assert OfferResponse.objects.get().status == "clipped"
        assert check_responses(shop.id) == []


def make_and_publish(page: Page, live: str) -> None:
    page.goto(f"{live}/m/brew-bloom/offers/")
    expect(page.get_by_text("No offers yet")).to_be_visible()
    page.get_by_role("link", name="New offer").first.click()
    page.get_by_label("Name").fill("Ten off")
    page.get_by_label("Type").select_option("percent_off")
    page.get_by_label("Has to be clipped before it is used").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This type of offer needs it.").first).to_be_visible()
    page.get_by_label("Percent", exact=False).first.fill("10")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Draft")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Active")


def give(page: Page) -> None:
    page.get_by_role("link", name="Give to a member").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail address or card number").fill("MARA@example.com")
    dialog.get_by_role("button", name="Give to a member").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pending")


def clip_and_complete(page: Page) -> None:
    complete = page.get_by_role("link", name="Complete", exact=True)
    expect(complete).to_have_accessible_description("The member has to clip this offer first.")
    page.get_by_role("link", name="Clip", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Clip").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Clipped")
    complete.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Purchase").fill("T-17")
    dialog.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Completed")
    expect(page.get_by_text("Purchase T-17")).to_be_visible()


def ask(page: Page, act: str, reason: str) -> None:
    page.get_by_role("link", name=act, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=act).click()
    expect(page.get_by_text(reason)).to_be_visible()


def look_at_the_lists(page: Page, live: str) -> None:
    page.goto(f"{live}/m/brew-bloom/offer-responses/")
    expect(page.get_by_label("Legend")).to_contain_text("Not started")
    row = page.get_by_role("row", name="Ten off")
    for words in ("Percent off", "Mara Lind", "Always", "Clipped", "Given by staff"):
        expect(row).to_contain_text(words)
    page.get_by_role("button", name="Usage period").click()
    page.get_by_label("Passed").check()
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.goto(f"{live}/m/brew-bloom/offers/")
    page.get_by_role("link", name="Ten off", exact=True).click()
    page.get_by_role("link", name="Responses 1").click()
    expect(page.get_by_role("row", name="Mara Lind")).to_contain_text("Clipped")
    page.get_by_role("row", name="Mara Lind").get_by_role("link", name="Mara Lind").click()
    page.get_by_role("link", name="Offers", exact=True).last.click()
    expect(page.get_by_role("row", name="Ten off")).to_contain_text("Clipped")
