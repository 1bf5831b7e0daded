"""The settings pages, as an owner sees and uses them."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.models import ApiKey, AuditEvent, IdempotencyRecord, Invitation, Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.services.keys import use_key
from tenancy.services.members import invite
from tests.tenancy.conftest import PASSWORD, sign_in

MakeUser = Callable[..., User]
MakeClient = Callable[[Role], Client]
pytestmark = pytest.mark.django_db(databases=["default", "aside"])

BASE = "/m/brew-bloom/settings/"
GENERAL = {
    "name": "Brew & Bloom",
    "time_zone": "Europe/Berlin",
    "locale": "en_IE",
    "currency": "EUR",
    "sender_name": "Brew",
    "reply_to": "hello@brew-bloom.example",
}
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:|data:image")
PAGES = ["general/", "branding/", "members/", "members/invite/", "api-keys/", "api-keys/new/", "audit/"]


def events(merchant: Merchant) -> list[AuditEvent]:
    with merchant_scope(merchant):
        return list(AuditEvent.objects.order_by("at", "id"))


@pytest.mark.parametrize("page", PAGES)
def test_draw_every_section(owner: Client, page: str) -> None:
    response = owner.get(BASE + page)
    assert response.status_code == 200
    assert not INLINE.search(response.content.decode())


@pytest.mark.parametrize("page", PAGES)
def test_show_them_to_owners_only(signed_in: MakeClient, page: str) -> None:
    client = signed_in(Role.ADMIN)
    assert client.get(BASE + page).status_code == 403
    assert "/settings/" not in client.get("/m/brew-bloom/customers/").content.decode()


def test_begin_with_general(owner: Client) -> None:
    assert owner.get(BASE)["Location"] == f"{BASE}general/"


def test_save_and_record_what_changed(owner: Client, relaxed: Merchant) -> None:
    assert owner.post(f"{BASE}general/", GENERAL).status_code == 302
    relaxed.refresh_from_db()
    assert (relaxed.time_zone, relaxed.language, relaxed.locale, relaxed.currency) == (
        "Europe/Berlin",
        "en",
        "en_IE",
        "EUR",
    )
    event = events(relaxed)[-1]
    assert event.action == "merchant.changed"
    before, after = event.before or {}, event.after or {}
    assert (before["currency"], after["currency"]) == ("USD", "EUR")
    assert "name" not in after
    assert event.actor == f"user:{User.objects.get().pk}"
    assert event.ip == "127.0.0.1"
    assert event.request_id


def test_record_nothing_where_nothing_changes(owner: Client, relaxed: Merchant) -> None:
    for _ in range(2):
        owner.post(f"{BASE}general/", GENERAL)
    assert len(events(relaxed)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("time_zone", "Mars/Base"),
        ("locale", "xx_XX"),
        ("currency", "DEM"),
        ("reply_to", "nobody"),
        ("reply_to", "a@b.example\nBcc: c@d.example"),
    ],
)
def test_say_beside_the_field_what_is_wrong(owner: Client, relaxed: Merchant, field: str, value: str) -> None:
    response = owner.post(f"{BASE}general/", {**GENERAL, field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "Europe/Berlin" in response.content.decode()
    assert events(relaxed) == []


def test_bring_the_colour_to_the_pages(owner: Client, relaxed: Merchant) -> None:
    response = owner.post(f"{BASE}branding/", {"accent": "#FFCC00"}, follow=True)
    page = response.content.decode()
    assert "hard to read on white" in page
    address = re.search(r'href="(/brand/brew-bloom/brand\.css\?v=\w+)"', page)
    assert address
    sheet = Client().get(address.group(1))
    assert sheet["Content-Type"].startswith("text/css")
    assert "immutable" in sheet["Cache-Control"]
    assert "--accent: light-dark(#" in sheet.content.decode()
    assert "immutable" not in Client().get("/brand/brew-bloom/brand.css")["Cache-Control"]
    assert Client().get("/brand/nobody/brand.css").status_code == 404


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", "#fff}body{display:none", "rgb(0,0,0)"])
def test_refuse_what_is_no_colour(owner: Client, colour: str) -> None:
    assert owner.post(f"{BASE}branding/", {"accent": colour}).status_code == 422


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_invite_a_new_person_who_joins(owner: Client, relaxed: Merchant) -> None:
    response = owner.post(
        f"{BASE}members/invite/", {"email": "New@Brew-Bloom.Example", "role": Role.AGENT}, follow=True
    )
    assert "new@brew-bloom.example" in response.content.decode()
    message = mail.outbox[0]
    assert message.to == ["new@brew-bloom.example"]
    link = re.search(r"http://testserver(/join/\S+)", str(message.body))
    assert link
    guest = Client()
    page = guest.get(link.group(1))
    assert (page.status_code, page["Referrer-Policy"]) == (200, "same-origin")
    assert guest.post(link.group(1), {"name": "New", "password": "short"}).status_code == 422
    joined = guest.post(link.group(1), {"name": "New Person", "password": "a-long-enough-one"})
    assert joined["Location"] == "/m/brew-bloom/"
    assert guest.get("/m/brew-bloom/customers/").status_code == 200
    member = Membership.objects.get(user__email="new@brew-bloom.example")
    assert (member.role, member.user.name) == (Role.AGENT, "New Person")
    assert Client().get(link.group(1)).status_code == 410
    assert Client().post(link.group(1), {"name": "x", "password": "a-long-enough-one"}).status_code == 410


def invited(merchant: Merchant, email: str) -> str:
    with merchant_scope(merchant):
        _row, token = invite(merchant=merchant, email=email, role=Role.AGENT, actor=Actor.system(), now=timezone.now())
    return f"/join/{token}/"


def test_join_with_an_account_that_is_there(relaxed: Merchant, person: MakeUser) -> None:
    user = person("known")
    link, client = invited(relaxed, user.email), Client()
    assert f"/accounts/login/?next={link}" in client.get(link).content.decode()
    assert client.post(link, {"name": "Thief", "password": "a-long-enough-one"}).status_code == 409
    sign_in(client, user)
    assert client.get(link).status_code == 200
    assert client.post(link)["Location"] == "/m/brew-bloom/"
    assert Membership.objects.get().user == user


def test_join_not_as_somebody_else(relaxed: Merchant, person: MakeUser) -> None:
    link, client = invited(relaxed, "wanted@brew-bloom.example"), Client()
    sign_in(client, person("other"))
    assert "signed in as other@" in client.get(link).content.decode()
    assert client.post(link).status_code == 409
    assert not Membership.objects.exists()


def test_withdraw_and_send_again(owner: Client, relaxed: Merchant) -> None:
    old = invited(relaxed, "new@brew-bloom.example")
    with merchant_scope(relaxed):
        key = Invitation.objects.get().pk
    assert owner.get(f"{BASE}invitations/{key}/again/").status_code == 200
    assert owner.post(f"{BASE}invitations/{key}/again/").status_code == 302
    assert Client().get(old).status_code == 410
    with merchant_scope(relaxed):
        newer = Invitation.objects.get(withdrawn_at=None).pk
    assert owner.post(f"{BASE}invitations/{newer}/withdraw/").status_code == 302
    assert "Open invitations" not in owner.get(f"{BASE}members/").content.decode()


def test_change_and_remove_members(owner: Client, relaxed: Merchant, person: MakeUser) -> None:
    member = Membership.objects.get(user=person("agent", relaxed, Role.AGENT))
    assert owner.get(f"{BASE}members/{member.pk}/role/").status_code == 200
    owner.post(f"{BASE}members/{member.pk}/role/", {"role": Role.ADMIN})
    member.refresh_from_db()
    assert member.role == Role.ADMIN
    assert owner.get(f"{BASE}members/{member.pk}/remove/").status_code == 200
    owner.post(f"{BASE}members/{member.pk}/remove/")
    assert not Membership.objects.filter(pk=member.pk).exists()


def test_say_why_the_last_owner_stays(owner: Client) -> None:
    only = Membership.objects.get()
    response = owner.post(f"{BASE}members/{only.pk}/role/", {"role": Role.VIEWER})
    assert response.status_code == 422
    assert "at least one owner" in response.content.decode()
    page = owner.post(f"{BASE}members/{only.pk}/remove/", follow=True).content.decode()
    assert "at least one owner" in page


def test_find_no_rows_of_other_merchants(owner: Client, other_merchant: Merchant, person: MakeUser) -> None:
    theirs = Membership.objects.get(user=person("x", other_merchant, Role.OWNER))
    for page in ("role", "remove"):
        assert owner.get(f"{BASE}members/{theirs.pk}/{page}/").status_code == 404
        assert owner.post(f"{BASE}members/{theirs.pk}/{page}/", {"role": Role.VIEWER}).status_code in (302, 404)
    assert Membership.objects.filter(pk=theirs.pk, role=Role.OWNER).exists()
    assert owner.get(f"{BASE}api-keys/{theirs.pk}/revoke/").status_code == 404


KEY = {"name": "Till 1", "scopes": ["read", "write"], "expires_on": "", "op_id": "a" * 32}


def test_show_a_key_once(owner: Client, relaxed: Merchant) -> None:
    page = owner.post(f"{BASE}api-keys/new/", KEY, follow=True).content.decode()
    found = re.search(r"pk_[0-9a-z]{10}_[\w-]{43}", page)
    assert found
    text = found.group()
    assert text.split("_")[1] == relaxed.public_id
    assert text not in owner.get(f"{BASE}api-keys/").content.decode()
    with merchant_scope(relaxed):
        key = ApiKey.objects.get()
        assert text not in str(key.__dict__)
        assert text not in str(list(IdempotencyRecord.objects.values()))
        assert use_key(text=text, now=timezone.now())[0] == key
        assert ApiKey.objects.get().last_used_at is not None


def test_make_one_key_of_a_form_sent_twice(owner: Client, relaxed: Merchant) -> None:
    for _ in range(3):
        assert owner.post(f"{BASE}api-keys/new/", KEY)["Location"] == f"{BASE}api-keys/"
    with merchant_scope(relaxed):
        assert ApiKey.objects.count() == 1


def test_open_nothing_with_a_revoked_or_expired_key(owner: Client, relaxed: Merchant) -> None:
    day = timezone.localdate() + timedelta(days=1)
    page = owner.post(f"{BASE}api-keys/new/", {**KEY, "expires_on": str(day)}, follow=True).content.decode()
    text = re.search(r"pk_[0-9a-z]{10}_[\w-]{43}", page).group()  # type: ignore[union-attr]
    with merchant_scope(relaxed):
        key = ApiKey.objects.get()
        assert use_key(text=text, now=timezone.now() + timedelta(days=3))[0] is None
        assert use_key(text=text[:-1] + "x", now=timezone.now())[0] is None
        assert use_key(text=text, now=timezone.now())[0] == key
    assert "locked out at once" in owner.get(f"{BASE}api-keys/{key.pk}/revoke/").content.decode()
    owner.post(f"{BASE}api-keys/{key.pk}/revoke/")
    with merchant_scope(relaxed):
        assert use_key(text=text, now=timezone.now())[0] is None
    assert [event.action for event in events(relaxed)] == ["api_key.created", "api_key.revoked"]


@pytest.mark.parametrize(
    "values", [{"name": ""}, {"scopes": []}, {"scopes": ["root"]}, {"expires_on": "2020-01-01"}, {"expires_on": "x"}]
)
def test_refuse_keys_that_make_no_sense(owner: Client, values: dict[str, Any]) -> None:
    assert owner.post(f"{BASE}api-keys/new/", {**KEY, **values}).status_code == 422


SENSITIVE = ["api-keys/new/", "members/invite/"]


@pytest.mark.parametrize("page", SENSITIVE)
def test_ask_who_is_there_after_five_minutes(owner: Client, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    monkeypatch.setattr("tenancy.reauthentication.time.time", lambda: real() + 301)
    for response in (owner.get(BASE + page), owner.post(BASE + page, KEY)):
        assert response["Location"].startswith("/accounts/reauthenticate/?next=%2Fm%2Fbrew-bloom%2Fsettings%2F")
    monkeypatch.undo()
    back = owner.post(response["Location"], {"password": PASSWORD})
    assert back["Location"] == BASE + page
    assert owner.get(BASE + page).status_code == 200


def test_filter_the_audit_log(owner: Client, relaxed: Merchant) -> None:
    owner.post(f"{BASE}general/", GENERAL)
    owner.post(f"{BASE}api-keys/new/", KEY)
    whole = owner.get(f"{BASE}audit/").content.decode()
    assert ("Settings changed" in whole, "API key created" in whole, "time zone: UTC → Europe/Berlin" in whole) == (
        True,
    ) * 3
    rows = owner.get(f"{BASE}audit/?action=api_key.created").context["table"].records
    assert [row.action for row in rows] == ["api_key.created"]
    actor = f"user:{User.objects.get().pk}"
    assert len(owner.get(f"{BASE}audit/?actor={actor}&target=merchant").context["table"].records) == 1
    assert len(owner.get(f"{BASE}audit/?actor=system").context["table"].records) == 0
    assert len(owner.get(f"{BASE}audit/?at_from=2020-01-01&at_to=2020-01-02").context["table"].records) == 0
    assert owner.get(f"{BASE}audit/?actor=%22&action=x&at_from=99&sort=nope&after=zz").status_code == 200


def test_show_the_log_of_one_merchant(owner: Client, relaxed: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        audit(action="merchant.changed", actor=Actor.system(), target=("merchant", other_merchant.pk))
    assert len(owner.get(f"{BASE}audit/").context["table"].records) == 0
