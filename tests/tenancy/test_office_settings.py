"""Two owners at the settings of one merchant."""

from typing import Any

from django.test import Client

from tenancy.models import Merchant
from tests.claims_pages.factories import path

FIELDS = ("name", "time_zone", "locale", "currency", "sender_name", "reply_to", "seen")


def opened(client: Client, merchant: Merchant) -> dict[str, Any]:
    """What the form of the general settings sends where nobody touches it."""
    form = client.get(path(merchant, "settings", "general")).context["form"]
    return {name: form[name].value() for name in FIELDS}


def test_do_not_undo_what_another_owner_has_set_meanwhile(owner: Client, relaxed: Merchant) -> None:
    address = path(relaxed, "settings", "general")
    mine, theirs = opened(owner, relaxed), opened(owner, relaxed)
    assert mine["seen"] in owner.get(address).content.decode()
    assert owner.post(address, theirs | {"currency": "EUR"}).status_code == 302
    answer = owner.post(address, mine | {"reply_to": "hello@brew-bloom.example"})
    assert (answer.status_code, "Somebody else has changed these settings" in answer.content.decode()) == (422, True)
    relaxed.refresh_from_db()
    assert (relaxed.currency, relaxed.reply_to) == ("EUR", "")
    again = opened(owner, relaxed) | {"reply_to": "hello@brew-bloom.example"}
    assert owner.post(address, again).status_code == 302
    relaxed.refresh_from_db()
    assert (relaxed.currency, relaxed.reply_to) == ("EUR", "hello@brew-bloom.example")
