"""A day at the list of claims: by keyboard, with views of one's own, from claim to claim and back, without scripts."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Claim
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import funnel_with, make_claim, make_order, path, sign_in
from tests.support.seeing import RULES, enter, faults
from tests.support.waiting import fits, until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
PEOPLE = 32


@pytest.fixture
def desk(page: Page, live_server: LiveServer, merchant: Merchant, request: pytest.FixtureRequest) -> str:
    """The address of a list with 32 new claims, in a browser in which an admin is signed in."""
    client = sign_in(merchant, Role.ADMIN)
    request.node.client = client
    with merchant_scope(merchant):
        kit, mug = funnel_with(), funnel_with(physical=True, slug="mug")
        make_order(kit)
        for number in range(PEOPLE):
            given = {"email": f"p{number:02}@example.com", "first_name": "Pat", "last_name": f"Number{number:02}"}
            made = timezone.now() - timedelta(hours=number + 1)
            make_claim(kit if number % 2 else mug, now=made, order_number=f"112-7391030-{number:07}", **given)
    request.node.complaints = enter(page, live_server.url, client)
    return live_server.url + path(merchant, "claims")


@pytest.fixture(autouse=True)
def quiet(request: pytest.FixtureRequest, desk: str) -> Iterator[None]:
    """The browser has nothing to complain about."""
    yield
    assert request.node.complaints == []


def focused(page: Page) -> Locator:
    """The row that has the focus."""
    return page.locator("tbody tr:focus")


def test_work_by_keyboard_alone(page: Page, desk: str) -> None:
    page.goto(desk)
    page.keyboard.press("/")
    page.keyboard.type("number0")
    expect(page).to_have_url(re.compile("q=number0$"))
    expect(page.locator("#grid-status")).to_have_text("10 claims, sorted by Submitted, descending")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(page.locator("#grid-status")).to_contain_text("32 claims")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    expect(focused(page)).to_contain_text("Number00")
    for key in ("j", "j", "k", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()
    page.keyboard.press("?")
    help_dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_dialog).to_contain_text("Back to the list")
    page.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()
    page.locator("tbody tr").nth(4).evaluate("row => { row.tabIndex = -1; row.focus() }")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Pat Number04")).to_be_visible()


def test_walk_from_claim_to_claim_and_come_back(page: Page, desk: str) -> None:
    page.goto(f"{desk}?sort=customer&promotion_type=digital")
    page.get_by_role("link", name="Edit the claim of Pat Number05").click()
    expect(page.get_by_role("heading", name="Pat Number05")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Pat Number07")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Pat Number05")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Pat Number03")).to_be_visible()
    page.get_by_role("link", name="Verify", exact=True).first.click()
    page.get_by_label("Why is it right nevertheless?").fill("Receipt seen")
    page.locator("#dialog").get_by_role("button", name="Verify").click()
    expect(page.locator(".toast")).to_contain_text("Verified.")
    expect(page.get_by_role("link", name="Next")).to_be_visible()
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(r"\?(?=.*sort=customer)(?=.*promotion_type=digital)(?=.*row=)"))
    expect(page.locator("tbody tr").nth(1)).to_be_focused()
    expect(focused(page)).to_contain_text("Number03")
    expect(focused(page)).to_contain_text("Verified")
    page.keyboard.press("j")
    expect(focused(page)).to_contain_text("Number05")


def test_leave_single_keys_alone_everywhere(page: Page, desk: str) -> None:
    page.goto(desk)
    page.keyboard.press("?")
    with page.expect_response(re.compile("/lists/shortcuts/")):
        page.get_by_label("Switch single-key shortcuts off").check()
    page.keyboard.press("Escape")
    page.context.clear_cookies(name="shortcuts")
    page.goto(desk)
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.locator("tbody tr:focus")).to_have_count(0)
    expect(page.locator("#shortcuts")).to_be_hidden()
    page.locator("tbody a[data-open]").first.click()
    expect(page.get_by_role("heading", name="Pat Number00")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Back to the list")).to_be_visible()
    expect(page.get_by_role("heading", name="Pat Number00")).to_be_visible()


def test_arrange_columns_and_find_them_again(page: Page, desk: str) -> None:
    page.goto(desk)
    head = page.locator("thead th[scope=col]:not(.c-select)")
    expect(head).to_have_count(16)
    page.get_by_role("button", name="Columns").click()
    columns = page.locator("#columns")
    for left, name in ((15, "E-mail"), (14, "Marketplace"), (13, "Promotion")):
        columns.get_by_label(name, exact=True).uncheck()
        expect(head).to_have_count(left)
        expect(columns.get_by_label(name, exact=True)).to_be_focused()
        expect(columns).to_be_visible()
    up = columns.get_by_role("button", name="Move Product up")
    up.focus()
    page.keyboard.press("Enter")
    expect(head.nth(1)).to_contain_text("Product")
    expect(up).to_be_focused()
    page.keyboard.press("Enter")
    expect(head.first).to_contain_text("Product")
    expect(columns.get_by_role("button", name="Move Product down")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Compact rows").click()
    expect(page.locator("#grid-region")).to_have_attribute("data-density", "compact")
    page.locator("#page-size").select_option("50")
    expect(page.locator("tbody tr")).to_have_count(PEOPLE)
    page.goto(desk)
    expect(head.first).to_contain_text("Product")
    expect(head).to_have_count(13)
    expect(page.locator("tbody tr")).to_have_count(PEOPLE)
    expect(page.locator("#grid-region")).to_have_attribute("data-density", "compact")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="Reset columns").click()
    expect(head).to_have_count(16)


def test_keep_views_and_share_them(
    page: Page, browser: Browser, live_server: LiveServer, desk: str, merchant: Merchant
) -> None:
    page.goto(f"{desk}?promotion_type=physical&sort=customer")
    page.get_by_role("link", name="Save view").click()
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Parcels")
    page.get_by_label("Share with the team").check()
    page.get_by_label("Open the list with it").check()
    assert faults(page, RULES) == []
    page.locator("#dialog").get_by_role("button", name="Save view").click()
    tab = page.get_by_role("navigation", name="Views").get_by_role("link", name="Parcels")
    expect(tab).to_have_attribute("aria-current", "page")
    expect(tab).to_contain_text("16")
    page.goto(desk)
    expect(tab).to_have_attribute("aria-current", "page")
    expect(page.locator(".pager-total")).to_have_text("16 claims")
    page.get_by_role("navigation", name="Views").get_by_role("link", name="All").click()
    expect(page.locator(".pager-total")).to_have_text("32 claims")
    tab.click()
    # What is pressed while the answer is on its way belongs to the list that goes.
    expect(page.locator(".pager-total")).to_have_text("16 claims")
    page.locator("[popovertarget=f-status]").click()
    page.locator("#f-status").get_by_label("New", exact=True).check()
    expect(page.locator(".view-changed")).to_be_visible()
    # The popover is open again in the list that has come.
    expect(page.locator("#f-status").get_by_label("New", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("[popovertarget=view-menu]").click()
    expect(page.locator("#view-menu")).to_be_visible()
    assert faults(page, RULES) == []
    page.get_by_role("button", name="Update with what is shown").click()
    expect(page.locator(".toast")).to_contain_text("up to date")
    colleague = browser.new_context()
    other = colleague.new_page()
    enter(other, live_server.url, sign_in(merchant, Role.VIEWER, "Vera Lind"))
    other.goto(desk)
    other.get_by_role("link", name="Parcels").click()
    expect(other.locator(".pill-value").first).to_contain_text("New")
    other.locator("[popovertarget=view-menu]").click()
    expect(other.locator("#view-menu")).to_be_visible()
    expect(other.get_by_role("link", name="Delete")).to_have_count(0)
    colleague.close()
    page.locator("[popovertarget=view-menu]").click()
    page.get_by_role("link", name="Delete").click()
    page.locator("#dialog").get_by_role("button", name="Delete").click()
    expect(tab).to_have_count(0)
    page.goto(desk)
    expect(page.locator(".pager-total")).to_have_text("32 claims")


def test_go_to_the_last_page_and_back_in_both_ways(page: Page, desk: str) -> None:
    page.goto(desk)
    page.get_by_role("link", name="Last page").click()
    expect(page.locator("tbody tr").last).to_contain_text("Number31")
    expect(page.locator("#grid-status")).to_contain_text("32 claims")
    page.get_by_role("link", name="Previous").click()
    expect(page.locator("tbody tr").first).to_contain_text("Number00")
    page.go_back()
    expect(page.locator("tbody tr").last).to_contain_text("Number31")
    page.get_by_role("link", name="First page").click()
    expect(page.locator("tbody tr").first).to_contain_text("Number00")


def test_use_it_at_phone_width(page: Page, desk: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(desk)
    assert fits(page, 390)
    first = page.locator("tbody tr").first
    expect(first.locator("th")).to_contain_text("Pat Number00")
    assert until(lambda: beside(first.locator("th"), first.locator(".p-side")))
    first.get_by_role("link", name="Edit the claim").click()
    expect(page.get_by_role("link", name="Back to the list")).to_be_visible()
    assert fits(page, 390)
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("heading", name="Pat Number01")).to_be_visible()


def beside(one: Locator, other: Locator) -> bool:
    """Whether they stand in one line."""
    here, there = one.bounding_box(), other.bounding_box()
    return here is not None and there is not None and abs(here["y"] - there["y"]) < 12


def test_do_all_of_it_without_scripts(
    browser: Browser, live_server: LiveServer, desk: str, request: pytest.FixtureRequest
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, live_server.url, request.node.client)
    page.goto(f"{desk}?promotion_type=digital")
    page.get_by_role("button", name="Columns").click()
    page.locator("#columns").get_by_label("E-mail", exact=True).uncheck()
    page.locator("#columns").get_by_role("button", name="Apply").click()
    expect(page.locator("thead")).not_to_contain_text("E-mail")
    page.get_by_role("button", name="Compact rows").click()
    expect(page.locator("#grid-region")).to_have_attribute("data-density", "compact")
    page.get_by_role("link", name="Save view").click()
    page.get_by_label("Name").fill("Letters")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_text("The view “Letters” is saved.")).to_be_visible()
    page.get_by_role("link", name="Edit the claim of Pat Number03").click()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("heading", name="Pat Number05")).to_be_visible()
    page.get_by_role("link", name="Verify", exact=True).first.click()
    page.get_by_label("Why is it right nevertheless?").fill("Receipt seen")
    page.get_by_role("button", name="Verify").click()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("tr[data-focus]")).to_contain_text("Number05")
    expect(page.locator(".tabs [aria-current]")).to_contain_text("Letters")
    page.locator("[popovertarget=view-menu]").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Open the list with this view").click()
    page.goto(desk)
    expect(page).to_have_url(re.compile("view="))
    page.locator("[popovertarget=view-menu]").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The view “Letters” is deleted.")).to_be_visible()
    context.close()


def test_find_the_claim_gone_from_the_filter(page: Page, desk: str, merchant: Merchant) -> None:
    page.goto(f"{desk}?status=new&sort=customer")
    page.get_by_role("link", name="Edit the claim of Pat Number09").click()
    expect(page.get_by_role("heading", name="Pat Number09")).to_be_visible()
    with merchant_scope(merchant):
        Claim.objects.filter(customer_name="Pat Number09").update(status="verified")
    page.reload()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Pat Number10")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Pat Number08")).to_be_visible()
