"""An export in a browser: from a list's view by its form to the file, with scripts and without."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from exports.models import ExportRun
from jobs.runner import run_one
from offers.states import Status
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.offers import factories as offers
from tests.support.seeing import enter, look

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]


def fill(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        what = offers.offer(name="=1+1")
        for status in (Status.PENDING, Status.COMPLETED):
            offers.standing(status, what)


def work(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        run = ExportRun.objects.latest("queued_at")
    assert run.job_id is not None
    run_one(merchant.id, run.job_id)


def test_export_a_view(page: Page, live_server: LiveServer, merchant: Merchant, tmp_path: Path) -> None:
    fill(merchant)
    complaints = enter(page, live_server.url, sign_in(merchant, Role.ADMIN))
    page.goto(live_server.url + path(merchant, "offer-responses"))
    # A filter swaps the table alone; the way to the file follows.
    page.get_by_role("button", name="Processing status", exact=True).click()
    page.locator("#f-status").get_by_label("Completed").check()
    expect(page.get_by_role("link", name="Export this view")).to_have_attribute(
        "href", re.compile("status%3Dcompleted")
    )
    page.get_by_role("link", name="Export this view").click()
    expect(page.get_by_text("Completed").first).to_be_visible()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("The file holds this row.")).to_be_visible()
    page.get_by_role("button", name="Move Offer down").click()
    expect(page.locator(".picker li").nth(1)).not_to_contain_text("Offer")
    assert look(page, "export-form") == []
    page.get_by_role("button", name="Save and run now").click()
    expect(page.locator("progress")).to_be_visible()
    assert look(page, "export-waiting") == []
    work(merchant)
    # The page looks again by itself, and stops looking once the run has ended.
    with page.expect_download() as started:
        page.get_by_role("link", name="Download").click()
    started.value.save_as(tmp_path / "file.csv")
    lines = (tmp_path / "file.csv").read_text().splitlines()
    assert (len(lines), "'=1+1" in lines[1]) == (2, True)
    expect(page.locator("[hx-trigger='every 2s']")).to_have_count(0)
    assert look(page, "export-run") == []
    page.goto(live_server.url + path(merchant, "exports"))
    assert look(page, "exports") == []
    assert complaints == []


def test_export_without_scripts(browser: Browser, live_server: LiveServer, merchant: Merchant) -> None:
    fill(merchant)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, live_server.url, sign_in(merchant, Role.ADMIN))
    page.goto(live_server.url + path(merchant, "exports", "new") + "?dataset=offers")
    page.get_by_role("button", name="None").click()
    page.get_by_label("Name", exact=True).nth(1).check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("cell", name="=1+1")).to_be_visible()
    page.get_by_role("button", name="Save and run now").click()
    expect(page.locator("progress")).to_be_visible()
    work(merchant)
    expect(page.get_by_role("link", name="Download")).to_be_visible(timeout=60_000)
    context.close()
