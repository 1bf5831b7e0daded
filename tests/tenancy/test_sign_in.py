"""Sign-in of staff: passwords, limits, resets, sessions."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from config.settings.accounts import _scaled
from tenancy.models import Merchant, SecurityEvent, User
from tenancy.roles import Role
from tests.tenancy.conftest import PASSWORD, sign_in

MakeUser = Callable[..., User]
MakeClient = Callable[[Role], Client]
pytestmark = pytest.mark.django_db(databases=["default", "aside"])

LOGIN = "/accounts/login/"


def attempt(client: Client, email: str, password: str, **more: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def kinds() -> list[str]:
    return list(SecurityEvent.objects.order_by("at", "id").values_list("kind", flat=True))


def test_sign_in_whatever_the_case_of_the_address(client: Client, person: MakeUser) -> None:
    person("owner")
    assert attempt(client, "Owner@Brew-Bloom.Example", PASSWORD).status_code == 302
    assert kinds() == ["sign_in.done"]


def test_say_the_same_to_a_wrong_password_and_an_unknown_address(client: Client, person: MakeUser) -> None:
    user = person("owner")
    wrong, unknown = attempt(client, user.email, "wrong"), attempt(client, "nobody@brew-bloom.example", "wrong")
    pages = [
        re.sub(r'(owner|nobody)@|value="[^"]*"|content="[^"]*"', "", each.content.decode()) for each in (wrong, unknown)
    ]
    assert pages[0] == pages[1]
    assert list(SecurityEvent.objects.order_by("at").values_list("kind", "user_id")) == [
        ("sign_in.failed", user.pk),
        ("sign_in.failed", None),
    ]


def test_lock_an_account_after_ten_wrong_passwords(client: Client, person: MakeUser) -> None:
    user = person("owner")
    for number in range(10):
        # From anywhere: the lock is the account's.
        client.defaults["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert "Too many failed" not in attempt(client, user.email, "wrong").content.decode()
    client.defaults["REMOTE_ADDR"] = "192.0.2.99"
    assert "Too many failed" in attempt(client, user.email, PASSWORD).content.decode()
    assert kinds()[-1] == "sign_in.locked"


def test_lock_an_address_after_thirty_wrong_passwords(client: Client, person: MakeUser) -> None:
    for number in range(30):
        attempt(client, f"x{number}@example.com", "wrong")
    response = attempt(client, person("owner").email, PASSWORD)
    assert response.status_code == 429 or "Too many failed" in response.content.decode()


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_count_failures_that_were_rolled_back() -> None:
    with transaction.atomic():
        cache.set("counter", 3)
        transaction.set_rollback(True)
    assert cache.get("counter") == 3


def test_answer_429_with_the_time_to_wait(client: Client, db: None) -> None:
    for _ in range(120):
        client.post(LOGIN, {"login": "", "password": ""})
    response = client.post(LOGIN, {"login": "", "password": ""})
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0


def test_scale_the_limits() -> None:
    assert _scaled("30/15m/ip,10/15m/key", 100.0) == "3000/15m/ip,1000/15m/key"
    assert _scaled("3/h/key", 0.01) == "1/h/key"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "http://testserver/",
        "https://localhost/",
        "\t//evil.example",
        "///evil.example",
    ],
)
def test_follow_next_only_inside(client: Client, person: MakeUser, address: str) -> None:
    assert attempt(client, person("owner").email, PASSWORD, next=address)["Location"] == "/"


def test_follow_next_inside(client: Client, person: MakeUser) -> None:
    response = attempt(client, person("owner").email, PASSWORD, next="/m/brew-bloom/claims/?q=1")
    assert response["Location"] == "/m/brew-bloom/claims/?q=1"


@pytest.mark.parametrize("page", ["signup/", "email/", "confirm-email/", "login/code/", "3rdparty/", ""])
def test_have_no_other_pages_of_the_package(client: Client, db: None, page: str) -> None:
    assert client.get(f"/accounts/{page}").status_code == 404


PAGES = [
    "account_reauthenticate",
    "account_change_password",
    "account_logout",
    "mfa_index",
    "mfa_activate_totp",
    "usersessions_list",
]
ENTRANCES = ["account_login", "account_reset_password", "account_reset_password_done", "account_inactive"]
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:|data:")


@pytest.mark.parametrize("name", PAGES)
def test_draw_account_pages_without_inline_code(signed_in: MakeClient, name: str) -> None:
    response = signed_in(Role.VIEWER).get(reverse(name))
    assert response.status_code == 200
    assert not INLINE.search(response.content.decode())


@pytest.mark.parametrize("name", ENTRANCES)
def test_draw_entrances_without_inline_code(client: Client, db: None, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert not INLINE.search(response.content.decode())


def test_tell_nobody_whether_an_address_has_an_account(client: Client, person: MakeUser) -> None:
    user = person("owner")
    answers = [
        client.post("/accounts/password/reset/", {"email": email}) for email in (user.email, "nobody@example.com")
    ]
    assert [(each.status_code, each["Location"]) for each in answers] == [(302, "/accounts/password/reset/done/")] * 2
    assert [message.to for message in mail.outbox] == [[user.email], ["nobody@example.com"]]
    assert "/accounts/signup" not in mail.outbox[1].body


def link_in(body: str) -> str:
    found = re.search(r"http://testserver(/\S+)", body)
    assert found, body
    return found.group(1)


def test_reset_a_password_once(client: Client, person: MakeUser, relaxed: Merchant) -> None:
    user = person("owner", relaxed, Role.OWNER)
    elsewhere = Client()
    sign_in(elsewhere, user)
    for _ in range(11):
        attempt(client, user.email, "wrong")
    client.post("/accounts/password/reset/", {"email": user.email})
    link = link_in(str(mail.outbox[0].body))
    form = client.get(link)["Location"]
    new = {"password1": "another-good-one", "password2": "another-good-one"}
    assert client.post(form, {"password1": "short", "password2": "short"}).status_code == 200
    assert client.post(form, new).status_code == 302
    assert elsewhere.get("/m/brew-bloom/customers/").status_code == 302
    # The lock is lifted, and the link is spent.
    sign_in(client, user, "another-good-one")
    assert "/set-password" not in Client().get(link).headers.get("Location", "")
    assert "password.reset" in kinds()


def test_end_other_sessions_when_the_password_changes(signed_in: MakeClient) -> None:
    here = signed_in(Role.OWNER)
    user = User.objects.get()
    elsewhere = Client()
    sign_in(elsewhere, user)
    new = {"oldpassword": PASSWORD, "password1": "another-good-one", "password2": "another-good-one"}
    assert here.post("/accounts/password/change/", new).status_code == 302
    assert here.get("/m/brew-bloom/customers/").status_code == 200
    assert elsewhere.get("/m/brew-bloom/customers/").status_code == 302
    assert Session.objects.count() == 1
    assert "password.changed" in kinds()


@pytest.mark.parametrize("password", ["short", "password1234", "owner@brew-bloom.example", "1" * 13])
def test_refuse_poor_passwords(signed_in: MakeClient, password: str) -> None:
    client = signed_in(Role.OWNER)
    new = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert client.post("/accounts/password/change/", new).status_code == 200


def test_list_sessions_and_end_the_others(signed_in: MakeClient) -> None:
    here = signed_in(Role.VIEWER)
    elsewhere = Client(headers={"user-agent": "Elsewhere/1.0"})
    sign_in(elsewhere, User.objects.get())
    page = here.get("/accounts/sessions/").content.decode()
    assert "Elsewhere/1.0" in page
    assert here.post("/accounts/sessions/").status_code == 302
    assert elsewhere.get("/m/brew-bloom/customers/").status_code == 302
    assert here.get("/m/brew-bloom/customers/").status_code == 200
    assert UserSession.objects.count() == 1


def test_sign_out(signed_in: MakeClient) -> None:
    client = signed_in(Role.VIEWER)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/m/brew-bloom/customers/").status_code == 302
    assert kinds()[-1] == "sign_out"


def test_refuse_a_deactivated_person(client: Client, person: MakeUser) -> None:
    user = person("owner")
    User.objects.update(is_active=False)
    assert attempt(client, user.email, PASSWORD)["Location"] == "/accounts/inactive/"
    assert client.get("/")["Location"].startswith(LOGIN)
