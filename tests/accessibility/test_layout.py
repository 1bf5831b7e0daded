"""What stands where: nothing is cut on a desk, nothing overlaps on a phone, and names stand in their own direction."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer
from jobs.models import Job
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.accessibility.conftest import Desk, Shop
from tests.claims_pages.factories import path, sign_in
from tests.client.browser import signed_in
from tests.support.seeing import enter
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
PHONE: Any = {"width": 390, "height": 844}
SMALL_DESK: Any = {"width": 1200, "height": 900}
# Whether a name's full stop stands on the left of its first letter.
TO_THE_LEFT = """one => {
    const words = document.createTreeWalker(one, NodeFilter.SHOW_TEXT).nextNode();
    const at = sign => {
        const range = document.createRange(), place = words.data.indexOf(sign);
        range.setStart(words, place);
        range.setEnd(words, place + 1);
        return range.getBoundingClientRect().left;
    };
    return at(".") < at("כ");
}"""


def box(one: Locator) -> Any:
    return until(one.bounding_box)


def shows_all(page: Page, selector: str) -> bool:
    """Whether nothing in these boxes lies beyond their edge."""
    every = "all => all.length > 0 && all.every(one => one.scrollWidth <= one.clientWidth + 1)"
    return bool(until(lambda: page.locator(selector).evaluate_all(every)))


def test_see_all_columns_of_the_overview_on_a_small_desk(desk: Desk) -> None:
    desk.page.set_viewport_size(SMALL_DESK)
    desk.open("overview")
    expect(desk.page.locator(".overview-scroll").first).to_be_visible()
    assert shows_all(desk.page, ".overview-scroll")


def test_see_all_sections_of_the_settings_on_a_desk(desk: Desk) -> None:
    desk.page.goto(desk.server + path(desk.shop.merchant, "settings", "general"))
    expect(desk.page.get_by_role("navigation", name="Sections of the settings")).to_be_visible()
    assert shows_all(desk.page, ".page > .tabs")


def test_see_on_a_phone_that_there_are_more_figures(desk: Desk) -> None:
    desk.page.set_viewport_size(PHONE)
    desk.open("claims")
    figures = desk.page.locator(".overview-figures > li")
    # As wide as a good month makes them.
    figures.evaluate_all("all => all.forEach(one => one.append('1,142.9% more, before: 1,400'))")
    second, third = box(figures.nth(1)), box(figures.nth(2))
    assert second["x"] + second["width"] <= PHONE["width"]
    assert third["x"] + 24 < PHONE["width"]


def test_keep_the_days_of_a_period_apart_on_a_phone(desk: Desk) -> None:
    desk.page.set_viewport_size(PHONE)
    desk.open("funnel")
    begin, end = box(desk.page.locator("#id_from")), box(desk.page.locator("#id_to"))
    card = box(desk.page.locator(".card", has=desk.page.locator("#id_to")).first)
    assert begin["x"] + begin["width"] + 8 <= end["x"]
    assert end["x"] + end["width"] < card["x"] + card["width"] - 8


def test_draw_no_dash_for_acts_that_there_are_not(browser: Browser, live_server: LiveServer, shop: Shop) -> None:
    with merchant_scope(shop.merchant):
        assert Job.objects.exists()
    context = browser.new_context(viewport=PHONE, locale="en-US")
    page = context.new_page()
    enter(page, live_server.url, sign_in(shop.merchant, Role.VIEWER))
    page.goto(live_server.url + path(shop.merchant, "jobs"))
    expect(page.locator("tbody tr").first).to_be_visible()
    lonely = page.locator("tbody td:not([data-label])", has_text="—").filter(visible=True)
    expect(lonely).to_have_count(0)
    context.close()


def test_end_a_name_in_its_own_direction(desk: Desk) -> None:
    shop = desk.shop
    with merchant_scope(shop.merchant):
        who = Customer.objects.order_by("id")[0]
        Customer.objects.filter(id=who.id).update(first_name="שרה", last_name="כהן ל.")
    places = {
        "list": (path(shop.merchant, "customers"), "tbody .who-name"),
        "page": (path(shop.merchant, "customers", who.id), "h1"),
        "way back": (path(shop.merchant, "customers", who.id), ".crumbs [aria-current]"),
        "facts": (path(shop.merchant, "customers", who.id), ".facts dd"),
    }
    for name, (address, selector) in places.items():
        desk.page.goto(desk.server + address)
        one = desk.page.locator(selector, has_text="כהן").first
        expect(one).to_be_visible()
        assert until(lambda: one.evaluate(TO_THE_LEFT)), name  # noqa: B023 - it is asked here


def test_keep_the_head_of_the_cockpit_in_one_line(browser: Browser, live_server: LiveServer, shop: Shop) -> None:
    with merchant_scope(shop.merchant):
        who = Customer.objects.order_by("id")[0]
    cookies: Any = [
        {"name": name, "value": one.value, "url": live_server.url}
        for name, one in signed_in(shop.merchant, who).client.cookies.items()
    ]
    context = browser.new_context(viewport=PHONE, locale="en-US")
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{live_server.url}/c/{shop.merchant.slug}/")
    leave = page.get_by_role("button", name="Sign out", exact=True)
    assert box(leave.locator("span"))["height"] < 30
    assert box(leave)["x"] + box(leave)["width"] <= PHONE["width"]
    context.close()
