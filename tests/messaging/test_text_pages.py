"""The pages where a merchant writes its own words."""

import re
import uuid
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jobs import runner
from messaging.models import MailText, Message, Suppression
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope

SignedIn = Callable[[Role], Client]
LIST = "/m/brew-bloom/mails/"
PAGE = f"{LIST}claim.rejected/"
WORDS = {"subject": "No gift", "heading": "", "body": "Sorry: {reason}", "button": "Look", "version": "0"}


@pytest.fixture(autouse=True)
def real_words(settings: Any, tests_words: None) -> None:
    """The product's own kinds."""
    settings.MESSAGE_RENDERERS = "config.messages.RENDERERS"


def frame(page: str) -> str:
    """The address that the preview's frame shows."""
    found = re.search(r'<iframe[^>]* src="([^"]+)" sandbox', page)
    assert found
    return unescape(found[1])


def test_list_says_when_each_is_sent(signed_in: SignedIn) -> None:
    page = signed_in(Role.VIEWER).get(LIST).content.decode()

    for words in ("Claim received", "When somebody rejects the claim.", "Gift shipped", "Always sent", "Reminder"):
        assert words in page
    assert "/switch/" not in page


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_words_are_for_admins(signed_in: SignedIn, role: Role) -> None:
    client = signed_in(role)

    assert "mail-form" not in client.get(PAGE).content.decode().replace('form="mail-form"', "")
    for page in ("", "trial/", "reset/", "switch/"):
        assert client.post(f"{PAGE}{page}", WORDS).status_code == 403


def test_save_and_reset(signed_in: SignedIn, merchant: Merchant) -> None:
    client = signed_in(Role.ADMIN)

    assert client.post(PAGE, WORDS).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "Your words" in page
    assert "Sorry: {reason}" in page

    assert client.post(f"{PAGE}reset/").status_code == 302
    assert "Sorry: {reason}" not in client.get(PAGE).content.decode()


