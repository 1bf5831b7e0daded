"""A merchant does the day's claims in bulk: ticked rows, all that match, preview, progress, result, file, undo.

Web server, worker, database, queue and browser are the real ones.
"""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from claims_center.models import BulkAct, BulkRow, Claim, ClaimChange
from claims_center.services import verdicts
from ledger import checks
from ledger.models import Entry
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_center.bulking import Shop
from tests.claims_center.factories import NOW, STAFF, make_claim, make_funnel, make_pool, make_promotion
from tests.claims_pages.factories import sign_in
from tests.support.processes import StartWorker
from tests.support.seeing import enter, look
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
NEW, STRANGE, MUGS = 28, 3, 2


@pytest.fixture
def shop(merchant: Merchant) -> Merchant:
    """New claims that match, some that do not, and mugs to be shipped."""
    with merchant_scope(merchant):
        made = Shop(codes=10)
        for number in range(NEW):
            made.claim(customer_name=f"Customer {number:02}")
        for number in range(STRANGE):
            made.claim(verification="no_such_order", customer_name=f"Stranger {number}")
        for number in range(MUGS):
            made.claim("verified", "item", customer_name=f"Mug {number}")
    return merchant


def listed(page: Page, live: str, query: str = "") -> None:
    page.goto(f"{live}/m/brew-bloom/claims/?{query}")


def press(page: Page, act: str) -> None:
    page.get_by_role("form", name="Actions for selected rows").get_by_role("button", name=act, exact=True).click()


def tally(page: Page, label: str, number: int) -> None:
    line = page.locator(":is(.tally, .counts) > div", has=page.locator("dt", has_text=re.compile(rf"\s*{label}\s*$")))
    expect(line.locator("dd").first).to_have_text(str(number), timeout=60_000)


def test_do_a_days_claims_in_bulk(
    page: Page, browser: Browser, live: str, shop: Merchant, worker: object, tmp_path: Path
) -> None:
    client = sign_in(shop, Role.AGENT)
    complaints = enter(page, live, client)
    verify_two_ticked_ones(page, live)
    verify_all_that_match(page, live)
    read_the_results(page, tmp_path)
    undo_it(page)
    reject_with_a_reason_and_assign(page, live)
    without_scripts = browser.new_context(java_script_enabled=False)
    plain = without_scripts.new_page()
    enter(plain, live, client)
    process_without_scripts(plain, live)
    without_scripts.close()
    read_what_was_done(page, live)
    # The form that came back with its error is one that the browser notes too.
    assert [one for one in complaints if "422" not in one] == []
    with merchant_scope(shop):
        check_records()
    assert checks.run(shop.id).findings == []


def verify_two_ticked_ones(page: Page, live: str) -> None:
    listed(page, live, "status=new&verification=match")
    boxes = page.locator("[data-row]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    press(page, "Verify")
    tally(page, "Will be done", 2)
    assert look(page, "bulk-preview-few") == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Verify: 2 claims").click()
    tally(page, "Done", 2)


def verify_all_that_match(page: Page, live: str) -> None:
    listed(page, live, "status=new")
    page.locator("[data-all]").check()
    page.get_by_role("checkbox", name=re.compile("that match")).check()
    press(page, "Verify")
    tally(page, "Will be done", NEW - 2)
    tally(page, "Will be skipped", STRANGE)
    expect(page.get_by_text("The order check does not say Match").first).to_be_visible()
    expect(page.get_by_role("link", name="Stranger 0").first).to_be_visible()
    assert look(page, "bulk-preview") == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name=f"Verify: {NEW - 2} claims").click()
    # The page looks again by itself until the work is over.
    tally(page, "Done", NEW - 2)
    tally(page, "Skipped", STRANGE)


