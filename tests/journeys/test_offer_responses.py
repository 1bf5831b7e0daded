"""Offer responses watched, changed in bulk and taken back; an offer assigned to a list; the member's wallet on a phone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from customers.models import Customer
from jobs.models import Job
from jobs.runner import run_one
from jobs.states import State
from ledger import checks
from offers.checks import check_responses
from offers.models import OfferResponse
from offers.services.using import clip, complete, reserve
from offers.states import Source, Status
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import sign_in
from tests.client.browser import signed_in
from tests.offers import factories as make
from tests.support.seeing import enter, look

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
STATUSES = list(Status)
COLUMNS = (
    *("Offer", "Type", "Member", "Certificate code", "Usage period", "Processing status"),
    *("Issued", "Expires", "Completed", "Source"),
)
# Each filter, what is chosen in it, and how many of the responses below it leaves.
FILTERS = (
    ("Processing status", "Shipping", 1),
    ("Offer", "Too early", 1),
    ("Type", "Percent off", len(STATUSES) + 2),
    ("Usage period", "Passed", 1),
    ("Usage period", "Not started", 1),
)


@pytest.fixture
def shop(merchant: Merchant) -> Merchant:
    """Responses in every status, one whose usage period has passed, one not started; and one of an offer with codes."""
    with merchant_scope(merchant):
        for number, status in enumerate(STATUSES):
            make.standing(status, make.offer(name=f"Status {number}"))
        make.give(make.passed(name="Too late"), source=Source.STAFF, actor=make.STAFF)
        make.give(make.not_started(name="Too early", offer_type="free_item", items="Mug"), make.member())
        make.give(make.offer(name="With a code", pool=make.pool(2)))
    return merchant


def run_jobs(merchant: Merchant) -> None:
    """What a worker would do: every job that is due."""
    with merchant_scope(merchant):
        waiting = list(Job.objects.filter(state=State.DUE).values_list("id", flat=True))
    for job_id in waiting:
        run_one(merchant.id, job_id)


def rows(page: Page) -> Any:
    return page.locator("#grid-region tbody tr")


def tally(page: Page, label: str, number: int) -> None:
    line = page.locator(":is(.tally, .counts) > div", has=page.locator("dt", has_text=re.compile(rf"\s*{label}\s*$")))
    expect(line.locator("dd").first).to_have_text(str(number))


def sound(merchant: Merchant) -> bool:
    with merchant_scope(merchant):
        return check_responses(merchant.id) == [] and checks.run(merchant.id).findings == []


def test_see_every_status_icon_column_and_filter(page: Page, live: str, shop: Merchant) -> None:
    complaints = enter(page, live, sign_in(shop, Role.ADMIN))
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live}/m/brew-bloom/")
    page.get_by_role("link", name="Offer Responses", exact=True).click()
    expect(page.get_by_text("Campaigns", exact=True)).to_be_visible()
    for number, status in enumerate(STATUSES):
        badge = (
            rows(page).filter(has_text=f"Status {number}").locator("[data-label='Processing status'] .badge, .badge")
        )
        expect(badge.filter(has_text=str(status.label)).first.locator("svg")).to_be_visible()
    for name, state in (("Status 0", "current"), ("Too late", "passed"), ("Too early", "not_started")):
        expect(rows(page).filter(has_text=name).locator(f".usage-{state} svg")).to_be_visible()
    legend = page.get_by_label("Legend")
    for words in ("Current", "Passed", "Not started", *(str(status.label) for status in STATUSES)):
        expect(legend.locator("li", has_text=words).first.locator("svg")).to_be_visible()
    for label in COLUMNS:
        expect(page.get_by_role("columnheader", name=label).first).to_be_attached()
    for pill, choice, number in FILTERS:
        page.goto(f"{live}/m/brew-bloom/offer-responses/")
        page.get_by_role("button", name=pill, exact=True).click()
        page.get_by_label(choice, exact=True).check()
        expect(rows(page)).to_have_count(number)
    assert look(page, "offer-responses") == []
    assert complaints == []


def test_change_many_with_preview_result_and_undo(page: Page, live: str, shop: Merchant) -> None:
    enter(page, live, sign_in(shop, Role.ADMIN))
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live}/m/brew-bloom/offer-responses/")
    page.locator("[data-all]").check()
    bar = page.get_by_role("form", name="Actions for selected rows")
    bar.get_by_role("button", name="Cancel responses", exact=True).click()
    tally(page, "Will be done", 7)
    tally(page, "Will be skipped", 3)
    for words in ("It has expired", "It is canceled already", "It was used"):
        expect(page.get_by_text(words).first).to_be_visible()
    page.get_by_label("Reason").fill("The season is over")
    page.get_by_role("button", name="Cancel responses: 7 responses").click()
    expect(page.get_by_text("Going through the rows").first).to_be_visible()
    run_jobs(shop)
    tally(page, "Done", 7)
    assert look(page, "offer-bulk-result") == []
    page.set_viewport_size({"width": 1440, "height": 900})
    with merchant_scope(shop):
        assert OfferResponse.objects.filter(status=Status.CANCELED).count() == 8
    page.get_by_role("button", name="Undo …").click()
    tally(page, "Will be done", 7)
    page.get_by_role("button", name=re.compile("Undo: Cancel")).click()
    expect(page.get_by_role("link", name="This was undone")).to_be_visible()
    run_jobs(shop)
    with merchant_scope(shop):
        assert OfferResponse.objects.filter(status=Status.CANCELED).count() == 1
    page.goto(f"{live}/m/brew-bloom/offer-responses/")
    page.get_by_role("link", name="Status 0").click()
    for words in ("The season is over", "A bulk action was undone"):
        expect(page.get_by_text(words).first).to_be_visible()
    assert sound(shop)


def test_assign_an_offer_to_a_list_of_members(page: Page, live: str, merchant: Merchant, tmp_path: Path) -> None:
    with merchant_scope(merchant):
        what = make.offer(name="Ten off", total_limit=2, member_limit=1, needs_clip=True)
        for number in range(3):
            make.member(card_number=f"471{number}", first_name=f"Member {number}")
        make.give(what, Customer.objects.get(card_number="4710"))
    path = tmp_path / "club.csv"
    path.write_text("card_number\n4710\n4711\n4712\n0815\n")
    enter(page, live, sign_in(merchant, Role.ADMIN))
    page.goto(f"{live}/m/brew-bloom/offers/{what.id}/")
    page.get_by_role("link", name="Assign to members").click()
    page.get_by_label("Members in a file").check()
    expect(page.get_by_label("Customer since, from")).to_be_hidden()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_label("Clipped").check()
    assert look(page, "offer-assign") == []
    page.get_by_role("button", name="Look at the preview").click()
    expect(page.get_by_text("1 line of club.csv names no member whom you know")).to_be_visible()
    tally(page, "Will be done", 1)
    for words in ("as often as one member may", "Nothing is left of the offer"):
        expect(page.get_by_text(words).first).to_be_visible()
    assert look(page, "offer-assign-preview") == []
    page.get_by_role("button", name="Assign offer: 1 member").click()
    expect(page.get_by_text("Going through the rows").first).to_be_visible()
    run_jobs(merchant)
    tally(page, "Done", 1)
    expect(page.get_by_role("row", name="Member 1")).to_contain_text("Clipped")
    page.get_by_role("button", name="Undo …").click()
    page.get_by_role("button", name=re.compile("Undo: Assign offer: 1 member")).click()
    expect(page.get_by_role("link", name="This was undone")).to_be_visible()
    run_jobs(merchant)
    with merchant_scope(merchant):
        found = OfferResponse.objects.order_by("issued_at").values_list("status", "source")
        assert list(found) == [(Status.PENDING, "member"), (Status.CANCELED, "bulk")]
    assert sound(merchant)


@pytest.fixture
def phone(browser: Browser, live: str, merchant: Merchant) -> Iterator[Page]:
    """A member's phone; the member is signed in."""
    with merchant_scope(merchant):
        mara = make.member(email="mara@example.com")
    size: Any = {"width": 390, "height": 844}
    context = browser.new_context(viewport=size, has_touch=True, is_mobile=True, reduced_motion="reduce")
    name = f"client-{merchant.public_id}"
    cookie = signed_in(merchant, mara).client.cookies[name].value
    context.add_cookies([{"name": name, "value": cookie, "url": live}])
    yield context.new_page()
    context.close()


