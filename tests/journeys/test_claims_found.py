"""Finding claims: every column and its sort, every filter, the search, what customers said, what stands out."""

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Claim
from claims_center.services import gifts, verdicts
from claims_center.services.answers import answer, open_question, report_missing_mail
from claims_center.services.marks import mark
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.desk import fill
from tests.claims_pages.factories import funnel_with, make_claim, path, sign_in
from tests.support.seeing import enter
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
COLUMNS = [
    "Submitted",
    "Customer",
    "E-mail",
    "Product",
    "Marketplace",
    "Order number",
    "Promotion",
    "Rating and feedback",
    "Did Redirect",
    "Verification",
    "Status",
    "Delivery status",
    "From the customer",
    "Signals",
    "Assigned to",
    "Edit",
]
FILTERS = {
    "Status": "Needs info",
    "Verification": "No such order",
    "Delivery status": "Bounced",
    "Funnel": "Mug for a photo",
    "Product": "Cold Brew Kit",
    "Marketplace": "Amazon",
    "Promotion type": "Physical",
    "Did Redirect": "No",
    "Assigned to": "Nobody",
    "Repeat customer": "Yes",
    "From the customer": "Customer answered",
    "Signals": "Same order number",
}
# The others are under "More filters".
PILLS = {"Status", "Verification", "Delivery status", "Funnel"}


@pytest.fixture
def desk(page: Page, live_server: LiveServer, merchant: Merchant, request: pytest.FixtureRequest) -> str:
    """The address of a list with claims in every state."""
    Merchant.objects.filter(id=merchant.id).update(time_zone="Europe/Warsaw")
    client = sign_in(merchant, Role.ADMIN)
    with merchant_scope(merchant):
        claims = fill(client.user, rounds=2)  # type: ignore[attr-defined]
        mark(claim_ids=[claim.id for claim in claims])
    request.node.complaints = enter(page, live_server.url, client)
    return live_server.url + path(merchant, "claims")


@pytest.fixture(autouse=True)
def quiet(request: pytest.FixtureRequest, desk: str) -> Iterator[None]:
    """The browser has nothing to complain about."""
    yield
    assert request.node.complaints == []


def test_sort_by_every_column(page: Page, desk: str) -> None:
    page.goto(desk)
    head = page.locator("thead th[scope=col]:not(.c-select)")
    expect(head).to_have_text([re.compile(f"^{name}$") for name in COLUMNS])
    expect(page.locator(".pager-zone")).to_contain_text("Europe/Warsaw")
    for name in COLUMNS[:-1]:
        for direction in ("ascending", "descending"):
            head.get_by_role("link", name=name, exact=True).click()
            expect(page.locator("#grid-status")).to_have_text(f"16 claims, sorted by {name}, {direction}")
            expect(page.locator(f"th[aria-sort={direction}]")).to_have_text(name)
    # A dash where the funnel did not ask.
    page.goto(f"{desk}?sort=order_number")
    expect(page.locator("tbody tr").first.locator("td[data-label='Order number']")).to_have_text(re.compile("^—"))


def test_filter_by_everything(page: Page, desk: str) -> None:
    page.goto(desk)
    for name, value in FILTERS.items():
        if name in PILLS:
            page.locator("button.pill").get_by_text(name, exact=True).click()
        else:
            page.get_by_role("button", name="More filters").click()
            page.locator("#f-more summary").get_by_text(name, exact=True).click()
        choice = page.get_by_label(value, exact=True).locator("visible=true").first
        choice.check()
        chosen = page.locator(".pillbox[data-on]")
        expect(chosen).to_have_text(re.compile(rf"^\s*{name}\s*{value}"))
        # The popover is open again in the list that has come.
        expect(choice).to_be_focused()
        page.keyboard.press("Escape")
        chosen.get_by_role("link", name=f"Remove the filter {name}").click()
        expect(chosen).to_have_count(0)
    page.goto(f"{desk}?submitted_from=2020-01-01&submitted_to=2020-12-31&processed_from=2020-01-01")
    expect(page.locator(".pillbox[data-on]")).to_have_count(2)
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()


