"""What holds for every list of the staff: sort, filters, search, pages, columns, views, keys, files, with and without scripts."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer
from customers.services import find_or_create
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import sign_in
from tests.exports.destinations.test_pages import just_signed_in
from tests.exports.world import fill
from tests.journeys.lists import EVERY, LISTS, SLUG, columns, kinds
from tests.support.seeing import enter
from tests.support.waiting import fits, there, until

pytestmark = pytest.mark.usefixtures("transactional_db")
DESK: Any = {"width": 1440, "height": 900}
PHONE: Any = {"width": 390, "height": 844}
PEOPLE = 30


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return just_signed_in(sign_in(merchant, Role.OWNER))


@pytest.mark.parametrize("where", LISTS)
def test_offer_the_same_on_every_list(owner: Client, merchant: Merchant, where: str) -> None:
    answer = owner.get(f"/m/{SLUG}/{where}?page_size=25")
    page = answer.content.decode()
    # The whole state is in the address, the zone below the list, the chooser and the view beside it.
    for shown in ("Save view", "Columns", merchant.time_zone, 'id="grid-region"', "Compact rows"):
        assert shown in page, shown
    # Only what may be exported at all is offered as a file, and everything that may.
    assert bool(answer.context["export_view_url"]) == bool(LISTS[where].dataset)
    if not answer.context["page"].rows and not answer.context["filtered"]:
        empty = answer.context["empty"]
        assert (str(empty["title"]) in page, bool(str(empty["text"]) or empty["action"])) == (True, True)


@pytest.mark.parametrize("where", EVERY)
def test_sort_every_list_by_every_column_and_search_it(where: str) -> None:
    page = EVERY[where]
    assert [name for name in columns(page) if name not in page.sorts] == []
    assert page.default_sort.removeprefix("-") in page.sorts
    assert "q" in page.filterset_class.base_filters


def test_leave_no_list_out() -> None:
    assert kinds() - set(EVERY.values()) == set()


@pytest.fixture
def desk(page: Page, live_server: LiveServer, merchant: Merchant, owner: Client) -> Iterator[Page]:
    """The browser of an owner, before a business with something of everything, and thirty people more."""
    with merchant_scope(merchant):
        fill()
        made = timezone.now() - timedelta(days=9)
        for number in range(PEOPLE):
            given: dict[str, Any] = {
                "first_name": "Pat",
                "last_name": f"Number{number:02}",
                "actor": Actor.system(),
                "now": made,
            }
            find_or_create(email=f"pat{number:02}@example.com", **given)
    complaints = enter(page, live_server.url, owner)
    page.set_viewport_size(DESK)
    yield page
    assert complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("part", range(3))
def test_work_alike_on_every_list(desk: Page, live_server: LiveServer, part: int) -> None:
    """Sort without a new page, reach search and rows by keys, fit a phone."""
    for where in sorted(LISTS)[part::3]:
        desk.set_viewport_size(DESK)
        desk.goto(f"{live_server.url}/m/{SLUG}/{where}")
        desk.evaluate("window.here = true")
        rows = desk.locator("#grid-region tbody tr")
        if there(rows):
            desk.keyboard.press("j")
            expect(rows.first, where).to_be_focused()
        desk.keyboard.press("/")
        expect(desk.locator("#q")).to_be_focused()
        head = desk.locator("thead th:not([aria-sort]) a").first
        if there(head):
            head.click()
            expect(desk.locator("thead th[aria-sort]"), where).to_have_attribute("aria-sort", re.compile("ending$"))
            expect(desk).to_have_url(re.compile("[?&]sort="))
        # Nothing but the table was swapped.
        assert until(lambda: desk.evaluate("window.here")), where
        desk.set_viewport_size(PHONE)
        assert fits(desk, PHONE["width"]), where


@pytest.mark.browser
def test_keep_the_whole_state_in_the_address(
    desk: Page, browser: Browser, live_server: LiveServer, merchant: Merchant
) -> None:
    """A list is narrowed, sorted, paged and looked at, and opened by its address it is the same, without scripts too."""
    desk.goto(f"{live_server.url}/m/{SLUG}/customers/")
    total = desk.locator(".pager-total")
    with merchant_scope(merchant):
        expect(total).to_have_text(f"{Customer.objects.count()} customers")
    desk.keyboard.press("/")
    desk.keyboard.type("pat")
    expect(total).to_have_text(f"{PEOPLE} customers")
    desk.get_by_role("columnheader", name="E-mail").get_by_role("link").click()
    expect(desk.locator("tbody tr").first).to_contain_text("Number00")
    expect(desk.get_by_role("navigation", name="Pages")).to_be_visible()
    desk.get_by_role("link", name="Next").click()
    expect(desk.locator("tbody tr")).to_have_count(PEOPLE - 25)
    desk.get_by_role("button", name="Columns").click()
    desk.locator("#columns").get_by_label("Town", exact=True).uncheck()
    expect(desk.get_by_role("columnheader", name="Town")).to_have_count(0)
    desk.keyboard.press("Escape")
    address = until(lambda: "q=pat" in desk.url and desk.url)
    context = browser.new_context(java_script_enabled=False, viewport=DESK)
    context.add_cookies(desk.context.cookies())  # type: ignore[arg-type]
    other = context.new_page()
    other.goto(str(address))
    expect(other.locator(".pager-total")).to_have_text(f"{PEOPLE} customers")
    expect(other.locator("tbody tr")).to_have_text(until(lambda: desk.locator("tbody tr").all_text_contents()))
    expect(other.get_by_role("columnheader", name="Town")).to_have_count(0)
    # Where one page holds all, there is nothing to turn.
    other.locator("#page-size").select_option("50")
    other.locator(".pager").get_by_role("button", name="Apply").click()
    other.get_by_role("link", name="First page").click()
    expect(other.locator("tbody tr")).to_have_count(PEOPLE)
    expect(other.get_by_role("navigation", name="Pages")).to_have_count(0)
    expect(other.locator(".pager-zone")).to_contain_text(merchant.time_zone)
    other.locator("#q").fill("nobody at all")
    other.get_by_role("button", name="Apply").first.click()
    expect(other.get_by_text("Nothing matches")).to_be_visible()
    other.get_by_role("link", name="Clear filters").click()
    expect(other.locator("tbody tr").first).to_be_visible()
    context.close()


def fewer_than(most: int, rows: Locator) -> int:
    """How many rows there are, once they are fewer than that."""
    found = rows.count()
    return found if found < most else 0


@pytest.mark.browser
def test_keep_a_view_that_moves_along(
    desk: Page, browser: Browser, live_server: LiveServer, merchant: Merchant, owner: Client
) -> None:
    """A private view keeps "the last 7 days" as words, counts its rows, and is shared later."""
    desk.goto(f"{live_server.url}/m/{SLUG}/customers/")
    desk.get_by_role("button", name="Customer since", exact=True).click()
    desk.locator("#f-since").get_by_role("link", name="Last 7 days").click()
    expect(desk.locator(".pill-value")).to_have_text("Last 7 days")
    few = until(lambda: fewer_than(25, desk.locator("tbody tr")))
    desk.keyboard.press("Escape")
    desk.get_by_role("link", name="Save view").click()
    desk.get_by_label("Name").fill("New people")
    desk.locator("#dialog").get_by_role("button", name="Save view").click()
    tab = desk.get_by_role("navigation", name="Views").get_by_role("link", name="New people")
    expect(tab).to_contain_text(str(few))
    expect(desk).to_have_url(re.compile("since_from=6_days_ago&since_to=today"))
    colleague = browser.new_context(viewport=DESK)
    other = colleague.new_page()
    enter(other, live_server.url, sign_in(merchant, Role.VIEWER, "Vera Lind"))
    other.goto(f"{live_server.url}/m/{SLUG}/customers/")
    expect(other.get_by_role("link", name="New people")).to_have_count(0)
    desk.locator("[popovertarget=view-menu]").click()
    desk.get_by_role("link", name="Rename or share").click()
    desk.get_by_label("Share with the team").check()
    desk.locator("#dialog").get_by_role("button", name="Save").click()
    # It closes once the view is kept.
    expect(desk.locator("#dialog")).to_be_hidden()
    other.reload()
    other.get_by_role("link", name="New people").click()
    expect(other.locator(".pill-value")).to_have_text("Last 7 days")
    expect(other.locator("tbody tr")).to_have_count(few)
    colleague.close()


@pytest.mark.browser
def test_act_on_rows_one_by_one_and_together(desk: Page, live_server: LiveServer) -> None:
    desk.goto(f"{live_server.url}/m/{SLUG}/redeemed-rewards/?used=no")
    for key in ("j", "x", "j", "x"):
        desk.keyboard.press(key)
    bar = desk.get_by_role("form", name="Actions for selected rows")
    expect(bar).to_be_visible()
    expect(desk.locator("[data-bulk-count]")).to_have_text("2")
    desk.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    desk.get_by_role("link", name="View the delivery address").first.click()
    expect(desk.get_by_role("dialog").locator("dt").first).to_have_text("First name")
    desk.get_by_role("dialog").get_by_role("link", name="Close").click()
    expect(desk.get_by_role("dialog")).to_be_hidden()
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("link", name="Back to the list")).to_be_visible()


@pytest.mark.browser
def test_say_a_great_number_without_counting_it(
    desk: Page, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LISTS["customers/"], "count_cap", 20)
    desk.goto(f"{live_server.url}/m/{SLUG}/customers/")
    expect(desk.locator(".pager-total")).to_have_text("20+ customers")
