"""The interface in a browser: accessibility, keyboard, swaps, and the same without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.support.seeing import CONTRAST, RULES, faults
from tests.support.waiting import fits, until
from tests.ui.gallery.models import Row
from tests.ui.gallery.rows import make_rows

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db", "gallery_tables", "gallery")]

# A few rows are enough for axe, which takes its time over each.
FEW = "/?q=adrianna"
PAGES = [FEW, f"{FEW}&status=new&sku=JAR-CB&submitted_from=junk", "/?q=zzzz", "/detail/", "/form/", "/dashboard/",
         "/parts/", "/confirm/", "/address/", "/funnel/", "/error/404/", "/error/500/"]  # fmt: skip
OPENED = {
    "[popovertarget=f-status]": "#f-status",
    "[popovertarget=f-submitted]": "#f-submitted",
    "[popovertarget=f-more]": "#f-more",
    "[popovertarget=columns]": "#columns",
    "[popovertarget=user-menu]": "#user-menu",
    "[popovertarget=merchants]": "#merchants",
    "tbody a[aria-haspopup=dialog] >> nth=0": "#dialog",
}


@pytest.fixture
def server() -> Iterator[str]:
    """A server of the gallery's own: the shared one keeps the settings it was started with."""
    make_rows(60)
    live = LiveServer("localhost")
    yield live.url
    live.stop()


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """The page, which fails the test at its end if the browser complained about anything."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "422" not in message.text and "404" not in message.text:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


def test_is_accessible_on_every_page(page: Page, server: str) -> None:
    for address in PAGES:
        page.goto(server + address)
        page.emulate_media(color_scheme="light")
        assert faults(page, RULES) == [], address
        page.emulate_media(color_scheme="dark")
        assert faults(page, CONTRAST) == [], f"{address} in the dark"


def test_is_accessible_with_something_open(page: Page, server: str) -> None:
    page.goto(server + FEW)
    for opener, opened in OPENED.items():
        page.locator(opener).click()
        expect(page.locator(opened)).to_be_visible()
        assert faults(page, RULES, opened) == [], opened
        page.emulate_media(color_scheme="dark")
        assert faults(page, CONTRAST, opened) == [], f"{opened} in the dark"
        page.emulate_media(color_scheme="light")
        page.keyboard.press("Escape")


def test_is_accessible_after_a_form_was_refused(page: Page, server: str) -> None:
    page.goto(f"{server}/form/")
    page.evaluate("document.querySelector('form.form').noValidate = true")
    page.locator(".form-actions .btn-primary").click()
    expect(page.locator(".note-bad")).to_be_focused()
    assert faults(page, RULES) == []
    page.locator(".note-bad a").first.click()
    expect(page.locator("#id_email")).to_be_focused()


def test_fits_a_phone_without_scrolling_sideways(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for address in PAGES:
        page.goto(server + address)
        assert fits(page, 390), address
    page.goto(server)
    page.locator("[popovertarget=side]").click()
    expect(page.get_by_role("link", name="Offer Responses")).to_be_visible()
    assert faults(page, RULES) == []


def test_applies_a_filter_at_once_and_keeps_its_popover_open(page: Page, server: str) -> None:
    page.goto(f"{server}/?sort=customer")
    page.evaluate("window.stays = true")
    page.locator("[popovertarget=f-status]").click()
    page.get_by_label("New", exact=True).check()
    expect(page).to_have_url(re.compile(r"\?(?=.*status=new)(?=.*sort=customer)(?!.*q=)"))
    expect(page.locator("#f-status")).to_be_visible()
    expect(page.get_by_label("New", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#grid-status")).to_contain_text("sorted by Customer, ascending")
    assert until(lambda: page.evaluate("window.stays"))
    page.go_back()
    expect(page.locator(".pill-x")).to_have_count(0)
    expect(page.locator(".sidebar, .side")).to_have_count(1)


def test_searches_while_typing_and_keeps_the_caret(page: Page, server: str) -> None:
    page.goto(server)
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("adrianna")
    expect(page).to_have_url(re.compile(r"q=adrianna$"))
    expect(page.locator("tbody tr").first).to_contain_text("Adrianna")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type(" l")
    expect(page.locator("#q")).to_have_value("adrianna l")
    expect(page).to_have_url(re.compile(r"q=adrianna(\+|%20)l$"))


def test_moves_selects_and_opens_rows_by_keys(page: Page, server: str) -> None:
    page.goto(server)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator("[data-row]:checked")).to_have_count(2)
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/detail/$"))


def test_leaves_single_keys_alone_once_they_are_switched_off(page: Page, server: str) -> None:
    page.goto(server)
    page.keyboard.press("?")
    page.get_by_label("Switch single-key shortcuts off").check()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(page.locator("#shortcuts")).to_be_hidden()
    expect(page.locator("tbody tr:focus")).to_have_count(0)


def test_selects_the_page_and_then_all_that_match(page: Page, server: str) -> None:
    page.goto(f"{server}/?status=new&status=processed&status=verified&status=rejected&status=needs_info")
    page.get_by_label("Select all rows on this page").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("25")
    page.get_by_label(re.compile("All 60 rows that match")).check()
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Verify").click()
    body = sent.value.post_data or ""
    assert "all=1" in body
    assert "query=status%3Dnew" in body


def test_opens_a_question_in_a_dialog_and_goes_on_after_it(page: Page, server: str) -> None:
    page.goto(f"{server}/detail/")
    page.get_by_role("link", name="Send Gift by Email").click()
    dialog = page.get_by_role("dialog", name="Send the gift?")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Send Gift by Email").click()
    dialog.get_by_role("button", name="Send Gift by Email").click()
    expect(page).to_have_url(f"{server}/")
    expect(page.locator(".toast")).to_contain_text("Gift sent.")


def test_remembers_light_and_dark(page: Page, server: str) -> None:
    page.goto(server)
    page.locator("[data-theme-toggle]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(f"{server}/detail/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_sends_a_form_once_however_often_it_is_pressed(page: Page, server: str) -> None:
    page.goto(f"{server}/confirm/")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.evaluate("const b = document.querySelector('.dialog-foot [type=submit]'); b.click(); b.click(); b.click()")
    expect(page).to_have_url(f"{server}/")
    assert len(posts) == 1


def test_leads_back_to_the_list_as_it_was_left(page: Page, server: str) -> None:
    page.goto(f"{server}/?status=new&sort=customer")
    page.locator("tbody th a").first.click()
    page.get_by_label("Breadcrumb").get_by_role("link", name="Claims Center").click()
    expect(page).to_have_url(re.compile(r"\?status=new&sort=customer$"))


def test_hides_a_column_and_keeps_the_choice_in_the_address(page: Page, server: str) -> None:
    page.goto(server)
    page.locator("[popovertarget=columns]").click()
    page.locator("#columns").get_by_label("Marketplace").uncheck()
    expect(page).to_have_url(re.compile(r"columns=customer(?!.*shop)"))
    expect(page.locator("thead")).not_to_contain_text("Marketplace")
    expect(page.locator("#columns")).to_be_visible()


def test_does_all_its_work_without_scripts(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server)
    page.locator("[popovertarget=f-status]").click()
    page.locator("#f-status").get_by_label("Processed", exact=True).check()
    page.locator("#f-status").get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("status=processed"))
    expect(page.locator("tbody tr")).to_have_count(min(25, Row.objects.filter(status="processed").count()))
    page.get_by_role("link", name="Submitted").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Submitted")
    page.goto(f"{server}/?sort=customer")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="Previous")).to_be_visible()
    page.locator("[data-row]").first.check()
    page.get_by_role("button", name="Mark as Processed").click()
    expect(page.get_by_role("heading", name="Send the gift?")).to_be_visible()
    page.get_by_role("button", name="Send Gift by Email").click()
    expect(page.get_by_text("Gift sent.")).to_be_visible()
    context.close()
