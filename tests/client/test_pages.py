"""What a customer has: rewards with codes, claims, history, profile, data and the wish to be forgotten."""

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from claims_center.models import Claim
from claims_center.states import Status
from cockpit.client import codeimage, privacy
from cockpit.client.sessions import device_of
from cockpit.models import ClientSession, ErasureRequest, ErasureState, SignInLink
from customers.models import Customer
from loyalty.models import LoyaltySettings, RedeemedReward
from loyalty.services.canceling import cancel
from loyalty.services.using import mark_used, set_delivery
from loyalty.states import CashbackStatus, DeliveryStatus, RewardType
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_center.factories import claim_in, make_claim, make_funnel, make_promotion
from tests.client.browser import Browser, link_for, signed_in
from tests.loyalty import factories as make
from tests.support.counting import queries_of
from tests.tenancy.conftest import PASSWORD, sign_in

STAFF = Actor("user", uuid.UUID(int=7))
PAGES = ("", "mine/", "offers/", "claims/", "history/", "profile/", "profile/erasure/")


def took(merchant: Merchant, who: Customer, **values: Any) -> RedeemedReward:
    with merchant_scope(merchant):
        if "codes" in values:
            values["pool"] = make.pool(values.pop("codes"))
        return make.take(make.reward(cost_in_points=10, **values), who)


def by_staff(merchant: Merchant, act: Any, row: RedeemedReward, **told: Any) -> None:
    with merchant_scope(merchant):
        act(redeemed_id=row.id, actor=STAFF, now=timezone.now(), **told)


# --- My rewards ---------------------------------------------------------------------------------------------------


def test_show_a_code_to_be_read_by_a_till(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    row = took(merchant, mara, codes=1)
    for page in (browser_of_mara.text("mine/"), browser_of_mara.text(f"mine/{row.id}/")):
        assert row.code_value in page
        assert f'data-copy="{row.code_value}"' in page
        assert "Ready to use" in page
    page = browser_of_mara.text(f"mine/{row.id}/")
    assert page.count('<svg viewBox="0 0') >= 2
    assert f"QR code of {row.code_value}" in page


@pytest.mark.parametrize(
    ("act", "told", "words", "seen"),
    [
        (mark_used, {}, "You used it on", True),
        (cancel, {"refund": True, "reason": "x"}, "Your points were given back.", False),
        (cancel, {"refund": False, "reason": "x"}, "Canceled", False),
    ],
)
def test_say_what_became_of_it(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, act: Any, told: Any, words: str, seen: bool
) -> None:
    row = took(merchant, mara, codes=1)
    by_staff(merchant, act, row, **told)
    page = browser_of_mara.text(f"mine/{row.id}/")
    assert words in page
    assert "QR code" not in page
    assert (row.code_value in page) is seen


def test_show_no_code_before_and_after_its_time(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    early = took(merchant, mara, codes=1, days_until_active=3)
    late = took(merchant, mara, codes=1, days_valid=1)
    with merchant_scope(merchant):
        then = timezone.now() - timedelta(days=2)
        RedeemedReward.objects.filter(id=late.id).update(
            redeemed_at=then, active_from=then, expires_at=then + timedelta(days=1)
        )
    page = browser_of_mara.text("mine/")
    assert ("You can use it from" in page, "It ended on" in page) == (True, True)
    assert (early.code_value in page, late.code_value in page) == (False, False)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "Reserved for you"),
        ([DeliveryStatus.ORDERED], "Being packed"),
        ([DeliveryStatus.SHIPPED], "On its way"),
        ([DeliveryStatus.SHIPPED, DeliveryStatus.DELIVERED], "It has arrived."),
        ([DeliveryStatus.CANCELED], "Not sent"),
    ],
)
def test_follow_a_gift(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, steps: list[DeliveryStatus], words: str
) -> None:
    row = took(merchant, mara, reward_type=RewardType.GIFT)
    if steps:
        by_staff(merchant, mark_used, row)
    for step in steps:
        if step != DeliveryStatus.ORDERED:
            by_staff(merchant, set_delivery, row, status=step)
    assert words in browser_of_mara.text(f"mine/{row.id}/")


@pytest.mark.parametrize("status", [one for one in CashbackStatus if one])
def test_follow_a_cashback(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, status: CashbackStatus
) -> None:
    with merchant_scope(merchant):
        Customer.objects.filter(id=mara.id).update(phone="+919876543201")
    row = took(merchant, mara, reward_type=RewardType.CASHBACK)
    with merchant_scope(merchant):
        RedeemedReward.objects.update(cashback_status=status, cashback_text="0: X: Y")
    page = browser_of_mara.text(f"mine/{row.id}/")
    assert ("0: X: Y" not in page, "wallet" in page or "bank" in page) == (True, True)


