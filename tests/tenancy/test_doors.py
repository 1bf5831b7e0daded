"""Who comes in, and what everybody else gets."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from customers.models import Customer
from tenancy.models import Membership, Merchant, SecurityEvent, User
from tenancy.roles import Role
from tenancy.scope import merchant_in_scope, merchant_scope
from tenancy.tokens import new_token
from tests.tenancy.conftest import sign_in

MakeUser = Callable[..., User]
MakeClient = Callable[[Role], Client]
both = pytest.mark.django_db(databases=["default", "aside"])
pytestmark = both

LIST = "/m/brew-bloom/customers/"
GENERAL = "/m/brew-bloom/settings/general/"


def test_send_strangers_to_sign_in(client: Client, relaxed: Merchant) -> None:
    response = client.get(f"{LIST}?q=a%20b")
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={LIST}%3Fq%3Da%2520b")


def test_send_a_form_of_a_stranger_to_sign_in_without_the_form(client: Client, relaxed: Merchant) -> None:
    response = client.post(GENERAL, {"op_id": "x"}, headers={"referer": f"http://testserver{GENERAL}"})
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={GENERAL}")


def test_give_back_what_was_typed_before_sending_to_sign_in(client: Client, relaxed: Merchant) -> None:
    typed = {
        "sender_name": "<b>Brew</b>\nBloom",
        "merchant_key": "hush",
        "mfa_required": "on",
        "op_id": "7",
        "note": " ",
    }
    response = client.post(GENERAL, typed, headers={"referer": f"http://testserver{GENERAL}"})
    page = response.content.decode()
    assert (response.status_code, response["Cache-Control"]) == (401, "no-store")
    assert f'href="/accounts/login/?next={GENERAL}" target="_blank"' in page
    assert "<dt>Sender name</dt><dd>&lt;b&gt;Brew&lt;/b&gt;\nBloom</dd>" in page
    assert ("hush" in page, "Mfa required" in page, "Op id" in page, "Note" in page) == (False,) * 4


@pytest.mark.parametrize(("site", "is_shown"), [("same-origin", True), ("cross-site", False), ("", False)])
def test_give_back_what_was_typed_into_an_expired_form_of_ours_alone(site: str, is_shown: bool) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(GENERAL, {"name": "Brew and Bloom"}, headers={"sec-fetch-site": site})
    assert (response.status_code, "Brew and Bloom" in response.content.decode()) == (403, is_shown)


def test_let_the_whole_page_go_to_sign_in_when_a_part_was_asked_for(client: Client, relaxed: Merchant) -> None:
    headers = {"HX-Request": "true", "HX-Target": "grid-region", "HX-Current-URL": f"http://testserver{LIST}?q=x"}
    response = client.get(f"{LIST}?q=xy", headers=headers)
    assert (response.status_code, response["HX-Redirect"]) == (200, f"/accounts/login/?next={LIST}%3Fq%3Dx")


def test_answer_404_for_merchants_one_has_no_part_in(
    owner: Client, other_merchant: Merchant, relaxed: Merchant
) -> None:
    known, unknown = owner.get("/m/north-trail/customers/"), owner.get("/m/nobody/customers/")
    assert (known.status_code, unknown.status_code) == (404, 404)
    assert known.content == unknown.content


@pytest.mark.parametrize(
    ("role", "status"), [(Role.VIEWER, 403), (Role.AGENT, 403), (Role.ADMIN, 403), (Role.OWNER, 200)]
)
def test_answer_403_for_too_low_a_role(signed_in: MakeClient, role: Role, status: int) -> None:
    client = signed_in(role)
    assert client.get(LIST).status_code == 200
    assert client.get(GENERAL).status_code == status
    assert client.post(GENERAL, {}).status_code == (403 if status == 403 else 422)


def test_record_refusals(signed_in: MakeClient) -> None:
    signed_in(Role.VIEWER).get(GENERAL)
    assert SecurityEvent.objects.filter(kind="role.refused", detail="tenancy:general").count() == 1


def test_look_the_membership_up_each_time(signed_in: MakeClient) -> None:
    client = signed_in(Role.OWNER)
    assert client.get(GENERAL).status_code == 200
    Membership.objects.update(role=Role.VIEWER)
    assert client.get(GENERAL).status_code == 403
    Membership.objects.all().delete()
    assert client.get(LIST).status_code == 404


def test_shut_out_a_person_who_was_deactivated(signed_in: MakeClient) -> None:
    client = signed_in(Role.OWNER)
    User.objects.update(is_active=False)
    assert client.get(LIST).status_code == 302


def test_ask_for_a_second_factor_where_the_merchant_wants_one(signed_in: MakeClient, relaxed: Merchant) -> None:
    client = signed_in(Role.OWNER)
    Merchant.objects.update(mfa_required=True)
    response = client.get(LIST)
    assert (response.status_code, response["Location"]) == (302, "/accounts/2fa/totp/activate/")


def test_spend_four_queries_before_the_view(signed_in: MakeClient) -> None:
    client = signed_in(Role.VIEWER)
    client.get("/m/brew-bloom/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/m/brew-bloom/")
    told = [query["sql"].split()[0] for query in captured.captured_queries]
    # Session, person, membership with everything the door must know; then the transaction and its merchant.
    assert told == ["SELECT", "SELECT", "SELECT", "BEGIN", "SET", "COMMIT"] or told == ["SELECT"] * 3 + [
        "SAVEPOINT",
        "SET",
        "SET",
        "RELEASE",
    ]


def test_open_the_merchants_scope_zone_and_language(
    signed_in: MakeClient, relaxed: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def get(self: Any, request: Any) -> HttpResponse:
        seen.extend((merchant_in_scope(), timezone.get_current_timezone_name(), translation.get_language()))
        return HttpResponse()

    monkeypatch.setattr("tenancy.views.start.Start.get", get)
    Merchant.objects.update(time_zone="Europe/Berlin", locale="en_IE")
    signed_in(Role.VIEWER).get("/m/brew-bloom/")
    assert seen == [relaxed.pk, "Europe/Berlin", "en-ie"]
    assert (merchant_in_scope(), timezone.get_current_timezone_name()) == (None, "UTC")


@pytest.mark.parametrize("answer", ["error", "500"])
def test_keep_nothing_of_a_failure(
    signed_in: MakeClient, relaxed: Merchant, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    def get(self: Any, request: Any) -> HttpResponse:
        Customer.objects.create(email="a@example.com", created_at=timezone.now())
        if answer == "error":
            raise RuntimeError
        return HttpResponse(status=500)

    monkeypatch.setattr("tenancy.views.start.Start.get", get)
    client = signed_in(Role.VIEWER)
    client.raise_request_exception = False
    assert client.get("/m/brew-bloom/").status_code == 500
    with merchant_scope(relaxed):
        assert Customer.objects.count() == 0


def test_sign_out_a_session_that_was_left_alone(signed_in: MakeClient) -> None:
    client = signed_in(Role.VIEWER)
    assert client.get(LIST).status_code == 200
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=9))
    assert client.get(LIST).status_code == 302
    assert client.get(LIST).status_code == 302
    assert SecurityEvent.objects.filter(kind="session.over").count() == 1


def test_sign_out_a_session_after_a_day(signed_in: MakeClient) -> None:
    client = signed_in(Role.VIEWER)
    client.get(LIST)
    UserSession.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert client.get(LIST).status_code == 302
    assert client.get(LIST).status_code == 302


def test_note_now_and_then_that_a_session_is_in_use(signed_in: MakeClient) -> None:
    client = signed_in(Role.VIEWER)
    before = timezone.now() - timedelta(minutes=6)
    UserSession.objects.update(last_seen_at=before)
    client.get(LIST)
    noted = UserSession.objects.get().last_seen_at
    client.get(LIST)
    assert noted > before
    assert UserSession.objects.get().last_seen_at == noted


@pytest.mark.parametrize(
    "address",
    [
        "/?q=%00",
        "/m/brew-bloom/customers/?q=a%00b",
        "/m/brew%00bloom/customers/",
        "/join/%00/",
        "/accounts/login/?next=%00",
    ],
)
def test_answer_400_to_nul_bytes(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


def test_answer_plainly_to_nul_bytes_in_a_form(owner: Client) -> None:
    page = owner.post(GENERAL, {"name": "a\x00b"})
    assert page.status_code == 422
    assert "Null characters are not allowed" in page.content.decode()
    assert owner.post(GENERAL, {"na\x00me": "x", "op_id": "0" * 32}).status_code == 400


@pytest.mark.parametrize("token", ["", "x", "0123456789", "0123456789.secret", "🎁.x", "a" * 5000, "../../etc/passwd"])
def test_answer_404_to_tokens_of_nobody(client: Client, relaxed: Merchant, token: str) -> None:
    assert client.get(f"/join/{token}/").status_code == 404


def test_find_the_merchant_of_a_token_but_not_the_token(client: Client, relaxed: Merchant) -> None:
    token, _hash = new_token(relaxed)
    assert client.get(f"/join/{token}/").status_code == 410


def test_keep_pages_out_of_every_cache(owner: Client) -> None:
    for address in (LIST, GENERAL, "/"):
        assert "no-store" in owner.get(address)["Cache-Control"]


def test_give_the_request_an_id(client: Client) -> None:
    assert client.get("/nothing", headers={"x-request-id": "from-the-proxy-1"})["X-Request-Id"] == "from-the-proxy-1"
    made = client.get("/nothing", headers={"x-request-id": 'evil"\r\nx'})["X-Request-Id"]
    assert len(made) == 32


def test_say_that_a_form_has_expired(relaxed: Merchant, person: MakeUser) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", {"login": "a@example.com", "password": "x"})
    assert response.status_code == 403
    assert "expired" in response.content.decode()


def test_rotate_the_session_at_sign_in(client: Client, relaxed: Merchant, person: MakeUser) -> None:
    user = person("viewer", relaxed, Role.VIEWER)
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    sign_in(client, user)
    assert client.session.session_key not in (None, before)
