"""A claim's page, for real: everything that is known of a claim, a gift that is shipped, every outcome of the check."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Claim, Funnel, Order
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import funnel_with, make_claim, make_order, path, sign_in
from tests.public.walker import ORDER, Walker
from tests.support.seeing import enter
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
NUMBER = ORDER["order_number"]


@pytest.fixture
def staff(page: Page, live_server: LiveServer, merchant: Merchant) -> str:
    """The address of the merchant's pages, in a browser in which an agent is signed in."""
    enter(page, live_server.url, sign_in(merchant, Role.AGENT))
    return live_server.url + path(merchant)


def walked(merchant: Merchant, **values: Any) -> Claim:
    """A claim that came in through the public pages, whose order is known."""
    with merchant_scope(merchant):
        funnel = funnel_with(**values)
        make_order(funnel, NUMBER, buyer_name="Ines Fournier")
        Order.objects.update(ordered_at=timezone.now() - timedelta(days=3))
    walker = Walker(Client(REMOTE_ADDR="198.51.100.7"), merchant, funnel)
    walker.submit()
    walker.post("share")
    with merchant_scope(merchant):
        found: Claim = Claim.objects.select_related("listing").get()
    return found


def card(page: Page, heading: str) -> Any:
    """The part of the page under this heading."""
    return page.locator("section", has=page.get_by_role("heading", name=heading, exact=True))


def menu(page: Page, act: str) -> None:
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name=act).click()


def test_know_everything_about_a_claim(page: Page, staff: str, merchant: Merchant) -> None:
    claim = walked(merchant)
    page.goto(f"{staff}claims/")
    row = page.locator("#grid-region tbody tr")
    expect(row).to_contain_text("Yes")
    row.get_by_role("link", name="Ines Fournier").first.click()
    expect(page).to_have_url(re.compile(r"/customers/"))
    page.go_back()
    page.get_by_role("link", name="Edit the claim of Ines Fournier").click()

    expect(card(page, "Customer")).to_contain_text("ines@example.com")
    expect(card(page, "Customer")).to_contain_text("+33 1 23 45 67 89")
    product = card(page, "Product")
    expect(product).to_contain_text("Cold Brew Kit")
    expect(product.get_by_role("link", name=re.compile("Amazon"))).to_have_attribute("href", claim.listing.url)
    order = card(page, "Order").first
    expect(order).to_contain_text("Match")
    expect(order).to_contain_text(f"Order {NUMBER} of")
    expect(order.get_by_role("link", name=NUMBER)).to_be_visible()
    expect(order.get_by_role("row", name=re.compile("^Buyer"))).to_contain_text("Ines Fournier")
    feedback = card(page, "Rating and feedback")
    expect(feedback).to_contain_text("It leaks a little, but the coffee is good.")
    expect(feedback).to_contain_text("Did Redirect: Yes,")
    journey = card(page, "Funnel journey")
    for step in (
        "Opened the page",
        "Chose the product",
        "Gave the order number",
        "Submitted the claim",
        "Pressed Share",
    ):
        expect(journey.get_by_text(step, exact=True)).to_be_visible()
    expect(card(page, "Promotion and delivery")).to_contain_text("Barista guide")
    steps = card(page, "Required actions").locator("li b")
    expect(steps).to_have_text(["Check the order", "Verify the claim", "Send the gift by e-mail", "Mark as processed"])
    write_a_note(page)
    bring_it_to_its_end(page)


def write_a_note(page: Page) -> None:
    notes = card(page, "Notes")
    notes.get_by_label("Note").fill("Called; she is happy to wait.")
    notes.get_by_role("button", name="Add note").click()
    expect(notes.locator("li")).to_contain_text("Called; she is happy to wait.")
    expect(notes.locator("li")).to_contain_text("Ada Novak")


