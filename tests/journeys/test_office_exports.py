"""The form of an export by keyboard and by its chips: what was typed and ticked is what is saved."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from exports.models import Export
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.support.seeing import enter, look
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]

# What the list of offers shows, without the one that is left out.
TICKED = 13


def kept(merchant: Merchant) -> Export | None:
    with merchant_scope(merchant):
        return Export.objects.first()


def test_save_by_enter_what_is_ticked(page: Page, live_server: LiveServer, merchant: Merchant) -> None:
    complaints = enter(page, live_server.url, sign_in(merchant, Role.ADMIN))
    page.goto(live_server.url + path(merchant, "exports", "new") + "?dataset=offers&state=q%3Dtea%26type%3Dpercent")
    page.get_by_role("checkbox", name="Currency").uncheck()
    expect(page.locator(".picker input:checked")).to_have_count(TICKED)
    page.get_by_label("Name", exact=True).first.fill("Few columns")
    expect(page.locator(".export-chips .chip")).not_to_have_count(0)
    page.get_by_role("button", name="Remove the filter").first.click()
    expect(page.get_by_label("Name", exact=True).first).to_have_value("Few columns")
    expect(page.locator(".picker input:checked")).to_have_count(TICKED)
    assert look(page, "export-form-narrowed") == []
    page.get_by_label("Name", exact=True).first.press("Enter")
    expect(page.get_by_text("The export was made.")).to_be_visible()
    until(lambda: kept(merchant) is not None)
    made = kept(merchant)
    assert made is not None
    assert (made.name, len(made.columns), "currency" in made.columns) == ("Few columns", TICKED, False)
    assert complaints == []