def test_unknown_field_is_refused_by_its_name_and_kept(signed_in: SignedIn) -> None:
    answer = signed_in(Role.ADMIN).post(PAGE, WORDS | {"body": "Hi {frist_name} {reason}", "subject": "A\nB"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "{frist_name} is not a field of this e-mail." in page
    assert "Write it on one line." in page
    assert "Hi {frist_name} {reason}" in page


def test_second_writer_is_told(signed_in: SignedIn) -> None:
    client = signed_in(Role.ADMIN)
    client.post(PAGE, WORDS)

    answer = client.post(PAGE, WORDS | {"subject": "Mine"})

    assert answer.status_code == 422
    assert "Somebody else has changed this text meanwhile" in answer.content.decode()


def test_preview_shows_what_is_typed_and_keeps_nothing(signed_in: SignedIn, merchant: Merchant) -> None:
    client = signed_in(Role.ADMIN)
    given = WORDS | {"body": "<script>alert(1)</script> {reason} https://shop.example/x", "subject": "Hi {first_name}"}

    fragment = client.post(f"{PAGE}preview/", given, headers={"HX-Request": "true"}).content.decode()
    document = client.get(frame(fragment))
    html = document.content.decode()

    assert "Hi Robin" in fragment
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html
    assert '<a href="https://shop.example/x">' in html
    with merchant_scope(merchant):
        assert not MailText.objects.exists()


def test_preview_without_scripts_is_the_page_itself(signed_in: SignedIn, merchant: Merchant) -> None:
    given = WORDS | {"preview": "1", "subject": "Unsaved {nonsense}", "view": "text"}

    page = signed_in(Role.ADMIN).post(PAGE, given).content.decode()

    assert "Unsaved {nonsense}" in page
    assert '<pre class="mail-text"' in page
    with merchant_scope(merchant):
        assert not MailText.objects.exists()


def test_preview_can_run_and_load_nothing(signed_in: SignedIn) -> None:
    client = signed_in(Role.VIEWER)
    page = client.get(PAGE)

    document = client.get(frame(page.content.decode()))

    policy = document["Content-Security-Policy"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[^']+'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
        r"sandbox",
        policy,
    )
    assert document["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "script-src 'self'" in page["Content-Security-Policy"]


def test_forged_draft_is_no_page(signed_in: SignedIn, other_merchant: Merchant) -> None:
    client = signed_in(Role.ADMIN)
    address = frame(client.get(PAGE).content.decode())
    base, _mark, draft = address.partition("?draft=")

    for forged in (f"{draft}x", "x", draft.replace(":", "")):
        assert client.get(base, {"draft": forged}).status_code == 404
    assert client.get(f"{LIST}claim.gift/preview/?draft={draft}").status_code == 404


@pytest.mark.parametrize("view", ["wide", "phone", "dark", "text", "nonsense"])
def test_preview_knows_its_views(signed_in: SignedIn, view: str) -> None:
    page = signed_in(Role.ADMIN).post(PAGE, WORDS | {"preview": "1", "view": view}).content.decode()

    shown = "text" if view == "text" else view if view in ("phone", "dark") else "wide"
    assert f'value="{shown}" form="mail-form" checked' in page


def test_trial_goes_to_whoever_asks_and_says_what_it_is(signed_in: SignedIn, merchant: Merchant, sink: Any) -> None:
    client = signed_in(Role.ADMIN)
    given = WORDS | {"subject": "Hi {first_name}", "op_id": str(uuid.uuid4())}

    for _press in range(3):
        answer = client.post(f"{PAGE}trial/", given)
        assert answer.status_code == 302
    assert "Sorry: {reason}" in client.get(answer["Location"]).content.decode()
    runner.run_kind(merchant.id, "message.send")

    assert [envelope.rcpt_tos for envelope in sink.taken] == [["admin@brew-bloom.example"]]
    [letter] = sink.letters()
    assert letter.subject == "[Test] Hi Robin"
    assert "This is a test." in letter.text
    assert "This is a test." in letter.html
    with merchant_scope(merchant):
        assert (Message.objects.get().kind, MailText.objects.exists()) == ("mail.trial", False)


def test_trial_of_a_gift_takes_no_code(signed_in: SignedIn, merchant: Merchant, sink: Any) -> None:
    given = {"subject": "Gift", "heading": "", "body": "Here: {code}", "button": "", "version": "0"}

    signed_in(Role.ADMIN).post(f"{LIST}claim.gift/trial/", given)
    runner.run_kind(merchant.id, "message.send")

    assert sink.letters()[0].text.count("SAMPLE-7K2M-CODE") == 2


def test_trials_are_limited(signed_in: SignedIn, merchant: Merchant, settings: Any) -> None:
    settings.RATE_LIMIT_FACTOR = 1.0
    client = signed_in(Role.ADMIN)

    codes = [client.post(f"{PAGE}trial/", WORDS).status_code for _press in range(12)]

    assert codes == [302] * 12
    with merchant_scope(merchant):
        assert Message.objects.count() == 10


def test_trial_to_a_closed_address_is_refused(signed_in: SignedIn, merchant: Merchant) -> None:
    client = signed_in(Role.ADMIN)
    with merchant_scope(merchant):
        Suppression.objects.create(email_norm="admin@brew-bloom.example", reason="bounced", created_at=timezone.now())

    answer = client.post(f"{PAGE}trial/", WORDS, headers={"HX-Request": "true"})

    assert (answer.status_code, "came back before" in answer["HX-Trigger"]) == (200, True)


def test_switch_off_and_on(signed_in: SignedIn, merchant: Merchant) -> None:
    client = signed_in(Role.ADMIN)

    assert client.post(f"{PAGE}switch/", {"on": "0"}, follow=True).content.decode().count("Switch on") == 3
    assert client.post(f"{PAGE}switch/", {"on": "1"}, follow=True).content.decode().count("Switch on") == 2
    page = client.post(f"{LIST}claim.gift/switch/", {"on": "0"}, follow=True).content.decode()
    assert "cannot be switched off" in page


@pytest.mark.parametrize("kind", ["claim.nothing", "codes.low", "mail.trial", "..", "%00"])
def test_unknown_kind_is_no_page(signed_in: SignedIn, kind: str) -> None:
    assert signed_in(Role.ADMIN).get(f"{LIST}{kind}/").status_code in (400, 404)


def test_another_merchants_words_are_no_page(signed_in: SignedIn, other_merchant: Merchant) -> None:
    assert signed_in(Role.ADMIN).get("/m/north-trail/mails/claim.rejected/").status_code == 404
