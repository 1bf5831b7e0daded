"""The browser's own ways in a list: Back while answers are on their way, a window beside it, a line that is cut."""

import re
from datetime import timedelta
from functools import partial
from typing import Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Funnel
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import funnel_with, make_claim, path, sign_in
from tests.support.seeing import enter
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
PEOPLE = 6


def come_in(funnel: Funnel, number: int) -> None:
    """Have a claim come in; the higher its number, the higher it stands in the list."""
    given = {"email": f"p{number}@example.com", "first_name": "Pat", "last_name": f"Number{number}"}
    made = timezone.now() - timedelta(hours=PEOPLE + 1 - number)
    make_claim(funnel, now=made, order_number=f"112-7391030-{number:07}", **given)


@pytest.fixture
def funnel(merchant: Merchant) -> Funnel:
    """A funnel through which six claims came in."""
    with merchant_scope(merchant):
        kit = funnel_with()
        for number in range(PEOPLE):
            come_in(kit, number)
        return kit


@pytest.fixture
def desk(page: Page, live_server: LiveServer, merchant: Merchant, funnel: Funnel) -> str:
    """The address of the list, in a browser in which an admin is signed in."""
    enter(page, live_server.url, sign_in(merchant, Role.ADMIN))
    return live_server.url + path(merchant, "claims")


def search(page: Page, words: str) -> None:
    page.locator("#q").fill(words)
    expect(page).to_have_url(re.compile(f"q={words}$"))
    expect(page.locator(".pager-total")).to_have_text("1 claim")


def hold(page: Page, address: str) -> list[Route]:
    """Keep back what the server is asked for at such an address."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(re.compile(address), keep)
    return held


def test_go_back_while_a_search_is_on_its_way(page: Page, desk: str) -> None:
    page.goto(desk)
    search(page, "Number1")
    search(page, "Number2")
    held = hold(page, "q=Number3")
    page.locator("#q").fill("Number3")
    assert until(lambda: held, page=page)
    page.go_back()
    expect(page.locator("tbody tr")).to_contain_text("Number1")
    # Its answer comes too late for anybody; the list goes on.
    held[0].continue_()
    page.get_by_role("link", name="Clear", exact=True).click()
    expect(page.locator(".pager-total")).to_have_text("6 claims")
    expect(page).to_have_url(desk)


def test_go_back_twice_at_once(page: Page, desk: str) -> None:
    page.goto(desk)
    search(page, "Number1")
    search(page, "Number2")
    held = hold(page, "q=Number1")
    back = "() => { setTimeout(() => history.back()); setTimeout(() => history.back(), 500) }"
    page.evaluate(back)
    assert until(lambda: held, page=page)
    expect(page).to_have_url(desk)
    expect(page.locator(".pager-total")).to_have_text("6 claims")
    for one in held:
        one.continue_()
    page.get_by_role("button", name="Compact rows").click()
    expect(page.locator("#grid-region")).to_have_attribute("data-density", "compact")
    expect(page.locator(".pager-total")).to_have_text("6 claims")


def test_show_no_other_list_where_the_way_back_fails(page: Page, desk: str) -> None:
    page.goto(desk)
    search(page, "Number1")
    search(page, "Number2")
    page.route(re.compile("q=Number1"), lambda route: route.fulfill(status=500, body="Something went wrong"))
    page.evaluate("() => { setTimeout(() => history.back()) }")
    expect(page.locator("body")).to_have_text("Something went wrong")
    page.unroute_all()
    page.reload()
    expect(page.locator("tbody tr")).to_contain_text("Number1")


def test_find_the_same_claims_ticked(page: Page, desk: str, merchant: Merchant, funnel: Funnel) -> None:
    """A browser ticks again by place, and in that place may stand another claim meanwhile."""
    page.goto(desk)
    row = page.locator("tbody tr", has_text="Number3")
    row.locator("[data-row]").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("1")
    row.get_by_role("link", name="Edit the claim").click()
    expect(page.get_by_role("heading", name="Pat Number3")).to_be_visible()
    with merchant_scope(merchant):
        come_in(funnel, PEOPLE)
    page.go_back()
    expect(page.locator(".pager-total")).to_have_text("7 claims")
    expect(row.locator("[data-row]")).to_be_checked()
    expect(page.locator("[data-row]:checked")).to_have_count(1)
    expect(page.locator("[data-bulk-count]")).to_have_text("1")
    page.get_by_role("button", name="Clear selection").click()
    expect(page.locator("[data-bulk]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-row]:checked")).to_have_count(0)


@pytest.mark.parametrize("key", ["Shift", "ControlOrMeta"])
def test_open_a_link_beside_the_list(page: Page, desk: str, key: Literal["Shift", "ControlOrMeta"]) -> None:
    page.goto(desk)
    for pressed in (page.locator("thead a[hx-boost]").first, page.get_by_role("link", name="90 days")):
        led = until(partial(pressed.get_attribute, "href"), page=page)
        with page.context.expect_page() as beside:
            pressed.click(modifiers=[key])
        expect(beside.value).to_have_url(re.compile(re.escape(str(led))))
        expect(page).to_have_url(desk)


def test_go_on_by_keyboard_where_the_button_is_gone(page: Page, desk: str) -> None:
    page.goto(f"{desk}?status=new")
    column = page.locator("thead").get_by_role("link", name="Status", exact=True)
    column.press("Enter")
    expect(page).to_have_url(re.compile("sort="))
    expect(column).to_be_focused()
    page.get_by_role("link", name="Clear", exact=True).press("Enter")
    expect(page).not_to_have_url(re.compile("status=new"))
    expect(page.locator("#grid-region")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#grid-region").locator(":focus")).to_have_count(1)


def test_say_once_that_nothing_comes_any_more(page: Page, desk: str) -> None:
    page.goto(desk)
    asked: list[str] = []
    page.on("requestfailed", lambda request: asked.append(request.url))
    page.route(re.compile("/progress/$"), lambda route: route.abort())
    page.evaluate(
        """() => {
        document.querySelector("#main").insertAdjacentHTML(
            "beforeend", '<div hx-get="./progress/" hx-trigger="every 200ms" hx-swap="outerHTML">Working</div>'
        );
        htmx.process(document.querySelector("#main"));
    }"""
    )
    assert until(lambda: len(asked) > 3, page=page)
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("No answer from the server.")