@pytest.mark.parametrize("words", ["andrews", "duncan.andrews@", "1127391030", "112-7391030-0000001"])
def test_search_for_what_is_known(page: Page, desk: str, words: str) -> None:
    page.goto(desk)
    page.keyboard.press("/")
    page.keyboard.type(words)
    expect(page.locator("#grid-status")).not_to_have_text(re.compile("^16 "))
    expect(page.locator("tbody tr").get_by_text("Duncan Andrews").first).to_be_visible()


def test_search_by_phone_and_by_code(page: Page, desk: str, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        claim = make_claim(funnel_with(slug="phone"), email="p@example.com", last_name="Phone", phone="+33 612 345 678")
        verdicts.verify(claim_id=claim.id, reason="Seen", actor=Actor.system(), now=timezone.now())
        gifts.send_gift(claim_id=claim.id, actor=Actor.system(), now=timezone.now())
    for words in ("+33612345678", "barista-2026"):
        page.goto(desk)
        page.keyboard.press("/")
        page.keyboard.type(words)
        expect(page).to_have_url(re.compile(r"q="))
        expect(page.locator("#grid-status")).not_to_have_text(re.compile("^17 "))
        expect(page.locator("tbody tr").get_by_text("Inès Phone").first).to_be_visible()


def test_see_what_customers_said(page: Page, live_server: LiveServer, desk: str, merchant: Merchant) -> None:
    now = timezone.now()
    with merchant_scope(merchant):
        funnel = funnel_with(slug="answers", order_number="optional")
        asked = make_claim(funnel, email="ann@example.com", first_name="Ann", last_name="Asked", order_number="")
        missed = make_claim(funnel, email="meg@example.com", first_name="Meg", last_name="Missed", order_number="")
        verdicts.ask_info(claim_id=asked.id, reason="Which colour?", actor=Actor.system(), now=now)
        question = open_question(claim=Claim.objects.get(id=asked.id))
        answer(claim_id=asked.id, question=question, text="Blue", now=now)
        verdicts.verify(claim_id=missed.id, reason="Receipt", actor=Actor.system(), now=now)
        gifts.send_gift(claim_id=missed.id, actor=Actor.system(), now=now)
        report_missing_mail(claim_id=missed.id, now=now)
    page.goto(desk)
    page.get_by_role("navigation", name="Views").get_by_role("link", name="From customers").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody .badge", has_text="Customer answered")).to_have_count(1)
    expect(page.locator("tbody .badge", has_text="E-mail not received")).to_have_count(1)
    page.get_by_role("link", name="Edit the claim of Ann Asked").click()
    page.get_by_role("link", name="Verify", exact=True).first.click()
    page.get_by_label("Why is it right nevertheless?").fill("Blue it is")
    page.get_by_role("dialog").get_by_role("button", name="Verify").click()
    expect(page.locator("h1 .badge")).to_have_text("Verified")
    page.get_by_role("link", name="Back to the list").click()
    # Acted on: it waits for nobody any more.
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Meg Missed")


def test_see_what_stands_out_and_settle_it(page: Page, desk: str, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        funnel = funnel_with(slug="alike", order_number="optional")
        one, two = (
            make_claim(funnel, email=f"{name}@example.com", last_name=name, phone="+1 555 123 4567", order_number="")
            for name in ("one", "two")
        )
        assert mark(claim_ids=[two.id], with_others=True) == 2
    page.goto(f"{desk}?signal=same_phone&sort=customer")
    expect(page.locator("tbody .badge", has_text="Same phone number")).to_have_count(2)
    page.get_by_role("link", name="Edit the claim of Inès one").click()
    page.get_by_role("link", name="Nothing wrong").click()
    page.get_by_role("dialog").get_by_label("Why there is nothing wrong").fill("They share a household")
    page.get_by_role("dialog").get_by_role("button", name="Nothing wrong").click()
    expect(page.get_by_text("“They share a household”")).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Inès two")
    assert one.status == "new"


def test_say_what_to_do_where_there_is_nothing(page: Page, desk: str, merchant: Merchant) -> None:
    page.goto(f"{desk}?q=zzzzzz")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("link", name="Clear", exact=True).first.click()
    expect(page.locator("tbody tr")).to_have_count(16)
    # One page needs no paging.
    expect(page.get_by_role("navigation", name="Pages")).to_have_count(0)


class Slow:
    """Holds the list's answers back until `release`; how many are held."""

    def __init__(self, page: Page) -> None:
        self.held: list[Route] = []
        page.route(re.compile(r"/claims/\?"), self._take)

    def _take(self, route: Route) -> None:
        if route.request.headers.get("hx-request"):
            self.held.append(route)
        else:
            route.continue_()

    def release(self) -> None:
        """Let the earliest go."""
        self.held.pop(0).continue_()


def wait_for(page: Page, slow: Slow, number: int) -> None:
    assert until(lambda: len(slow.held) == number, page=page)


def test_lose_no_press_while_an_answer_is_on_its_way(page: Page, desk: str) -> None:
    page.goto(desk)
    slow = Slow(page)
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Processed").click()
    wait_for(page, slow, 1)
    page.locator("[popovertarget=f-delivery]").click()
    page.locator("#f-delivery").get_by_label("Shipped", exact=True).check()
    page.locator("#f-delivery").get_by_label("Delivered", exact=True).check()
    # Nothing more is asked for until the answer is there.
    page.wait_for_timeout(100)
    assert len(slow.held) == 1
    slow.release()
    for _one in range(2):
        wait_for(page, slow, 1)
        slow.release()
    expect(page).to_have_url(re.compile(r"(?=.*status=processed)(?=.*delivery=shipped)(?=.*delivery=delivered)"))
    expect(page.locator(".pillbox[data-on]")).to_have_count(2)
    expect(page.locator("#f-delivery")).to_be_visible()


def test_go_on_where_an_answer_fails(page: Page, desk: str, request: pytest.FixtureRequest) -> None:
    page.goto(desk)
    slow = Slow(page)
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Processed").click()
    wait_for(page, slow, 1)
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Verified").click()
    slow.held.pop(0).abort()
    wait_for(page, slow, 1)
    slow.release()
    expect(page).to_have_url(re.compile(r"status=verified"))
    expect(page.locator(".toast")).to_be_visible()
    request.node.complaints.clear()


def test_search_and_press_at_once(page: Page, desk: str) -> None:
    page.goto(desk)
    slow = Slow(page)
    page.locator("#q").fill("a")
    wait_for(page, slow, 1)
    # By the keyboard's way, which leaves the search where it is.
    page.locator("thead").get_by_role("link", name="Customer", exact=True).dispatch_event("click")
    page.wait_for_timeout(100)
    assert len(slow.held) == 1
    slow.release()
    wait_for(page, slow, 1)
    slow.release()
    expect(page).to_have_url(re.compile(r"(?=.*q=a)(?=.*sort=customer)"))
    expect(page.locator("#grid-status")).to_contain_text("sorted by Customer, ascending")


def test_type_the_moment_the_list_has_come(page: Page, desk: str) -> None:
    """The first letters are heard however early they come."""
    page.goto(desk)
    page.evaluate(
        """document.addEventListener("htmx:afterSwap", () => setTimeout(() => {
            const search = document.querySelector("#q");
            search.focus();
            search.value = "a";
            search.dispatchEvent(new Event("input", { bubbles: true }));
        }), { once: true })"""
    )
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Processed").click()
    page.wait_for_url(re.compile(r"(?=.*status=processed)(?=.*q=a)"))