def bring_it_to_its_end(page: Page) -> None:
    """Nothing is sent before it is verified; what was given, when and by whom stays to be read, and can be taken back."""
    expect(page.get_by_role("button", name="Mark as Processed")).to_have_count(0)
    menu(page, "Send Gift by Email")
    expect(page.get_by_role("dialog")).to_contain_text("Why is it right nevertheless?")
    asked: list[str] = []
    # A browser fetches the icon when it pleases, so only pages and parts of pages are counted.
    page.on("request", lambda one: asked.append(one.url) if one.resource_type in {"document", "fetch", "xhr"} else None)
    page.get_by_role("dialog").get_by_role("link", name="Cancel").click()
    expect(page.locator("#dialog")).to_be_hidden()
    # Nothing is loaded behind somebody's back: the next press meets the page that is there.
    page.wait_for_timeout(300)
    assert asked == []
    page.get_by_role("button", name="Verify").click()
    expect(page.locator("h1 .badge")).to_have_text("Verified")
    page.get_by_role("button", name="Send Gift by Email").click()
    expect(card(page, "Promotion and delivery")).to_contain_text("Queued")
    page.get_by_role("button", name="Mark as Processed").click()
    done = card(page, "Processed")
    for words in ("Delivery status", "Queued", "Date processed", "Ada Novak", "Delivered"):
        expect(done).to_contain_text(words)
    page.get_by_role("button", name="Unprocess").click()
    history = card(page, "History")
    for words in ("Marked as processed", "Verified → Processed", "Unprocessed", "Processed → Verified", "Ada Novak"):
        expect(history.get_by_text(words).first).to_be_visible()
    menu(page, "Correct the e-mail address")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill("ines.fournier@example.com")
    dialog.get_by_label("Reason").fill("She wrote to us")
    dialog.get_by_role("button", name=re.compile("Correct")).click()
    expect(history.get_by_text("“She wrote to us”").first).to_be_visible()
    expect(card(page, "Customer")).to_contain_text("ines.fournier@example.com")


