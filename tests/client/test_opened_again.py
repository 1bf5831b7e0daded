"""Addresses that only take a form, opened again: by a reload, out of the history, by a tab that comes back."""

import uuid

import pytest

from customers.models import Customer
from tests.client.browser import Browser

FORMS = {
    "in/": "",
    "out/": "",
    f"offers/{uuid.UUID(int=1)}/take/": "offers/",
    f"offers/{uuid.UUID(int=1)}/clip/": "offers/",
    "profile/sessions/": "profile/",
    "profile/reminders/": "profile/",
    "profile/data/": "profile/",
    "profile/erasure/withdraw/": "profile/",
}


@pytest.mark.parametrize(("address", "leads_to"), FORMS.items())
def test_lead_to_the_page_with_the_form(mara: Customer, browser_of_mara: Browser, address: str, leads_to: str) -> None:
    for method in (browser_of_mara.client.get, browser_of_mara.client.head):
        answer = method(f"{browser_of_mara.home}{address}")
        assert (answer.status_code, answer["Location"]) == (303, f"{browser_of_mara.home}{leads_to}")
    assert "Sign out" in browser_of_mara.text()


def test_take_nothing_else_there(browser_of_mara: Browser) -> None:
    assert browser_of_mara.client.put(f"{browser_of_mara.home}profile/data/").status_code == 405
