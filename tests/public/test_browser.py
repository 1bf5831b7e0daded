"""A customer in a browser, with scripts and without: the way to the claim, accessibility, phones."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Claim, Funnel, Product
from tenancy import pictures as images
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import make_funnel, make_product, make_promotion
from tests.public.pictures import a_picture
from tests.support.seeing import CONTRAST, RULES, faults
from tests.support.waiting import fits, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "aside"])]

SHOTS = os.environ.get("SCREENSHOTS", "")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


# How far things have moved since the page came.
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""


@pytest.fixture
def server() -> Iterator[str]:
    """A server of the test's own."""
    live = LiveServer("localhost")
    yield live.url
    live.stop()


@pytest.fixture
def mug(merchant: Merchant) -> Funnel:
    """A funnel with two products, one of them with a picture, and a gift that is shipped."""
    Merchant.objects.filter(pk=merchant.pk).update(accent="#0f6b5c", reply_to="hello@brew-bloom.example")
    with merchant_scope(merchant):
        kit = make_product()
        name = images.store(merchant.id, images.encode(a_picture()))
        Product.objects.filter(pk=kit.pk).update(image=name)
        filters = make_product("Paper filters, 100 pieces", asin="B0FILTER01", marketplaces="amazon etsy walmart")
        promotion = make_promotion(physical=True, value=18)
        return make_funnel(
            products=[kit, filters],
            promotion=promotion,
            headline="Thank you for brewing with us",
            intro="Tell us what you bought, and a ceramic mug is yours.",
            min_feedback=10,
            terms="One gift for each order, as long as stock lasts.",
        )


def look(page: Page, name: str) -> None:
    """Hold the page to the rules, light and dark, wide and narrow; keep pictures where SCREENSHOTS names a folder."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width, size in (("1440", DESK), ("390", PHONE)):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if SHOTS:
                path = Path(SHOTS) / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=path, full_page=True, animations="disabled")
            assert fits(page, size["width"]), name
        assert faults(page, RULES if scheme == "light" else CONTRAST) == [], f"{name} {scheme}"
    page.emulate_media(color_scheme="light")


def fill_in(page: Page, start: str, *, looking: bool) -> None:
    """Walk from the first page to the review by what stands on the pages."""
    see: Any = look if looking else (lambda *_: None)
    page.goto(start)
    see(page, "1-product")
    page.get_by_role("radio", name="Cold Brew Kit, Amazon").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Order number")).to_be_visible()
    see(page, "2-order")
    page.get_by_label("Order number").fill("112-7391030-0042617")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("In your own words").fill("short")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("5 more characters, please.").first).to_be_visible()
    see(page, "3-feedback")
    page.get_by_role("radio", name="4 of 5").check()
    page.get_by_label("In your own words").fill("Strong, clean and easy to wash.")
    page.get_by_role("button", name="Continue").click()
    for label, value in {
        "First name": "Ines",
        "Surname": "Fournier",
        "E-mail": "ines@example.com",
        "Street": "Rue des Fleurs",
        "House number": "8",
        "Postal code": "69001",
        "City": "Lyon",
    }.items():
        page.get_by_label(label, exact=label != "House number").fill(value)
    page.get_by_label("Country").select_option("FR")
    see(page, "4-contact")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Is everything right?")).to_be_visible()
    see(page, "5-review")


def sent(merchant: Merchant) -> Claim:
    with merchant_scope(merchant):
        found: Claim = Claim.objects.get()
    return found


def share(page: Page, merchant: Merchant) -> None:
    """Press Share and arrive at the marketplace, which is stood in for."""
    page.context.route(
        "https://www.amazon.com/**",
        lambda route: route.fulfill(body="<title>There</title><h1>There</h1>", content_type="text/html"),
    )
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_url("https://www.amazon.com/dp/B0BREWKIT1")
    assert sent(merchant).did_redirect_at is not None


def test_claim_with_scripts(page: Page, server: str, merchant: Merchant, mug: Funnel) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)
    fill_in(page, f"{server}/f/brew-bloom/brew-kit/", looking=True)
    page.get_by_role("button", name="Send my claim").click()
    expect(page.get_by_role("heading", name="Claim submitted")).to_be_visible()
    look(page, "6-submitted")
    claim = sent(merchant)
    assert (claim.rating, claim.ship_to["city"]) == (4, "Lyon")
    back = until(lambda: "/submitted/" in page.url and page.url)
    share(page, merchant)
    page.goto(str(back))
    assert until(lambda: page.evaluate("navigator.clipboard.readText()") == "Strong, clean and easy to wash.")
    page.get_by_role("link", name="Open it now").click()
    expect(page.get_by_role("heading", name="We are checking your claim")).to_be_visible()
    look(page, "7-tracker")
    assert [one for one in complaints if "422" not in one] == []


def test_claim_without_scripts(browser: Browser, server: str, merchant: Merchant, mug: Funnel) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="en-US")  # type: ignore[arg-type]
    page = context.new_page()
    fill_in(page, f"{server}/f/brew-bloom/brew-kit/", looking=False)
    page.get_by_role("button", name="Send my claim").click()
    expect(page.get_by_role("heading", name="Claim submitted")).to_be_visible()
    expect(page.get_by_text("Copy your words first")).to_be_visible()
    share(page, merchant)
    context.close()


def test_keep_everything_when_going_back(browser: Browser, server: str, mug: Funnel) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-US")
    page = context.new_page()
    fill_in(page, f"{server}/f/brew-bloom/brew-kit/", looking=False)
    page.get_by_role("link", name="Back").click()
    page.get_by_label("Surname").fill("Fournier-Lang")
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("In your own words")).to_have_value("Strong, clean and easy to wash.")
    expect(page.get_by_role("radio", name="4 of 5")).to_be_checked()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Surname")).to_have_value("Fournier-Lang")
    context.close()


def test_choose_stars_by_keyboard(page: Page, server: str, mug: Funnel) -> None:
    page.goto(f"{server}/f/brew-bloom/brew-kit/")
    page.get_by_role("radio", name="Cold Brew Kit, eBay").check()
    page.keyboard.press("Enter")
    page.get_by_label("Order number").fill("12-34567-89012")
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="1 of 5").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="3 of 5")).to_be_checked()


def test_first_view_is_small_and_stands_still(page: Page, server: str, mug: Funnel) -> None:
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{server}/f/brew-bloom/brew-kit/", wait_until="networkidle")
    assert until(lambda: page.evaluate(SHIFT) == 0)
    # Nothing is compressed here; over the wire it is about a quarter of this.
    assert sum(sizes) < 90_000, sizes


def test_say_closed_on_a_page_that_holds_up(page: Page, server: str, merchant: Merchant, mug: Funnel) -> None:
    with merchant_scope(merchant):
        Funnel.objects.update(closed_at=mug.created_at)
    page.goto(f"{server}/f/brew-bloom/brew-kit/")
    expect(page.get_by_role("heading", name=re.compile("closed"))).to_be_visible()
    look(page, "8-closed")
