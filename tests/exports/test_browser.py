"""An import in a browser: upload, preview, progress that ends by itself, result."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from exports.models import ImportRun
from jobs.runner import run_one
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.exports.test_imports import TWO
from tests.support.seeing import enter, look

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]


def file(folder: Path, text: str) -> Path:
    made = folder / "orders-november.csv"
    made.write_text(text)
    return made


def work(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        run = ImportRun.objects.latest("uploaded_at")
    assert run.job_id is not None
    run_one(merchant.id, run.job_id)


def test_import_a_file(page: Page, live_server: LiveServer, merchant: Merchant, tmp_path: Path) -> None:
    complaints = enter(page, live_server.url, sign_in(merchant, Role.ADMIN))
    page.goto(live_server.url + path(merchant, "imports"))
    assert look(page, "imports-empty") == []
    page.get_by_role("link", name="Import a file").first.click()
    expect(page.get_by_role("button", name="Upload and check")).to_be_visible()
    assert look(page, "import-upload") == []
    page.set_input_files("input[type=file]", file(tmp_path, TWO))
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_text("Everything that is needed was found")).to_be_visible()
    assert look(page, "import-columns") == []
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    assert look(page, "import-ready") == []
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("progress")).to_be_visible()
    assert look(page, "import-applying") == []
    work(merchant)
    # The page looks again by itself, and stops looking once the import is done.
    expect(page.get_by_role("heading", name="What was done")).to_be_visible()
    expect(page.locator("[hx-trigger='every 2s']")).to_have_count(0)
    assert look(page, "import-done") == []
    page.get_by_role("link", name="Line by line").click()
    expect(page.get_by_role("link", name="112-0000001-0000001")).to_be_visible()
    assert look(page, "import-lines") == []
    page.go_back()
    page.get_by_role("link", name="Take back").click()
    expect(page.get_by_role("button", name="Take 2 lines back")).to_be_visible()
    assert look(page, "import-undo") == []
    page.get_by_role("button", name="Take 2 lines back").click()
    expect(page.locator("progress")).to_be_visible()
    work(merchant)
    expect(page.get_by_text("2 lines.")).to_be_visible()
    assert look(page, "import-undone") == []
    page.goto(live_server.url + path(merchant, "imports"))
    assert look(page, "imports") == []
    assert complaints == []


def test_import_a_file_without_scripts(
    browser: Browser, live_server: LiveServer, merchant: Merchant, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, live_server.url, sign_in(merchant, Role.ADMIN))
    page.goto(live_server.url + path(merchant, "imports", "new"))
    page.set_input_files("input[type=file]", file(tmp_path, TWO))
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("progress")).to_be_visible()
    work(merchant)
    expect(page.get_by_role("heading", name="What was done")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Take back").click()
    page.get_by_role("button", name="Take 2 lines back").click()
    expect(page.locator("progress")).to_be_visible()
    work(merchant)
    expect(page.get_by_text("2 lines.")).to_be_visible(timeout=60_000)
    context.close()


def test_look_at_a_refused_file(page: Page, live_server: LiveServer, merchant: Merchant, tmp_path: Path) -> None:
    enter(page, live_server.url, sign_in(merchant, Role.ADMIN))
    page.goto(live_server.url + path(merchant, "imports", "new"))
    page.set_input_files("input[type=file]", file(tmp_path, TWO + "x,amazon,not a day,S,B,1,1.00,USD,shipped,C\n"))
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("The file was refused whole")).to_be_visible()
    assert look(page, "import-refused") == []
