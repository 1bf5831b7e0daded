"""Signing in by a link in an e-mail: once, for 15 minutes, with one merchant, telling strangers nothing."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cockpit.client import sessions
from cockpit.client.links import LIFE, Fault, LinkDead, send_link, use_link
from cockpit.client.mail import sign_in
from cockpit.client.retention import remove_old_links, remove_old_sessions
from cockpit.models import ClientSession, SignInLink
from customers.models import Customer
from jobs.models import Job
from jobs.runner import run_kind
from messaging.errors import NoLongerValid
from messaging.models import Message
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import sign_in as sign_in_staff
from tests.client.browser import Browser, link_for, signed_in
from tests.loyalty import factories as make


def ask(merchant: Merchant, email: str) -> Any:
    return Browser(merchant).post("in/", email=email)


def test_sign_in_by_the_link(merchant: Merchant, mara: Customer) -> None:
    browser, token = Browser(merchant), link_for(merchant, "mara@EXAMPLE.com")
    shown = browser.text(f"in/{token}/")
    assert "M•••@example.com" in shown
    assert "300" not in shown
    answer = browser.post(f"in/{token}/")
    assert (answer.status_code, answer["Location"]) == (303, f"{browser.home}?said=in")
    assert "300" in browser.text()


def test_looking_at_the_link_uses_nothing(merchant: Merchant, mara: Customer) -> None:
    browser, token = Browser(merchant), link_for(merchant, mara.email)
    for _ in range(3):
        assert browser.client.head(f"{browser.home}in/{token}/").status_code == 200
        browser.text(f"in/{token}/")
    assert browser.post(f"in/{token}/").status_code == 303


def test_a_link_works_once(merchant: Merchant, mara: Customer) -> None:
    token = link_for(merchant, mara.email)
    assert Browser(merchant).post(f"in/{token}/").status_code == 303
    second = Browser(merchant).post(f"in/{token}/")
    assert second.status_code == 410
    assert "This link was used already" in second.content.decode()
    assert "Send me a new link" in second.content.decode()
    assert not second.cookies.get(f"client-{merchant.public_id}")


def test_a_double_press_goes_on(merchant: Merchant, mara: Customer) -> None:
    browser, token = Browser(merchant), link_for(merchant, mara.email)
    browser.post(f"in/{token}/")
    assert browser.post(f"in/{token}/").status_code == 303
    with merchant_scope(merchant):
        assert ClientSession.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_ends_after_15_minutes(merchant: Merchant, mara: Customer, method: str) -> None:
    token = link_for(merchant, mara.email, now=timezone.now() - LIFE)
    answer = getattr(Browser(merchant), method)(f"in/{token}/")
    assert answer.status_code == 410
    assert "This link is too old" in answer.content.decode()


@pytest.mark.parametrize(("later", "works"), [(LIFE - timedelta(milliseconds=1), True), (LIFE, False)])
def test_the_last_moment_of_a_link(merchant: Merchant, mara: Customer, later: timedelta, works: bool) -> None:
    now = timezone.now()
    token = link_for(merchant, mara.email, now=now)
    with merchant_scope(merchant):
        if works:
            assert use_link(token=token, device="", now=now + later).customer_id == mara.id
            return
        with pytest.raises(LinkDead) as refusal:
            use_link(token=token, device="", now=now + later)
    assert refusal.value.fault == Fault.EXPIRED


def test_a_foreign_link_signs_nobody_in(merchant: Merchant, other_merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(other_merchant):
        make.customer(email=mara.email)
    token = link_for(other_merchant, mara.email)
    answers = [Browser(merchant).get(f"in/{token}/"), Browser(merchant).post(f"in/{token}/")]
    unknown = Browser(merchant).post(f"in/{merchant.public_id}.{'x' * 43}/")
    assert {answer.status_code for answer in (*answers, unknown)} == {410}
    assert all("This link does not work" in answer.content.decode() for answer in (*answers, unknown))
    assert Browser(other_merchant).post(f"in/{token}/").status_code == 303


def test_an_earlier_link_ends_with_the_one_that_is_used(merchant: Merchant, mara: Customer) -> None:
    first, second = link_for(merchant, mara.email), link_for(merchant, mara.email)
    assert Browser(merchant).post(f"in/{second}/").status_code == 303
    assert Browser(merchant).post(f"in/{first}/").status_code == 410


def test_only_the_hash_is_kept(merchant: Merchant, mara: Customer) -> None:
    token = link_for(merchant, mara.email)
    assert token.startswith(f"{merchant.public_id}.")
    with merchant_scope(merchant):
        (link,), (message,) = SignInLink.objects.all(), Message.objects.all()
        kept = [*map(str, vars(link).values()), str(message.context), *map(str, Job.objects.values_list("payload"))]
    assert not any(token.split(".")[1] in text for text in kept)


def test_one_use_by_many_at_once(transactional_db: None, together: Any, merchant: Merchant, mara: Customer) -> None:
    token = link_for(merchant, mara.email)
    outcomes = together(lambda: Browser(merchant).post(f"in/{token}/").status_code, [()] * 8)
    assert sorted(outcome.value for outcome in outcomes) == [303] + [410] * 7
    with merchant_scope(merchant):
        assert ClientSession.objects.count() == 1


def test_many_links_of_one_customer_at_once(
    transactional_db: None, together: Any, merchant: Merchant, mara: Customer
) -> None:
    """Each use ends the others: one of them signs in, and none waits for another for ever."""
    tokens = [link_for(merchant, mara.email) for _ in range(6)]
    outcomes = together(lambda token: Browser(merchant).post(f"in/{token}/").status_code, [(t,) for t in tokens])
    assert sorted(outcome.value for outcome in outcomes) == [303] + [410] * 5


def test_tell_nobody_whether_an_address_is_known(merchant: Merchant, mara: Customer) -> None:
    """The same answer by the same statements: what differs is done by a job, later."""
    said = {}
    for email in (mara.email, "nobody@example.com"):
        with CaptureQueriesContext(connection) as captured:
            answer = ask(merchant, email)
        shapes = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in captured]
        headers = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
        said[email] = (answer.status_code, answer.content, headers, shapes)
    known, unknown = said.values()
    assert known == unknown
    assert not any("customers_customer" in query for query in known[3])


def test_send_nothing_to_an_unknown_address(merchant: Merchant, mara: Customer) -> None:
    ask(merchant, "nobody@example.com")
    with merchant_scope(merchant):
        (link,) = SignInLink.objects.all()
        assert not send_link(link_id=link.id, now=timezone.now())
        assert (SignInLink.objects.count(), Message.objects.count()) == (0, 0)


def test_send_one_mail_however_often_the_job_runs(merchant: Merchant, mara: Customer) -> None:
    ask(merchant, mara.email)
    with merchant_scope(merchant):
        (link,) = SignInLink.objects.all()
        for _ in range(3):
            assert send_link(link_id=link.id, now=timezone.now())
        (message,) = Message.objects.all()
    assert (message.to_address, message.kind) == ("Mara@example.com", "client.sign_in")


def test_the_mail_carries_the_link(merchant: Merchant, mara: Customer) -> None:
    token = link_for(merchant, mara.email)
    with merchant_scope(merchant):
        message = Message.objects.get()
        message.merchant = merchant
        letter = sign_in(message)
        assert f"{settings.BASE_URL}/c/brew-bloom/in/{token}/" in letter.text
        assert sign_in(message).text == letter.text
        assert "15 minutes" in letter.text
        use_link(token=token, device="", now=timezone.now())
        with pytest.raises(NoLongerValid):
            sign_in(message)


def test_send_the_link_to_nobody_else(merchant: Merchant, mara: Customer) -> None:
    """Whoever reads this mail is the customer: an address that staff correct on the desk does not get it."""
    link_for(merchant, mara.email)
    with merchant_scope(merchant):
        Message.objects.update(status="failed")
        sent = Message.objects.get()
    agent = sign_in_staff(merchant, Role.AGENT)
    given = {"to_address": "agent@example.com", "reason": "", "op_id": str(uuid.uuid4())}
    agent.post(f"/m/{merchant.slug}/deliveries/{sent.id}/correct/", given)
    run_kind(merchant.id, "message.send")
    with merchant_scope(merchant):
        later = Message.objects.exclude(id=sent.id).get()
        assert (later.to_address, later.status, later.last_error) == ("agent@example.com", "skipped", "address_changed")
        mara.email = "mara@new.example"
        mara.save()
        sent.merchant = merchant
        with pytest.raises(NoLongerValid):
            sign_in(sent)


def test_an_erased_customer_cannot_come_in(merchant: Merchant, mara: Customer) -> None:
    token, browser = link_for(merchant, mara.email), signed_in(merchant, mara)
    with merchant_scope(merchant):
        Customer.objects.filter(id=mara.id).update(erased_at=timezone.now())
    assert Browser(merchant).post(f"in/{token}/").status_code == 410
    assert "Send me a link" in browser.text()
    assert browser.get("mine/").status_code == 303
    with merchant_scope(merchant):
        SignInLink.objects.all().delete()
    ask(merchant, mara.email)
    with merchant_scope(merchant):
        assert not send_link(link_id=SignInLink.objects.get().id, now=timezone.now())


@pytest.mark.parametrize("email", ["", "mara", "mara@", "x" * 250 + "@example.com"])
def test_say_what_is_wrong_with_an_address(merchant: Merchant, email: str) -> None:
    answer = ask(merchant, email)
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


def test_a_machine_is_told_the_same(merchant: Merchant, mara: Customer) -> None:
    answer = Browser(merchant).post("in/", email=mara.email, website="x")
    assert answer.status_code == ask(merchant, mara.email).status_code
    with merchant_scope(merchant):
        assert SignInLink.objects.count() == 1


def test_brake_who_asks_for_one_address(merchant: Merchant, mara: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "RATE_LIMIT_FACTOR", 1.0)
    for email in (mara.email, "nobody@example.com"):
        answers = [ask(merchant, email) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [303] * 5 + [429]
        assert int(answers[-1]["Retry-After"]) > 0


def test_brake_who_asks_for_many_addresses(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "RATE_LIMIT_FACTOR", 0.15)
    answers = [ask(merchant, f"a{number}@example.com").status_code for number in range(4)]
    assert answers == [303, 303, 303, 429]


def test_two_merchants_with_the_same_address(merchant: Merchant, other_merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(other_merchant):
        theirs = make.customer(email=mara.email)
        make.points(theirs, 77)
    here, there = signed_in(merchant, mara), signed_in(other_merchant, theirs)
    here.client.cookies.update(there.client.cookies)
    there.client.cookies = here.client.cookies
    assert ">300<" in here.text()
    assert ">77<" in there.text()
    assert (">77<" in here.text(), ">300<" in there.text()) == (False, False)


def test_a_cookie_of_another_merchant_opens_nothing(
    merchant: Merchant, other_merchant: Merchant, mara: Customer
) -> None:
    there = Browser(other_merchant)
    value = signed_in(merchant, mara).client.cookies[f"client-{merchant.public_id}"].value
    there.client.cookies[f"client-{other_merchant.public_id}"] = value
    assert "Send me a link" in there.text()


def test_the_cookie_is_scoped(merchant: Merchant, mara: Customer) -> None:
    token = link_for(merchant, mara.email)
    plain = Browser(merchant).client.post(f"/c/brew-bloom/in/{token}/").cookies[f"client-{merchant.public_id}"]
    assert (plain["path"], plain["httponly"], plain["samesite"]) == ("/c/brew-bloom/", True, "Lax")
    token = link_for(merchant, mara.email)
    answer = Browser(merchant).client.post(f"/c/brew-bloom/in/{token}/", secure=True)
    sealed = answer.cookies[f"__Host-client-{merchant.public_id}"]
    assert (sealed["path"], bool(sealed["secure"])) == ("/", True)


def test_sign_out_ends_the_session(browser_of_mara: Browser, merchant: Merchant) -> None:
    kept = browser_of_mara.client.cookies[f"client-{merchant.public_id}"].value
    assert browser_of_mara.post("out/").status_code == 303
    browser_of_mara.client.cookies[f"client-{merchant.public_id}"] = kept
    assert "Send me a link" in browser_of_mara.text()
    assert browser_of_mara.post("out/").status_code == 303


def test_sign_out_elsewhere(merchant: Merchant, mara: Customer) -> None:
    here, there, third = (signed_in(merchant, mara) for _ in range(3))
    with merchant_scope(merchant):
        (last, *_others) = ClientSession.objects.order_by("-id")
    assert here.post("profile/sessions/", session=str(last.id)).status_code == 303
    assert third.get("mine/").status_code == 303
    assert there.get("mine/").status_code == 200
    here.post("profile/sessions/", session="others")
    assert there.get("mine/").status_code == 303
    assert here.get("mine/").status_code == 200
    assert here.post("profile/sessions/", session="nonsense").status_code == 303


def test_nobody_ends_anothers_session(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        other = make.customer()
        session = sessions.begin(customer=other, device="", now=timezone.now())
    browser_of_mara.post("profile/sessions/", session=str(session.id))
    with merchant_scope(merchant):
        assert ClientSession.objects.filter(id=session.id).exists()


@pytest.mark.parametrize("age", [sessions.IDLE, sessions.LIFE])
def test_a_session_ends_by_itself(merchant: Merchant, browser_of_mara: Browser, age: timedelta) -> None:
    with merchant_scope(merchant):
        then = timezone.now() - age - timedelta(seconds=1)
        ClientSession.objects.update(began_at=then, seen_at=then, expires_at=then + sessions.LIFE)
    assert "Send me a link" in browser_of_mara.text()
    with merchant_scope(merchant):
        assert remove_old_sessions(now=timezone.now(), limit=10) == 1


def test_note_that_a_session_is_in_use(merchant: Merchant, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        ClientSession.objects.update(seen_at=timezone.now() - timedelta(hours=2))
    browser_of_mara.text()
    with merchant_scope(merchant):
        assert timezone.now() - ClientSession.objects.get().seen_at < timedelta(minutes=1)


def test_remove_links_a_week_after_their_end(merchant: Merchant, mara: Customer) -> None:
    link_for(merchant, mara.email, now=timezone.now() - timedelta(days=8))
    link_for(merchant, mara.email)
    with merchant_scope(merchant):
        assert remove_old_links(now=timezone.now(), limit=10) == 1
        assert SignInLink.objects.count() == 1


@pytest.mark.parametrize("path", ["mine/", "offers/", "claims/", "history/", "profile/", "profile/erasure/"])
def test_lead_strangers_to_the_door(merchant: Merchant, path: str) -> None:
    answer = Browser(merchant).get(path)
    assert (answer.status_code, answer["Location"]) == (303, "/c/brew-bloom/?said=out")


@pytest.mark.parametrize("path", ["profile/", "profile/data/", "profile/erasure/", "profile/sessions/"])
def test_take_no_form_of_a_stranger(merchant: Merchant, path: str) -> None:
    assert Browser(merchant).post(path).status_code == 303


def test_no_merchant_no_page(db: None) -> None:
    assert Browser(Merchant(slug="nobody", name="Nobody")).get().status_code == 404