def read_the_results(page: Page, folder: Path) -> None:
    assert look(page, "bulk-result") == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name=re.compile(r"^Skipped")).click()
    expect(page.locator("#grid-region tbody tr")).to_have_count(STRANGE)
    expect(page.get_by_role("link", name="Stranger 1")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export this view").click()
    path = folder / "rows.csv"
    download.value.save_as(path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert (len(rows), sum(row["Result"] == "Done" for row in rows)) == (NEW - 2 + STRANGE, NEW - 2)


def undo_it(page: Page) -> None:
    page.get_by_role("button", name="Undo …").click()
    tally(page, "Will be done", NEW - 2)
    page.get_by_role("button", name=re.compile("Undo: Verify")).click()
    expect(page.get_by_role("link", name="This was undone")).to_be_visible()
    page.get_by_role("link", name="This was undone").click()
    tally(page, "Put back", NEW - 2)
    assert look(page, "bulk-undo") == []
    page.set_viewport_size({"width": 1440, "height": 900})


def reject_with_a_reason_and_assign(page: Page, live: str) -> None:
    listed(page, live, "verification=no_such_order")
    page.locator("[data-all]").check()
    press(page, "Reject")
    page.get_by_role("button", name=f"Reject: {STRANGE} claims").click()
    page.get_by_label("What the customer is told").fill("We could not find this order.")
    assert look(page, "bulk-reject") == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name=f"Reject: {STRANGE} claims").click()
    tally(page, "Done", STRANGE)
    listed(page, live, "status=rejected")
    page.locator("[data-all]").check()
    press(page, "Assign")
    page.get_by_label("Assigned to").select_option(label="Ada Novak")
    page.get_by_role("button", name="Count for this person").click()
    page.get_by_role("button", name=f"Assign: {STRANGE} claims").click()
    tally(page, "Done", STRANGE)


def process_without_scripts(page: Page, live: str) -> None:
    listed(page, live, "promotion_type=physical")
    boxes = page.locator("[data-row]")
    expect(boxes).to_have_count(MUGS)
    for place in range(MUGS):
        boxes.nth(place).check()
    press(page, "Mark as Processed")
    page.get_by_role("button", name=f"Mark as Processed: {MUGS} claims").click()
    tally(page, "Done", MUGS)


def read_what_was_done(page: Page, live: str) -> None:
    listed(page, live)
    page.get_by_role("link", name="Bulk actions").click()
    for words in ("Undo: Verify", "Reject", "Assign", "Mark as Processed"):
        expect(page.get_by_role("link", name=words, exact=True).first).to_be_visible()
    assert look(page, "bulk-acts") == []


def check_records() -> None:
    """Every change has its row of history and, but for assigning, its entry in the ledger."""
    done = BulkRow.objects.filter(outcome="+").count()
    assert (BulkAct.objects.count(), done) == (6, 2 + 2 * (NEW - 2) + 2 * STRANGE + MUGS)
    assert ClaimChange.objects.filter(event="claim.unverified").count() == NEW - 2
    assert Entry.objects.filter(event="claim.unverified", reverses__isnull=False).count() == NEW - 2
    assert Claim.objects.filter(status="rejected", status_reason="We could not find this order.").count() == STRANGE
    assert Claim.objects.filter(status="processed").count() == MUGS


def test_send_gifts_and_take_processing_back(page: Page, live: str, shop: Merchant, worker: object) -> None:
    with merchant_scope(shop):
        two = make_promotion("pool", pool=make_pool("CODE-0001", "CODE-0002", name="Two codes"), name="One of two")
        funnel = make_funnel(two, order_number="optional")
        for number in range(4):
            given = {"email": f"coder{number}@example.com", "last_name": "Coder", "order_number": ""}
            claim = make_claim(funnel, **given)
            Claim.objects.filter(id=claim.id).update(verification="match")
            if number:
                verdicts.verify(claim_id=claim.id, actor=STAFF, now=NOW)
    enter(page, live, sign_in(shop, Role.AGENT))
    listed(page, live, "q=coder")
    page.locator("[data-all]").check()
    press(page, "Send Gift by Email")
    # Two codes for three claims; the fourth is not verified. All of it is said before anything is done.
    tally(page, "Will be done", 2)
    tally(page, "Will be skipped", 2)
    page.get_by_role("button", name="Send Gift by Email: 2 claims").click()
    tally(page, "Done", 2)
    for act, label in (("Mark as Processed", "Done"), ("Unprocess", "Done")):
        listed(page, live, "q=coder&delivery=queued&delivery=sent&delivery=delivered")
        page.locator("[data-all]").check()
        press(page, act)
        page.get_by_role("button", name=f"{act}: 2 claims").click()
        tally(page, label, 2)
    with merchant_scope(shop):
        assert Claim.objects.filter(customer_name="Ann Coder", status="verified").count() == 3
    assert checks.run(shop.id).findings == []


def press_slowly(page: Page, name: str) -> None:
    """The page looks again by itself, and takes neither the focus nor the button that is being pressed away."""
    button = page.get_by_role("button", name=name)
    button.focus()
    look_twice(page)
    expect(button).to_be_focused()
    button.hover()
    page.mouse.down()
    look_twice(page)
    page.mouse.up()


def look_twice(page: Page) -> None:
    # The first answer is certainly in the page when the second one comes.
    for _look in range(2):
        with page.expect_response(re.compile("part=1")):
            pass


def shown_anew(page: Page, words: str) -> bool:
    page.reload()
    return page.get_by_text(words).count() > 0


def test_stop_an_act_in_the_middle(page: Page, live: str, shop: Merchant, start_worker: StartWorker) -> None:
    enter(page, live, sign_in(shop, Role.AGENT))
    listed(page, live, "status=new")
    page.locator("[data-all]").check()
    press(page, "Verify")
    page.get_by_role("button", name=re.compile("Verify: ")).click()
    # Nobody works yet: the page shows how far it is, and offers to stop.
    expect(page.get_by_role("button", name="Stop here")).to_be_visible()
    assert look(page, "bulk-progress") == []
    page.set_viewport_size({"width": 1440, "height": 900})
    press_slowly(page, "Stop here")
    expect(page.get_by_text("The work was stopped.").first).to_be_visible()
    start_worker()
    assert until(lambda: shown_anew(page, "Not reached"))
    with merchant_scope(shop):
        assert Claim.objects.filter(status="verified").count() == MUGS
