"""Test connection, from the button to the words on the page; and confirming the key that a server shows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from exports.models import Destination
from jobs.runner import run_due
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import sign_in
from tests.exports.destinations.sftp_server import PASSWORD, USER, Running, serving
from tests.exports.destinations.test_pages import LIST, just_signed_in, made, page

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])


@pytest.fixture
def owner(merchant: Merchant, settings: Any) -> Client:
    settings.OUTBOUND_ALLOW_PRIVATE = True
    return just_signed_in(sign_in(merchant, Role.OWNER))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    root = tmp_path / "server"
    root.mkdir()
    with serving(root) as running:
        yield running


def shown(client: Client, address: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(address).content.decode()).split())


def at(merchant: Merchant, server: Running, **values: Any) -> Destination:
    settings = {"host": "127.0.0.1", "port": server.port, "username": USER, "folder": "/", "host_key": ""} | values
    with merchant_scope(merchant):
        return made(settings=settings)


def test_confirm_the_key_that_is_shown_and_then_it_works(owner: Client, merchant: Merchant, server: Running) -> None:
    found = at(merchant, server)
    owner.post(f"{page(found)}test/")
    assert "Testing …" in shown(owner, f"{page(found)}?part=1")
    run_due()
    asked = shown(owner, page(found))
    assert "Host key not confirmed" in asked
    assert "SHA256:" in asked
    assert server.faults.calls == {}

    with merchant_scope(merchant):
        found.refresh_from_db()
    key = found.settings["offered_key"]
    assert owner.post(f"{page(found)}key/", {"key": "ssh-ed25519 AAAA"}).status_code == 302
    assert "has shown another key since" in shown(owner, page(found))
    owner.post(f"{page(found)}key/", {"key": key})
    owner.post(f"{page(found)}test/")
    run_due()
    assert "Works" in shown(owner, page(found))
    assert server.files() == {}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"folder": "/nowhere"}, "127.0.0.1 has no folder /nowhere."),
        ({"username": "stranger"}, "127.0.0.1 refused to let stranger in."),
        ({"port": 1}, "The server 127.0.0.1 could not be reached."),
    ],
)
def test_say_in_words_what_does_not_work(
    owner: Client, merchant: Merchant, server: Running, values: dict[str, Any], words: str
) -> None:
    found = at(merchant, server, **{"host_key": server.host_key} | values)
    owner.post(f"{page(found)}test/")
    run_due()
    assert f"Does not work {words}" in shown(owner, page(found))
    assert "Does not work" in shown(owner, LIST)


def test_a_change_meanwhile_makes_the_outcome_void(owner: Client, merchant: Merchant, server: Running) -> None:
    found = at(merchant, server, host_key=server.host_key)
    owner.post(f"{page(found)}test/")
    with merchant_scope(merchant):
        Destination.objects.update(test_asked_at=None)
    run_due()
    assert "Not tested since it was saved." in shown(owner, page(found))


def test_mail_is_tested_by_a_mail(owner: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        found = made("email", settings={"recipients": [owner.user.email]}, secret={})  # type: ignore[attr-defined]
    owner.post(f"{page(found)}test/")
    run_due()
    run_due()
    assert [one.subject for one in mail.outbox] == ["Exports will be announced here"]
    assert PASSWORD not in mail.outbox[0].body
