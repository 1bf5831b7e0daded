"""Points, for real: the rules set, a file brought in, points given by one and agreed to by another, spent, seen again."""

import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from jobs.models import Job
from jobs.runner import run_one
from ledger.checks import run
from ledger.selectors import usable_balance
from ledger.units import Unit
from loyalty.models import PointAdjustment
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.loyalty import factories as make
from tests.support.seeing import enter, look

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
FILE = "reference,card_number,amount,occurred_at\nS-1,C-1,120.00,2026-01-05\nS-2,C-1,40.00,2026-02-05\n"


@pytest.fixture(autouse=True)
def uploads(settings: object, tmp_path: Path) -> None:
    """A folder of the test's own for files."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def seen(page: Page, name: str) -> None:
    """Look at the page at both widths, light and dark, and go back to the desk."""
    assert look(page, name) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


def import_file(page: Page, here: str, folder: Path, merchant: Merchant) -> None:
    page.goto(f"{here}/purchases/")
    page.get_by_role("link", name="Import purchases").first.click()
    page.get_by_label("What the file holds").select_option("purchases")
    file = folder / "purchases.csv"
    file.write_text(FILE)
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("progress")).to_be_visible()
    with merchant_scope(merchant):
        job = Job.objects.get(kind="import.apply")
    run_one(merchant.id, job.id)
    expect(page.get_by_role("heading", name="What was done")).to_be_visible()


def test_from_the_rule_to_the_statement(
    page: Page, browser: Browser, live_server: object, merchant: Merchant, tmp_path: Path
) -> None:
    server: str = live_server.url  # type: ignore[attr-defined]
    here = server + path(merchant, "").rstrip("/")
    with merchant_scope(merchant):
        who = make.customer(card_number="C-1", first_name="Mara", last_name="Lind")
    complaints = enter(page, server, sign_in(merchant, Role.OWNER, name="Olga Owner"))

    # The owner sets the rule.
    page.goto(f"{here}/settings/points/")
    page.get_by_label("Points for each unit of currency").fill("2")
    page.get_by_label("Adjustments above this need a second person").fill("100")
    page.get_by_label("Value of a point").fill("0.01")
    seen(page, "points-settings")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The rules for points are saved.")).to_be_visible()

    # A file of purchases earns points.
    import_file(page, here, tmp_path, merchant)
    page.goto(f"{here}/purchases/")
    seen(page, "purchases")
    page.get_by_role("link", name="S-1", exact=True).click()
    expect(page.get_by_role("heading", name="Its lot of points")).to_be_visible()

    # Goods come back: their share of the points goes.
    page.get_by_role("link", name="Record a return").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Number of the return").fill("R-1")
    dialog.get_by_label("Amount").fill("60")
    dialog.get_by_role("button", name="Record the return").click()
    expect(page.get_by_text("120 points were taken back.")).to_be_visible()
    seen(page, "purchase")

    # She gives many points, which waits for somebody else.
    page.goto(f"{here}/customers/{who.id}/?tab=points")
    page.get_by_role("link", name="Adjust points").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Points", exact=True).fill("500")
    dialog.get_by_label("Reason").fill("A parcel was lost")
    dialog.get_by_role("button", name="Adjust points").click()
    expect(page.get_by_text("waits for a second person's approval")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile(r"Point adjustments\s*1"))).to_be_visible()

    # A colleague agrees.
    other = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US", reduced_motion="reduce")
    desk = other.new_page()
    complaints += enter(desk, server, sign_in(merchant, Role.ADMIN, name="Ben Admin"))
    desk.goto(f"{here}/point-adjustments/")
    seen(desk, "adjustments")
    desk.get_by_role("link", name="Approve +500 points for Mara Lind").click()
    desk.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(desk.get_by_text("The adjustment was approved")).to_be_visible()
    other.close()

    # The customer spends; the statement names the lots, the report what is left.
    with merchant_scope(merchant):
        make.take(make.reward(cost_in_points=300), who)
        assert usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now()) == 400
    page.goto(f"{here}/customers/{who.id}/?tab=points")
    expect(page.get_by_text("120 of").first).to_be_visible()
    seen(page, "points-tab")
    page.get_by_role("link", name="Statement and balance on a day").click()
    expect(page.get_by_role("row", name=re.compile("Reward redeemed"))).to_be_visible()
    seen(page, "statement")
    page.get_by_label("Day").fill("2026-01-31")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="At the end of Jan 31, 2026")).to_be_visible()
    expect(page.get_by_text("240", exact=True).first).to_be_visible()
    page.goto(f"{here}/points/")
    expect(page.get_by_text("$4.00")).to_be_visible()
    seen(page, "points-report")
    page.get_by_role("link", name="What will expire").click()
    expect(page.get_by_text("No points end by then.")).to_be_visible()
    seen(page, "points-expiring")

    assert run(merchant.id).ok
    with merchant_scope(merchant):
        assert PointAdjustment.objects.get().decided_at is not None
    assert complaints == []
