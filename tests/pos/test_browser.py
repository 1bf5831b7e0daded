"""The page on which calls are tried, in a browser and under its own policy."""

import os
import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer
from tests.pos.till import Till

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "aside"]),
]


def test_try_a_call(page: Page, live_server: LiveServer, till: Till, mara: Customer) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/api/v1/docs/")
    expect(page.get_by_role("heading", name=re.compile("POS API"))).to_be_visible()
    page.get_by_role("button", name="Authorize").first.click()
    page.locator("#api_key_value, .auth-container input").first.fill(till.text)
    page.locator(".auth-btn-wrapper .authorize").click()
    page.get_by_role("button", name="Close").last.click()
    call = page.locator("#operations-members-get_members")
    call.locator(".opblock-summary").click()
    call.locator("input[placeholder^=email], tr[data-param-name=email] input").first.fill("mara@example.com")
    call.get_by_role("button", name="Execute").click()
    expect(call.locator(".live-responses-table")).to_contain_text(str(mara.id))
    # Webhooks are read there and not tried.
    hook = page.locator(".webhooks .opblock").filter(has_text="response.completed")
    hook.locator(".opblock-summary").click()
    expect(hook).to_contain_text("webhook-signature")
    expect(hook.get_by_role("button", name="Execute")).to_have_count(0)
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/pos-docs.png")
    assert complaints == []
