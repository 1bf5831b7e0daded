"""The catalogue's pages in a browser: accessible, fit for a phone, and of use without scripts."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Funnel, Journey, Product
from tenancy import pictures as images
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import LONG_AGO, make_funnel, make_product, make_promotion
from tests.public.pictures import a_picture
from tests.support.seeing import CONTRAST, RULES, faults
from tests.support.waiting import fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "aside"])]

SHOTS = os.environ.get("SCREENSHOTS", "")
SIZES = {"1440": {"width": 1440, "height": 900}, "390": {"width": 390, "height": 844}}


@pytest.fixture
def server() -> Iterator[str]:
    live = LiveServer("localhost")
    yield live.url
    live.stop()


@pytest.fixture
def funnel(merchant: Merchant) -> Funnel:
    with merchant_scope(merchant):
        kit = make_product()
        name = images.store(merchant.id, images.encode(a_picture()))
        Product.objects.filter(pk=kit.pk).update(image=name)
        filters = make_product("Paper filters, 100 pieces", asin="B0FILTER01", marketplaces="amazon etsy")
        message = "Hello {first_name},\n\nthank you for buying {product}. Your code is {code}."
        guide = make_promotion(message=message)
        found = make_funnel(products=[kit, filters], promotion=guide, intro="Tell us what you bought.")
        for number in range(40):
            started = LONG_AGO if number % 2 else None
            Journey.objects.create(funnel=found, visited_at=LONG_AGO, started_at=started)
        make_funnel(
            slug="mug",
            name="Winter mug",
            products=[kit],
            promotion=make_promotion(physical=True, name="Mug"),
            published_at=None,
        )
    return found


@pytest.fixture
def sign_in(admin: Client) -> Callable[..., Page]:
    def open_page(browser: Browser, server: str, *, scripts: bool = True) -> Page:
        context = browser.new_context(java_script_enabled=scripts, locale="en-US", reduced_motion="reduce")
        value = admin.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server}])
        return context.new_page()

    return open_page


def look(page: Page, name: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width, size in SIZES.items():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if SHOTS:
                path = Path(SHOTS) / f"cat-{name}-{width}-{scheme}.png"
                page.screenshot(path=path, full_page=True, animations="disabled")
            assert fits(page, size["width"]), name
        assert faults(page, RULES if scheme == "light" else CONTRAST) == [], f"{name} {scheme}"


def test_every_page_holds_up(
    browser: Browser, server: str, merchant: Merchant, funnel: Funnel, sign_in: Callable[..., Page]
) -> None:
    page = sign_in(browser, server)
    with merchant_scope(merchant):
        product = funnel.funnel_products.get(position=0).product_id
    pages = {
        "products": "products/",
        "product": f"products/{product}/",
        "promotions": "promotions/",
        "promotion": f"promotions/{funnel.promotion_id}/",
        "funnels": "funnels/",
        "funnel": f"funnels/{funnel.id}/",
        "funnel-form": f"funnels/{funnel.id}/edit/",
        "funnel-new": "funnels/new/",
        "insert": f"funnels/{funnel.id}/insert/",
    }
    for name, address in pages.items():
        page.goto(f"{server}/m/brew-bloom/{address}")
        look(page, name)


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("size", ["small", "medium", "poster"])
def test_print_a_sheet_on_one_page(
    browser: Browser, server: str, funnel: Funnel, sign_in: Callable[..., Page], paper: str, size: str
) -> None:
    page = sign_in(browser, server)
    page.goto(f"{server}/m/brew-bloom/funnels/{funnel.id}/insert/?paper={paper}&size={size}")
    printed = page.pdf(prefer_css_page_size=True)
    if SHOTS:
        (Path(SHOTS) / f"insert-{paper}-{size}.pdf").write_bytes(printed)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_build_without_scripts(browser: Browser, server: str, funnel: Funnel, sign_in: Callable[..., Page]) -> None:
    page = sign_in(browser, server, scripts=False)
    page.goto(f"{server}/m/brew-bloom/funnels/{funnel.id}/edit/")
    page.get_by_label("Headline", exact=False).first.fill("Typed, not saved")
    page.get_by_role("button", name="Move Paper filters, 100 pieces up").click()
    expect(page.locator(".picker-list").first).to_have_text(re.compile(r"^\s*Paper filters"), use_inner_text=True)
    expect(page.get_by_label("Headline", exact=False).first).to_have_value("Typed, not saved")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview every page").click()
    expect(opened.value.get_by_role("heading", name="Typed, not saved")).to_be_visible()
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Typed, not saved").first).to_be_visible()


def test_make_a_product_without_scripts(
    browser: Browser, server: str, merchant: Merchant, sign_in: Callable[..., Page]
) -> None:
    page = sign_in(browser, server, scripts=False)
    page.goto(f"{server}/m/brew-bloom/products/new/")
    page.get_by_label("Title").fill("Steel filter")
    page.get_by_role("button", name="More lines").click()
    fields = page.get_by_role("group", name="Listing 5")
    fields.get_by_label("Marketplace").select_option("amazon")
    fields.get_by_label("Listing id").fill("B0STEEL001")
    fields.get_by_label("Detail page").fill("https://www.amazon.com/dp/B0STEEL001")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Steel filter")).to_be_visible()
    with merchant_scope(merchant):
        assert Product.objects.get().listings.get().listing_id == "B0STEEL001"


def test_show_only_the_field_that_the_gift_needs(
    browser: Browser, server: str, merchant: Merchant, sign_in: Callable[..., Page]
) -> None:
    page = sign_in(browser, server, scripts=False)
    page.goto(f"{server}/m/brew-bloom/promotions/new/")
    page.get_by_role("radio", name="Item to ship").check()
    expect(page.get_by_label("Item", exact=False).last).to_be_visible()
    expect(page.locator("#id_fixed_code")).to_be_hidden()
    page.get_by_role("radio", name="One fixed code").check()
    expect(page.locator("#id_fixed_code")).to_be_visible()
