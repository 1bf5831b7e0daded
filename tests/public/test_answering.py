"""Answering on the tracker, over the web."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from claims_center.models import Claim, ClaimChange
from claims_center.services.answers import open_question
from claims_center.services.gifts import send_gift
from claims_center.services.processing import mark_processed
from claims_center.services.verdicts import ask_info, verify
from claims_center.states import Attention, Event, Status
from messaging.models import Message
from messaging.wording import switch
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import make_funnel, make_promotion
from tests.public.walker import Walker

BY: dict[str, Any] = {"actor": Actor.system(), "now": datetime(2026, 11, 1, 12, tzinfo=UTC)}


@pytest.fixture
def claim(walker: Walker) -> Claim:
    """A claim that waits for its customer."""
    walker.submit()
    (found,) = walker.claims()
    with merchant_scope(walker.merchant):
        return ask_info(claim_id=found.id, reason="Which order is it?", **BY)


def address(claim: Claim, page: str = "") -> str:
    return f"/track/{claim.tracker_token}/{page}"


def given(claim: Claim, **values: Any) -> dict[str, Any]:
    with merchant_scope(claim.merchant_id):
        return {"question": open_question(claim=claim), "text": "The second one", "order_number": ""} | values


def now(claim: Claim) -> Claim:
    with merchant_scope(claim.merchant_id):
        found: Claim = Claim.objects.get(id=claim.id)
        return found


def test_show_the_question_and_a_form(claim: Claim) -> None:
    page = Client().get(address(claim)).content.decode()

    for words in ("We need something from you", "Which order is it?", "Your answer", "Send my answer", "csrf"):
        assert words in page
    assert claim.customer_email not in page


def test_take_an_answer_and_say_so(claim: Claim) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(address(claim))
    token = client.cookies["csrftoken"].value

    values = given(claim) | {"csrfmiddlewaretoken": token}
    answer = client.post(address(claim, "answer/"), values, follow=True)

    assert answer.redirect_chain == [(f"{address(claim)}?said=answered", 303)]
    page = answer.content.decode()
    assert "your answer has come in" in page
    assert "We look at your claim again" in page
    assert "Send my answer" not in page
    assert (now(claim).status, now(claim).attention) == (Status.NEW, Attention.ANSWERED)


def test_refuse_a_form_from_elsewhere(claim: Claim) -> None:
    answer = Client(enforce_csrf_checks=True).post(address(claim, "answer/"), given(claim))

    assert (answer.status_code, now(claim).status) == (403, Status.NEEDS_INFO)


def test_keep_what_was_typed_beside_what_is_wrong(claim: Claim) -> None:
    answer = Client().post(address(claim, "answer/"), given(claim, text="x" * 501))

    page = answer.content.decode()
    assert (answer.status_code, "x" * 501 in page, "at most 500 characters" in page) == (422, True, True)
    assert Client().post(address(claim, "answer/"), given(claim, text=" ")).status_code == 422
    assert now(claim).status == Status.NEEDS_INFO


def test_tell_a_machine_the_same_and_do_nothing(claim: Claim) -> None:
    answer = Client().post(address(claim, "answer/"), given(claim, website="https://spam.example"))

    assert (answer.status_code, now(claim).status) == (303, Status.NEEDS_INFO)


def test_take_ten_presses_as_one(claim: Claim) -> None:
    values = given(claim)
    codes = [Client().post(address(claim, "answer/"), values).status_code for _press in range(6)]

    assert codes == [303] * 6
    with merchant_scope(claim.merchant_id):
        assert ClaimChange.objects.filter(event=Event.ANSWERED).count() == 1


def test_refuse_what_is_too_much(claim: Claim, settings: Any) -> None:
    settings.RATE_LIMIT_FACTOR = 1.0
    values = given(claim, text="")
    codes = [Client().post(address(claim, "answer/"), values).status_code for _press in range(8)]

    assert codes == [422] * 6 + [429] * 2


def test_refuse_an_answer_to_an_old_question(claim: Claim) -> None:
    values = given(claim)
    with merchant_scope(claim.merchant_id):
        ask_info(claim_id=claim.id, reason="And which colour?", **BY)

    answer = Client().post(address(claim, "answer/"), values)

    assert (answer.status_code, "something else" in answer.content.decode()) == (409, True)
    assert now(claim).status == Status.NEEDS_INFO


def test_ask_for_the_whole_address(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel(promotion=make_promotion(physical=True)))
    walker.submit()
    (claim,) = walker.claims()
    with merchant_scope(merchant):
        claim = ask_info(claim_id=claim.id, reason="Where to?", **BY)
    street = claim.ship_to["street"]

    page = Client().get(address(claim)).content.decode()
    half = Client().post(address(claim, "answer/"), given(claim, text="", street="Neue Gasse"))
    whole = given(claim, text="", street="Neue Gasse", city="Wien", country="AT")

    assert street not in page
    assert (half.status_code, "Write the whole address" in half.content.decode()) == (422, True)
    assert Client().post(address(claim, "answer/"), whole).status_code == 303
    assert (now(claim).ship_to["street"], now(claim).ship_to["city"]) == ("Neue Gasse", "Wien")


@pytest.mark.parametrize("page", ["answer/", "missing/"])
def test_find_no_page_for_a_strange_token(claim: Claim, other_merchant: Merchant, page: str) -> None:
    secret = claim.tracker_token.partition(".")[2]
    for token in (f"{claim.tracker_token}x", f"{other_merchant.public_id}.{secret}", "x", "nobody.nothing"):
        assert Client().post(f"/track/{token}/{page}", {"text": "x", "question": 2}).status_code == 404


@pytest.mark.parametrize("page", ["answer/", "missing/"])
def test_lead_whoever_opens_the_address_of_a_form_again(claim: Claim, page: str) -> None:
    for method in (Client().get, Client().head):
        assert method(address(claim, page))["Location"] == address(claim)


def test_report_a_missing_mail_once(walker: Walker, settings: Any) -> None:
    walker.submit()
    settings.RATE_LIMIT_FACTOR = 1.0
    (claim,) = walker.claims()
    with merchant_scope(walker.merchant):
        send_gift(claim_id=claim.id, reason="fine", **BY)
        Claim.objects.update(delivery_status="delivered")
        count = Message.objects.count()
    assert "I did not get the e-mail" in Client().get(address(claim)).content.decode()

    codes = [Client().post(address(claim, "missing/")).status_code for _press in range(4)]

    assert codes == [303, 303, 303, 429]
    page = Client().get(address(claim)).content.decode()
    assert "somebody looks into it" in page
    assert "I did not get the e-mail" not in page
    with merchant_scope(walker.merchant):
        assert (now(claim).attention, Message.objects.count()) == (Attention.MAIL_MISSED, count)


def test_show_the_parcel_and_where_to_follow_it(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel(promotion=make_promotion(physical=True)))
    walker.submit()
    (claim,) = walker.claims()
    with merchant_scope(merchant):
        verify(claim_id=claim.id, reason="fine", **BY)
        mark_processed(claim_id=claim.id, carrier="FedEx", tracking_number="7777 8888", **BY)

    page = Client().get(address(claim)).content.decode()

    assert 'href="https://www.fedex.com/fedextrack/?trknbr=77778888"' in page
    assert re.search(r"step-done.*Gift handed to the carrier", page, re.DOTALL)
    assert "Mark" not in page


def test_write_to_whoever_has_sent_a_claim(walker: Walker) -> None:
    walker.submit()
    (claim,) = walker.claims()
    with merchant_scope(walker.merchant):
        message = Message.objects.get()
        assert (message.kind, message.to_address) == ("claim.received", claim.customer_email)


def test_write_to_nobody_where_the_merchant_does_not_want_it(walker: Walker) -> None:
    with merchant_scope(walker.merchant):
        switch(kind="claim.received", is_on=False, **BY)
    walker.submit()
    with merchant_scope(walker.merchant):
        assert not Message.objects.exists()
