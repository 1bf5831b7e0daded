"""django-allauth's pages in our clothes: readable, accessible, without inline style."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tenancy.models import User
from tests.support.seeing import RULES, faults

pytestmark = pytest.mark.browser
PASSWORD = "correct-horse-battery"


@pytest.fixture
def person(transactional_db: None) -> User:
    """Somebody who may sign in."""
    return User.objects.create_user("ada@brew-bloom.example", PASSWORD, name="Ada Novak")


def test_signs_in_and_keeps_the_pages_of_the_account_accessible(page: Page, live_server: Any, person: User) -> None:
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text) if "Content Security" in message.text else None)
    page.goto(live_server.url + reverse("account_login"))
    assert faults(page, RULES) == []

    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".note-bad")).to_be_visible()
    assert faults(page, RULES) == []
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    for name in ("account_change_password", "mfa_index", "mfa_activate_totp", "usersessions_list", "account_logout"):
        page.goto(live_server.url + reverse(name))
        expect(page.locator("main h1")).to_be_visible()
        assert faults(page, RULES) == [], name
    assert blocked == []