def test_ship_a_gift(page: Page, live_server: LiveServer, staff: str, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        claim = make_claim(funnel_with(physical=True, slug="mug"), email="ines@example.com")
    tracker = f"{live_server.url}/track/{claim.tracker_token}/"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.goto(f"{staff}claims/{claim.id}/")
    page.get_by_role("link", name="Verify", exact=True).first.click()
    page.get_by_label("Why is it right nevertheless?").fill("Receipt seen")
    page.get_by_role("dialog").get_by_role("button", name="Verify").click()
    expect(page.locator("h1 .badge")).to_have_text("Verified")
    parcel = card(page, "Promotion and delivery")
    expect(parcel.locator("address")).to_have_text("Inès Fournier\nRue de la Paix 4\n69001 Lyon\nFrance")
    expect(parcel).to_contain_text("Not shipped")
    parcel.get_by_role("button", name="Copy").click()
    # The notice comes once it is copied; others may stand above it.
    expect(page.locator(".toast").last).to_contain_text("Copied")
    address = "Inès Fournier\nRue de la Paix 4\n69001 Lyon\nFrance"
    assert until(lambda: page.evaluate("navigator.clipboard.readText()") == address)
    parcel.get_by_role("link", name="Print").click()
    expect(page).to_have_url(re.compile("/label/$"))
    expect(page.get_by_text("Rue de la Paix 4")).to_be_visible()
    page.go_back()
    parcel.get_by_label("Carrier").fill("UPS")
    parcel.get_by_label("Tracking number").fill("1Z999AA10123456784")
    page.get_by_role("button", name="Mark as Processed").click()
    done = card(page, "Processed")
    for words in ("Shipped", "Ceramic mug", "UPS", "1Z999AA10123456784", "Rue de la Paix 4", "Ada Novak"):
        expect(done).to_contain_text(words)
    page.goto(tracker)
    expect(page.get_by_text("Your gift was handed to UPS, parcel number 1Z999AA10123456784.")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Mark as Delivered").click()
    expect(page.get_by_role("button", name="Mark as Delivered")).to_have_count(0)
    expect(done).to_contain_text("Delivered")
    change_it_afterwards(page)


def change_it_afterwards(page: Page) -> None:
    """Unprocessed, the address can be changed; what was sent where stays in the history."""
    page.get_by_role("button", name="Unprocess").click()
    parcel = card(page, "Promotion and delivery")
    parcel.get_by_role("link", name="Change").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("City").fill("Paris")
    dialog.get_by_role("button").last.click()
    expect(parcel.locator("address")).to_contain_text("69001 Paris")
    history = card(page, "History")
    expect(history.get_by_text("Mailing address changed")).to_be_visible()
    expect(history.get_by_text(re.compile("1Z999AA10123456784")).first).to_be_visible()


OUTCOMES = {
    "Match": "contains “Cold Brew Kit”",
    "No such order": "No order of Amazon has this number",
    "Already claimed": "An earlier claim has the same order number.",
    "Wrong product": "does not contain “Cold Brew Kit”",
    "Too old": "the funnel takes orders of up to 30 days",
    "Other buyer": "was placed by somebody else",
    "Not checked": "No order number was given",
}


def claims_of_every_outcome(kit: Funnel) -> None:
    """Seven claims: each meets another order, or none."""
    numbers = {name: f"112-7391030-{place:07}" for place, name in enumerate(OUTCOMES, 1)}
    for name in ("Match", "Too old", "Other buyer"):
        make_order(kit, numbers[name], buyer_name="Somebody Else" if name == "Other buyer" else "Inès Fournier")
    make_order(kit, numbers["Wrong product"]).items.update(listing_id="B0OTHER001", sku="OTHER", title="Other")
    now = timezone.now()
    Order.objects.update(ordered_at=now - timedelta(days=5))
    Order.objects.filter(number=numbers["Too old"]).update(ordered_at=now - timedelta(days=45))
    numbers |= {"Already claimed": numbers["Match"], "Not checked": ""}
    for place, (name, number) in enumerate(numbers.items()):
        at = now - timedelta(minutes=30 - place)
        make_claim(kit, now=at, order_number=number, email=f"{place}@example.com", feedback=name)


def test_say_what_the_orders_say(page: Page, staff: str, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        claims_of_every_outcome(funnel_with(max_order_age_days=30, order_number="optional"))
    for name, words in OUTCOMES.items():
        page.goto(f"{staff}claims/?verification={name.lower().replace(' ', '_')}")
        row = page.locator("#grid-region tbody tr")
        expect(row).to_have_count(1)
        expect(row.locator(".badge", has_text=name)).to_be_visible()
        row.get_by_role("link", name=re.compile("^Edit")).click()
        order = card(page, "Order").first
        expect(order.locator(".badge", has_text=name)).to_be_visible()
        expect(order).to_contain_text(words)
        # What was thought of the product is the same everywhere, and changes nothing.
        expect(page.get_by_role("button", name="Verify")).to_have_count(1 if name == "Match" else 0)


def test_let_the_funnel_do_it_and_take_it_back(page: Page, staff: str, merchant: Merchant) -> None:
    claim = walked(merchant, auto_verify=True, auto_send=True)
    page.goto(f"{staff}claims/{claim.id}/")
    history = card(page, "History")
    for words in ("Verified", "Gift sent by e-mail"):
        item = history.locator("li", has=page.get_by_text(words, exact=True))
        expect(item.first).to_contain_text("System")
    menu(page, "Reject")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What the customer is told").fill("This order was refunded.")
    dialog.get_by_role("button", name="Reject").click()
    expect(history.get_by_text("Verified → Rejected").first).to_be_visible()
    page.goto(f"{staff.partition('/m/')[0]}/track/{claim.tracker_token}/")
    expect(page.get_by_role("heading", name="Your claim was not accepted")).to_be_visible()
    expect(page.get_by_text("This order was refunded.").first).to_be_visible()
