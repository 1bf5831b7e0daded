"""The sidebar in high and low windows: its foot is always in sight and covers nothing, and the open page is seen."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from config.navigation import FOOT, SIDEBAR
from tenancy.models import Merchant
from tenancy.roles import Role
from tests.claims_pages.factories import path, sign_in
from tests.support.seeing import enter
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
LINES = len(FOOT) + sum(len(pages) for _label, pages in SIDEBAR)
DESK: Any = {"width": 1440, "height": 900}
LOW: Any = {"width": 1440, "height": 720}
PHONE: Any = {"width": 390, "height": 844}
# 1280 by 1024 pixels at 400 per cent.
ZOOMED: Any = {"width": 320, "height": 256}
# Whether one could press its middle where it stands: it is in the window, in what scrolls, and under nothing.
IN_SIGHT = """link => {
    const box = link.getBoundingClientRect();
    const found = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return box.top > -1 && box.bottom < innerHeight + 1 && link.contains(found);
}"""


@pytest.fixture
def desk(page: Page, live_server: LiveServer, merchant: Merchant) -> Page:
    """A browser at the last page of the sidebar, whose owner sees every line."""
    enter(page, live_server.url, sign_in(merchant, Role.OWNER))
    page.goto(live_server.url + path(merchant, "erasure-requests"))
    expect(lines(page)).to_have_count(LINES)
    return page


def lines(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Main").locator("a")


def settings_of(page: Page) -> Locator:
    return lines(page).filter(has_text="Settings")


def in_sight(link: Locator) -> bool:
    return bool(until(lambda: link.evaluate(IN_SIGHT)))


def walk(page: Page) -> None:
    """Tab from the first line to the last; the line that has the focus is in sight."""
    links = lines(page)
    links.first.focus()
    for number in range(LINES):
        expect(links.nth(number)).to_be_focused()
        assert in_sight(links.nth(number))
        page.keyboard.press("Tab")


def test_see_every_page_at_once_on_a_desk(desk: Page) -> None:
    desk.set_viewport_size(DESK)
    desk.reload()
    assert all(in_sight(lines(desk).nth(number)) for number in range(LINES))


def test_keep_the_foot_in_sight_where_the_window_is_low(desk: Page) -> None:
    desk.set_viewport_size(LOW)
    desk.reload()
    assert in_sight(settings_of(desk))
    assert in_sight(lines(desk).filter(has_text="Erasure requests")), "the page that is open"
    walk(desk)
    settings_of(desk).click()
    expect(settings_of(desk)).to_have_attribute("aria-current", "page")


def test_see_the_open_page_without_scripts(
    browser: Browser, desk: Page, live_server: LiveServer, merchant: Merchant
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=LOW)
    context.add_cookies(desk.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(live_server.url + path(merchant, "erasure-requests"))
    last, nav = lines(page).filter(has_text="Erasure requests"), page.locator(".nav-pages")
    expect(settings_of(page)).to_be_in_viewport(ratio=1)
    line: Any = until(last.bounding_box)
    room: Any = until(nav.bounding_box)
    assert line["y"] >= room["y"]
    assert line["y"] + line["height"] <= room["y"] + room["height"]
    context.close()


def test_open_it_on_a_phone(desk: Page) -> None:
    desk.set_viewport_size(PHONE)
    desk.reload()
    desk.get_by_role("button", name="Open menu").click()
    expect(settings_of(desk)).to_be_visible()
    assert in_sight(settings_of(desk))
    walk(desk)


def test_reach_every_line_at_four_times_the_size(desk: Page) -> None:
    desk.set_viewport_size(ZOOMED)
    desk.reload()
    desk.get_by_role("button", name="Open menu").click()
    expect(lines(desk).first).to_be_visible()
    walk(desk)