def test_anothers_reward_is_no_page(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        other = make.customer()
        make.points(other, 50)
    row = took(merchant, other, codes=1)
    assert browser_of_mara.get(f"mine/{row.id}/").status_code == 404
    assert row.code_value not in browser_of_mara.text("mine/")
    assert browser_of_mara.get(f"mine/{uuid.uuid4()}/").status_code == 404


def test_bars_follow_the_standard() -> None:
    """The example of the standard's articles: start B, `PJJ123C`, sign of control 55."""
    widths = codeimage.widths_of("PJJ123C")
    assert widths is not None
    assert widths.startswith("211214")
    assert widths.endswith(f"{codeimage.CODE_128[55]}2331112")
    assert sum(map(int, widths)) == 11 * 9 + 13
    assert {sum(map(int, one)) for one in codeimage.CODE_128[:-1]} == {11}
    assert len(set(codeimage.CODE_128)) == 107


@pytest.mark.parametrize("value", ["", "ÄÖ", "x" * 27, "a\tb"])
def test_draw_no_bars_of_what_has_none(value: str) -> None:
    assert codeimage.bars(value) is None


# --- Claims and history -------------------------------------------------------------------------------------------


def test_show_claims_with_the_way_to_each(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        claim = claim_in(Status.VERIFIED)
        Claim.objects.update(customer=mara)
        token = claim.tracker_token
    page = browser_of_mara.text("claims/")
    assert "Your claim is confirmed" in page
    assert f'href="/track/{token}/"' in page


def test_history_tells_every_point(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    row = took(merchant, mara, name="Mug")
    page = browser_of_mara.text("history/")
    assert "<b>\N{MINUS SIGN}10</b>" in page
    assert "<b>+300</b>" in page
    assert ("290 after" in page, "300 after" in page) == (True, True)
    assert f'href="/c/brew-bloom/mine/{row.id}/">Mug</a>' in page
    assert "10 points of" in page


def test_history_comes_in_pages(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        for number in range(27):
            make.points(mara, 1000 + number)
    first = browser_of_mara.text("history/")
    onward = re.search(r"\?before=([^\"]+)", first)
    assert onward is not None
    second = browser_of_mara.client.get(f"{browser_of_mara.home}history/?before={onward[1]}").content.decode()
    assert first.count('class="client-amount') == 25
    assert second.count('class="client-amount') == 3
    assert "<b>+300</b>" in second


@pytest.mark.parametrize("before", ["x", "a_b_c", "9999-99-99_x_1", "2026-01-01T00:00:00_" + "0" * 32 + "_1"])
def test_a_wrong_position_is_the_first_page(browser_of_mara: Browser, before: str) -> None:
    assert "<b>+300</b>" in browser_of_mara.text("history/", before=before)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_stands_empty(merchant: Merchant, path: str) -> None:
    with merchant_scope(merchant):
        nobody = make.customer(first_name="", last_name="", email="new@example.com")
    answer = signed_in(merchant, nobody).get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "'unsafe" not in answer["Content-Security-Policy"]


COUNTED = {"mine/": 4, "claims/": 4, "history/": 6, "profile/": 6}


@pytest.mark.parametrize("path", COUNTED)
@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_a_page(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, path: str, number: int
) -> None:
    with merchant_scope(merchant):
        funnel = make_funnel(make_promotion("fixed"))
    for place in range(number):
        took(merchant, mara, codes=1)
        with merchant_scope(merchant):
            make_claim(funnel, email=f"a{place}@example.com")
            Claim.objects.update(customer=mara)
        signed_in(merchant, mara)
    assert len(queries_of(browser_of_mara.client, f"{browser_of_mara.home}{path}")) == COUNTED[path]


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
    theirs = took(merchant, other, codes=1)
    answer = browser_of_mara.post("profile/data/")
    found = json.loads(answer.content)
    assert re.search(r'attachment; filename="brew-bloom-my-data-\d{4}-\d\d-\d\d.json"', answer["Content-Disposition"])
    assert found["profile"]["email"] == "Mara@example.com"
    assert found["points"]["active"] == 290
    assert [line["points"] for line in found["statement"]] == [-10, 300]
    assert [one["code_value"] for one in found["rewards"]] == [row.code_value]
    assert len(found["messages"]) == 1
    assert theirs.code_value not in answer.content.decode()


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
