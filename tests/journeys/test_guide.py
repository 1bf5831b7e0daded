"""Help and tour, as somebody meets them on the first day."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.desk import fill
from tests.claims_pages.factories import path, sign_in
from tests.support.seeing import enter
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]


@pytest.fixture
def base(page: Page, live_server: LiveServer, merchant: Merchant) -> str:
    """The merchant's address, with an agent signed in for the first time."""
    client = sign_in(merchant, Role.AGENT)
    with merchant_scope(merchant):
        fill(client.user, rounds=1)  # type: ignore[attr-defined]
    enter(page, live_server.url, client)
    return live_server.url + path(merchant)


def test_take_the_tour_on_the_first_day_and_again_from_the_help(page: Page, base: str) -> None:
    page.goto(f"{base}claims/")
    page.get_by_role("link", name="Take the tour").click()
    tour = page.locator("#tour")
    with page.expect_response("**/help/tour/**"):
        seen = walk_along(page, tour)
    assert (len(seen), len(set(seen))) == (6, 6)
    page.reload()
    expect(page.locator("[data-tour-offer]")).to_have_count(0)
    page.get_by_role("link", name="Help for this page").click()
    page.get_by_role("link", name="Start the tour").click()
    expect(tour.get_by_role("heading")).to_have_text(seen[0])
    page.keyboard.press("ArrowRight")
    expect(tour.get_by_role("heading")).to_have_text(seen[1])
    tour.get_by_role("button", name="Back").click()
    expect(tour.get_by_role("heading")).to_have_text(seen[0])
    tour.get_by_role("button", name="Leave the tour").click()
    expect(tour).to_be_hidden()
    expect(page).to_have_url(re.compile("/claims/$"))


def walk_along(page: Page, tour: Locator) -> list[str]:
    """Go through the tour to its end; the heading of each step, whose words stand inside the window."""
    place = tour.locator("[data-tour-place]")
    expect(place).to_have_text(re.compile(r"^step 1 of \d$"))
    steps = until(lambda: int(place.inner_text().rpartition(" ")[2]))
    seen = []
    for number in range(1, steps + 1):
        expect(place).to_have_text(f"step {number} of {steps}")
        seen.append(until(lambda: tour.get_by_role("heading").inner_text()))
        assert until(lambda: within(page, tour.locator("[data-tour-box]")))
        tour.get_by_role("button", name="Next" if number < steps else "Done").click()
    expect(tour).to_be_hidden()
    return seen


def within(page: Page, box: Locator) -> bool:
    """Whether it stands inside the window."""
    found, size = box.bounding_box(), page.viewport_size
    assert size
    if found is None or found["x"] < 0 or found["y"] < 0:
        return False
    return found["x"] + found["width"] <= size["width"] and found["y"] + found["height"] <= size["height"]


@pytest.mark.parametrize("size", [(390, 844), (320, 256)], ids=["phone", "four times the size"])
def test_take_the_tour_in_a_small_window(page: Page, base: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{base}claims/#tour")
    assert walk_along(page, page.locator("#tour"))


def test_read_instead_where_there_are_no_scripts(browser: Browser, page: Page, base: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    plain = context.new_page()
    plain.goto(f"{base}claims/")
    expect(plain.locator("#tour")).to_be_hidden()
    plain.get_by_role("link", name="Take the tour").click()
    expect(plain).to_have_url(re.compile(r"/help/claims/#how$"))
    plain.goto(f"{base}claims/?status=new")
    plain.get_by_role("button", name="No, thanks").click()
    expect(plain).to_have_url(re.compile(r"/claims/\?status=new$"))
    expect(plain.locator("[data-tour-offer]")).to_have_count(0)
    context.close()


def test_find_an_answer_in_the_help(page: Page, base: str) -> None:
    page.goto(f"{base}deliveries/?all=1")
    page.get_by_role("link", name="Help for this page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deliveries")
    page.locator("summary", has_text="nothing came").click()
    expect(page.get_by_text("perhaps among unwanted mail")).to_be_visible()
    for picture in until(lambda: page.locator(".guide-walk img").all()):
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        expect(picture).not_to_have_js_property("naturalWidth", 0)
    page.get_by_role("link", name="All help pages").click()
    page.get_by_label("Search the help").fill("unprocess")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="A claim", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A claim")
