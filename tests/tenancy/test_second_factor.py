"""The second factor: set up, asked for, good for one use."""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from tenancy.models import Merchant, SecurityEvent, UsedCounter, User
from tenancy.roles import Role
from tenancy.second_factor import spend
from tests.tenancy.conftest import PASSWORD, sign_in

MakeUser = Callable[..., User]
MakeClient = Callable[[Role], Client]
pytestmark = pytest.mark.django_db(databases=["default", "aside"])

LIST = "/m/brew-bloom/customers/"
ACTIVATE = "/accounts/2fa/totp/activate/"
AUTHENTICATE = "/accounts/2fa/authenticate/"


@pytest.fixture(autouse=True)
def one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code is good for half a minute: let it be the same one over the whole test."""
    began = time.time()
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: began))


def code_of(secret: str, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, next(auth.yield_hotp_counters_from_time()) + step))


@pytest.fixture
def careful(person: MakeUser, relaxed: Merchant) -> tuple[User, str]:
    """An owner with a second factor, and its secret."""
    user, secret = person("owner", relaxed, Role.OWNER), generate_totp_secret()
    TOTP.activate(user, secret)
    return user, secret


def begin(user: User) -> Client:
    """Return a browser that has given the password and is asked for the code."""
    client = Client()
    response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert response["Location"].startswith(AUTHENTICATE)
    return client


def test_encrypt_the_secret(careful: tuple[User, str]) -> None:
    stored = Authenticator.objects.get().data["secret"]
    assert careful[1] not in stored
    assert stored.startswith("gAAAA")


def test_ask_for_the_code_after_the_password(careful: tuple[User, str]) -> None:
    user, secret = careful
    client = begin(user)
    assert client.get(LIST).status_code == 302
    assert client.post(AUTHENTICATE, {"code": "000000"}).status_code == 200
    assert client.post(AUTHENTICATE, {"code": code_of(secret)}).status_code == 302
    assert client.get(LIST).status_code == 200
    assert SecurityEvent.objects.filter(kind="second_factor.failed").count() == 1


def test_refuse_a_code_that_was_used(careful: tuple[User, str]) -> None:
    user, secret = careful
    code = code_of(secret)
    assert begin(user).post(AUTHENTICATE, {"code": code}).status_code == 302
    # The package's own memory of it may be lost; ours is a row.
    cache.clear()
    assert begin(user).post(AUTHENTICATE, {"code": code}).status_code == 200


def test_refuse_a_code_of_the_past(careful: tuple[User, str]) -> None:
    user, secret = careful
    assert begin(user).post(AUTHENTICATE, {"code": code_of(secret, -1)}).status_code == 200
    UsedCounter.objects.create(user_id=user.pk, counter=int(time.time()) // 30 + 5)
    assert begin(user).post(AUTHENTICATE, {"code": code_of(secret)}).status_code == 200


def test_stop_after_five_wrong_codes(careful: tuple[User, str]) -> None:
    user, secret = careful
    for _ in range(5):
        assert "Incorrect" in begin(user).post(AUTHENTICATE, {"code": "000000"}).content.decode()
    assert "Too many" in begin(user).post(AUTHENTICATE, {"code": code_of(secret)}).content.decode()


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_spend_a_code_once_at_the_same_moment(together: Callable[..., list[Any]], person: MakeUser) -> None:
    user, secret = person("owner"), generate_totp_secret()
    code = code_of(secret)
    outcomes = together(spend, [(user.pk, secret, code)] * 8)
    assert sorted(outcome.value for outcome in outcomes) == [False] * 7 + [True]


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_use_a_recovery_code_once_at_the_same_moment(
    together: Callable[..., list[Any]], careful: tuple[User, str]
) -> None:
    user, _secret = careful
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    clients = [begin(user) for _ in range(4)]
    outcomes = together(
        lambda client: client.post(AUTHENTICATE, {"code": code}).status_code, [(each,) for each in clients]
    )
    assert sorted(outcome.value for outcome in outcomes) == [200, 200, 200, 302]


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_set_it_up_and_end_other_sessions(signed_in: MakeClient) -> None:
    here = signed_in(Role.OWNER)
    user = User.objects.get()
    elsewhere = Client()
    sign_in(elsewhere, user)
    page = here.get(ACTIVATE)
    secret = page.context["form"].secret
    assert page.status_code == 200
    assert "<svg" in page.context["totp_svg"]
    assert "style=" not in page.context["totp_svg"]
    assert here.post(ACTIVATE, {"code": "000000"}).status_code == 200
    code = code_of(secret)
    assert here.post(ACTIVATE, {"code": code}).status_code == 302
    assert here.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert elsewhere.get(LIST).status_code == 302
    assert {"second_factor.added"} <= set(SecurityEvent.objects.values_list("kind", flat=True))
    # The code that set it up does not sign in as well.
    assert begin(user).post(AUTHENTICATE, {"code": code}).status_code == 200


def test_remove_it_only_after_confirming_who_is_there(
    careful: tuple[User, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user, secret = careful
    client = begin(user)
    client.post(AUTHENTICATE, {"code": code_of(secret)})
    monkeypatch.setattr("tenancy.reauthentication.time.time", lambda: time.time_ns() / 1e9 + 301)
    response = client.post("/accounts/2fa/totp/deactivate/")
    assert response["Location"].startswith("/accounts/reauthenticate/?next=")
    assert Authenticator.objects.exists()
    monkeypatch.undo()
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.exists()
    assert not UsedCounter.objects.exists()
