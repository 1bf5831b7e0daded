"""What a customer says of themselves: the profile, all data as a file, and the wish to be forgotten."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from cockpit.client import privacy
from cockpit.client.sessions import device_of
from cockpit.models import ClientSession, ErasureRequest, ErasureState, SignInLink
from customers.models import Customer
from loyalty.models import LoyaltySettings
from loyalty.services.adjustments import adjust
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.client.browser import Browser, link_for, took
from tests.loyalty import factories as make
from tests.support.counting import queries_of
from tests.tenancy.conftest import PASSWORD, sign_in

# --- Profile ------------------------------------------------------------------------------------------------------

CHANGED = {"first_name": "Maja", "last_name": "Lind", "street": "New Street", "city": "York", "country": "GB"}


def test_change_the_profile(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    answer = browser_of_mara.post("profile/", **CHANGED, email="thief@example.com", card_number="X")
    assert answer["Location"] == "/c/brew-bloom/profile/?said=saved"
    with merchant_scope(merchant):
        found = Customer.objects.get(id=mara.id)
        event = AuditEvent.objects.get(action="customer.updated")
    assert (found.first_name, found.street, found.email, found.card_number) == ("Maja", "New Street", mara.email, "")
    assert event.actor == f"customer:{mara.id}"


def test_keep_what_was_typed(browser_of_mara: Browser) -> None:
    answer = browser_of_mara.post("profile/", **CHANGED | {"birthday": "2999-01-01"})
    assert answer.status_code == 422
    assert "A birthday cannot be in the future." in answer.content.decode()
    assert 'value="New Street"' in answer.content.decode()


@pytest.mark.parametrize("typed", ["none of your business", "123", "🎁"])
def test_refuse_a_phone_that_is_none(merchant: Merchant, mara: Customer, browser_of_mara: Browser, typed: str) -> None:
    answer = browser_of_mara.post("profile/", **CHANGED, phone=typed)
    assert answer.status_code == 422
    assert "This is not a phone number." in answer.content.decode()
    with merchant_scope(merchant):
        Customer.objects.filter(id=mara.id).update(phone=typed)
    assert browser_of_mara.post("profile/", **CHANGED, phone=typed).status_code == 303
    assert browser_of_mara.post("profile/", **CHANGED, phone="").status_code == 303


def test_tell_a_birthday_once(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    browser_of_mara.post("profile/", **CHANGED, birthday="1990-04-01")
    browser_of_mara.post("profile/", **CHANGED, birthday="1990-12-24")
    with merchant_scope(merchant):
        assert str(Customer.objects.get(id=mara.id).birthday) == "1990-04-01"


def test_a_name_of_signs_is_text(browser_of_mara: Browser) -> None:
    browser_of_mara.post("profile/", **CHANGED | {"first_name": "<img src=x>"})
    assert "<img src=x>" not in browser_of_mara.text("profile/")


def test_choose_reminders(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    assert "Do not remind me" not in browser_of_mara.text("profile/")
    with merchant_scope(merchant):
        LoyaltySettings.objects.create(reminds=True)
    for wanted, button in (
        ("0", ">Remind me<"),
        ("0", ">Remind me<"),
        ("1", "Do not remind me"),
        ("1", "Do not remind me"),
    ):
        assert browser_of_mara.post("profile/reminders/", wanted=wanted).status_code == 303
        assert button in browser_of_mara.text("profile/")


# --- Data and erasure ---------------------------------------------------------------------------------------------


def test_take_all_data_along(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    row = took(merchant, mara, codes=1)
    with merchant_scope(merchant):
        other = make.customer()
        make.points(other, 50)
        for who in (mara, other):
            about: dict[str, Any] = {"actor": Actor.system(), "now": timezone.now()}
            adjust(customer_id=who.id, points=-1, reason=f"For {who.email}", op_key=who.email, **about)
            privacy.ask_erasure(customer=who, note=f"From {who.email}", now=timezone.now())
    theirs = took(merchant, other, codes=1)
    answer = browser_of_mara.post("profile/data/")
    found = json.loads(answer.content)
    assert re.search(r'attachment; filename="brew-bloom-my-data-\d{4}-\d\d-\d\d.json"', answer["Content-Disposition"])
    assert found["profile"]["email"] == "Mara@example.com"
    assert found["points"]["active"] == 289
    assert [line["points"] for line in found["statement"]] == [-1, -10, 300]
    assert [(one["points"], one["reason"]) for one in found["adjustments"]] == [(-1, "For Mara@example.com")]
    assert [one["note"] for one in found["erasure_requests"]] == ["From Mara@example.com"]
    assert found["returns"] == []
    assert [one["code_value"] for one in found["rewards"]] == [row.code_value]
    assert len(found["messages"]) == 1
    assert theirs.code_value not in answer.content.decode()
    assert other.email not in answer.content.decode()


def test_brake_who_takes_files(browser_of_mara: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "RATE_LIMIT_FACTOR", 1.0)
    assert [browser_of_mara.post("profile/data/").status_code for _ in range(7)] == [200] * 6 + [429]


def test_ask_to_be_forgotten_once(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    assert browser_of_mara.post("profile/erasure/", note="bye").status_code == 422
    for _ in range(3):
        assert browser_of_mara.post("profile/erasure/", note="bye", sure="on").status_code == 303
    with merchant_scope(merchant):
        (wish,) = ErasureRequest.objects.all()
    assert (wish.customer_id, wish.note, wish.state) == (mara.id, "bye", "waiting")
    assert "You asked us to delete your data" in browser_of_mara.text("profile/")
    assert browser_of_mara.get("profile/erasure/").status_code == 303


def test_many_wishes_at_once_are_one(
    transactional_db: None, together: Any, merchant: Merchant, mara: Customer, browser_of_mara: Browser
) -> None:
    name = f"client-{merchant.public_id}"

    def ask() -> int:
        client = Client()
        client.cookies[name] = browser_of_mara.client.cookies[name].value
        return client.post(f"{browser_of_mara.home}profile/erasure/", {"sure": "on"}).status_code

    assert [outcome.value for outcome in together(ask, [()] * 8)] == [303] * 8
    with merchant_scope(merchant):
        assert ErasureRequest.objects.count() == 1
        assert AuditEvent.objects.filter(action="erasure.asked").count() == 1


def test_withdraw_the_wish(merchant: Merchant, browser_of_mara: Browser) -> None:
    browser_of_mara.post("profile/erasure/", sure="on")
    for said in ("withdrawn", ""):
        assert browser_of_mara.post("profile/erasure/withdraw/")["Location"].endswith(said)
    with merchant_scope(merchant):
        assert ErasureRequest.objects.get().state == ErasureState.WITHDRAWN
    browser_of_mara.post("profile/erasure/", sure="on")
    with merchant_scope(merchant):
        assert ErasureRequest.objects.count() == 2


@pytest.fixture
def staff(merchant: Merchant) -> Any:
    def as_role(role: Role) -> Client:
        Merchant.objects.filter(id=merchant.id).update(mfa_required=False)
        user = User.objects.create_user(f"{role.name.lower()}@brew-bloom.example", PASSWORD, name="Ada")
        Membership.objects.create(merchant=merchant, user=user, role=role)
        client = Client()
        sign_in(client, user)
        return client

    return as_role


def test_staff_see_and_answer_the_wish(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, staff: Any
) -> None:
    browser_of_mara.post("profile/erasure/", note="I move abroad", sure="on")
    owner = staff(Role.OWNER)
    page = owner.get("/m/brew-bloom/erasure-requests/").content.decode()
    assert ("Mara Lind" in page, "I move abroad" in page) == (True, True)
    with merchant_scope(merchant):
        wish = ErasureRequest.objects.get()
    path = f"/m/brew-bloom/erasure-requests/{wish.id}/decline/"
    assert "I move abroad" in owner.get(path).content.decode()
    assert owner.post(path, {"answer": ""}).status_code == 422
    assert owner.post(path, {"answer": "Your invoices <must> stay."}).status_code == 302
    assert owner.post(path, {"answer": "Again"}).status_code == 409
    assert "Your invoices &lt;must&gt; stay." in browser_of_mara.text("profile/")


def test_the_owner_erases_the_customer(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, staff: Any
) -> None:
    row = took(merchant, mara, codes=1)
    browser_of_mara.post("profile/erasure/", note="I am Mara", sure="on")
    owner = staff(Role.OWNER)
    with merchant_scope(merchant):
        wish = ErasureRequest.objects.get()
    assert owner.post(f"/m/brew-bloom/erasure-requests/{wish.id}/done/", {"answer": ""}).status_code == 302
    with merchant_scope(merchant):
        found, wish = Customer.objects.get(id=mara.id), ErasureRequest.objects.get()
    assert (found.email, found.first_name, wish.note, wish.customer_name) == ("", "", "", "")
    assert wish.state == ErasureState.DONE
    assert "Send me a link" in browser_of_mara.text()
    assert browser_of_mara.get(f"mine/{row.id}/").status_code == 303
    assert "Mara" not in owner.get("/m/brew-bloom/erasure-requests/").content.decode()


def test_only_owners_answer(merchant: Merchant, browser_of_mara: Browser, staff: Any) -> None:
    browser_of_mara.post("profile/erasure/", sure="on")
    admin = staff(Role.ADMIN)
    with merchant_scope(merchant):
        wish = ErasureRequest.objects.get()
    page = admin.get("/m/brew-bloom/erasure-requests/").content.decode()
    assert str(wish.id) + "/done/" not in page
    assert admin.post(f"/m/brew-bloom/erasure-requests/{wish.id}/done/", {"answer": "x"}).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_the_staffs_list(merchant: Merchant, staff: Any, number: int) -> None:
    with merchant_scope(merchant):
        for _ in range(number):
            privacy.ask_erasure(customer=make.customer(), note="", now=timezone.now())
    assert len(queries_of(staff(Role.OWNER), "/m/brew-bloom/erasure-requests/")) == 7


def test_forget_a_person_here(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    link_for(merchant, mara.email)
    browser_of_mara.post("profile/erasure/", note="secret", sure="on")
    with merchant_scope(merchant):
        assert privacy.forget(customer_id=mara.id) == 4
        wish = ErasureRequest.objects.get()
        assert (wish.customer_name, wish.note) == ("", "")
        assert (SignInLink.objects.count(), ClientSession.objects.count()) == (0, 0)
    assert "Send me a link" in browser_of_mara.text()


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537 Chrome/130 Safari/537 Edg/130", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537 Chrome/130 Mobile Safari/537", "Chrome, Android"),
        ("curl/8", ""),
    ],
)
def test_name_a_browser(agent: str, device: str) -> None:
    assert device_of(agent) == device
