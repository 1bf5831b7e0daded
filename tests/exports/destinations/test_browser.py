"""Destinations in a browser: set up, tested, the server's key confirmed, all without leaving the page's side."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from jobs.runner import run_due
from tenancy.models import Merchant
from tenancy.roles import Role
from tests.claims_pages.factories import sign_in
from tests.exports.destinations.sftp_server import PASSWORD, USER, serving
from tests.exports.destinations.test_pages import LIST, just_signed_in
from tests.support.seeing import enter, look

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]


def test_set_up_a_file_server(
    page: Page, live_server: LiveServer, merchant: Merchant, tmp_path: Path, settings: Any
) -> None:
    settings.OUTBOUND_ALLOW_PRIVATE = True
    root = tmp_path / "server"
    root.mkdir()
    complaints = enter(page, live_server.url, just_signed_in(sign_in(merchant, Role.OWNER)))
    with serving(root) as server:
        page.goto(live_server.url + LIST)
        page.get_by_role("link", name="New destination").first.click()
        expect(page.get_by_label("Host", exact=True)).to_be_visible()
        assert look(page, "destination-form") == []
        for label, value in (("Name", "Warehouse"), ("Host", "127.0.0.1"), ("Port", str(server.port)), ("User", USER)):
            page.get_by_label(label, exact=True).fill(value)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Save").click()

        page.get_by_role("button", name="Test connection").click()
        expect(page.get_by_text("Testing …")).to_be_visible()
        run_due()
        # The page looks again by itself.
        expect(page.get_by_text("Host key not confirmed")).to_be_visible()
        page.get_by_role("button", name="This is the server's key").click()
        expect(page.get_by_text("Not tested since it was saved.")).to_be_visible()
        page.get_by_role("button", name="Test connection").click()
        expect(page.get_by_text("Testing …")).to_be_visible()
        run_due()
        expect(page.get_by_text("Works", exact=True)).to_be_visible()

    page.goto(live_server.url + LIST)
    expect(page.get_by_text(f"{USER}@127.0.0.1")).to_be_visible()
    assert look(page, "destinations") == []
    page.goto(f"{live_server.url}/m/{merchant.slug}/exports/data/offer_responses/")
    assert look(page, "data-dictionary") == []
    assert complaints == []