def test_take_clip_and_show_an_offer_on_a_phone(phone: Page, live: str, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        mara = Customer.objects.get(email="mara@example.com")
        make.offer(name="Two for one", pool=make.pool(1), member_limit=1)
        make.offer(name="Gone", total_limit=0)
        hand = {"source": Source.STAFF, "actor": make.STAFF}
        make.give(make.offer(name="To clip", needs_clip=True, is_claimable=False), mara, **hand)
        early = make.give(make.not_started(name="Too early", is_claimable=False), mara, **hand)
        held = make.give(make.offer(name="At the till", is_claimable=False), mara, **hand)
        reserve(response_id=held.id, **make.by())
    phone.goto(f"{live}/c/brew-bloom/offers/")
    expect(phone.get_by_role("heading", name="Your wallet")).to_be_visible()
    for words in ("Nothing is left of this offer.", "You can use it from", "A till is using it at this moment."):
        expect(phone.get_by_text(words).first).to_be_visible()
    phone.get_by_role("button", name="Clip To clip").tap()
    expect(phone.get_by_text("Clipped: you can use it now.")).to_be_visible()
    phone.get_by_role("button", name="Get it Two for one").tap()
    expect(phone.get_by_text("The offer is yours.")).to_be_visible()
    assert look(phone, "client-offers") == []
    phone.set_viewport_size({"width": 390, "height": 844})
    with merchant_scope(merchant):
        row = OfferResponse.objects.exclude(code_value="").get()
    phone.get_by_role("link", name="Show code Two for one").tap()
    expect(phone.get_by_text(row.code_value, exact=True)).to_be_visible()
    for name in (f"QR code of {row.code_value}", f"Barcode of {row.code_value}"):
        expect(phone.get_by_role("img", name=name)).to_be_visible()
    assert look(phone, "client-coupon") == []
    with merchant_scope(merchant):
        complete(response_id=row.id, **make.by())
    phone.reload()
    expect(phone.get_by_text("You used it on")).to_be_visible()
    expect(phone.get_by_text(row.code_value)).to_have_count(0)
    with merchant_scope(merchant):
        clip(response_id=early.id, **make.by())
    assert sound(merchant)
