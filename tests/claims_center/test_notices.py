"""Mails that tell customers how their claim stands: which, once, and only as long as it is so."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from claims_center.carriers import tracking_url
from claims_center.giftmail import mail_values
from claims_center.models import Claim
from claims_center.services import corrections, gifts, notices, processing, verdicts
from claims_center.services.submission import submit_claim
from claims_center.states import Status
from jobs import runner
from messaging.models import Message, Suppression
from messaging.states import Status as MailStatus
from messaging.wording import switch
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.factories import (
    NOW,
    STAFF,
    claim_in,
    fresh,
    given_for,
    make_claim,
    make_funnel,
    make_order,
    make_promotion,
)
from tests.messaging.conftest import Sink, mail_server

BY: dict[str, Any] = {"actor": STAFF, "now": NOW}


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A real mail server on this machine."""
    yield from mail_server(settings)


def send(merchant: Merchant) -> None:
    """Run what is due of sending."""
    runner.run_kind(merchant.id, "message.send")


def tell(kind: str) -> Claim:
    """Bring a claim to where this kind of mail is sent, and have it sent."""
    if kind == notices.RECEIVED:
        return submit_claim(given=given_for(make_funnel(make_promotion("fixed"))), now=NOW, notify=True).claim
    if kind == notices.NEEDS_INFO:
        return verdicts.ask_info(claim_id=make_claim().id, reason="Which <colour>?", notify=True, **BY)
    if kind == notices.REJECTED:
        return verdicts.reject(claim_id=make_claim().id, reason="Too old", notify=True, **BY)
    if kind == notices.REOPENED:
        return verdicts.reopen(claim_id=claim_in(Status.REJECTED).id, reason="x", notify=True, **BY)
    if kind == notices.PROCESSED:
        claim = claim_in(Status.VERIFIED, kind="fixed")
        gifts.send_gift(claim_id=claim.id, **BY)
        return processing.mark_processed(claim_id=claim.id, notify=True, **BY)
    claim = claim_in(Status.VERIFIED, kind="item")
    parcel: dict[str, Any] = {"carrier": "UPS", "tracking_number": "1Z999AA1"}
    claim = processing.mark_processed(claim_id=claim.id, notify=kind == notices.SHIPPED, **parcel, **BY)
    return processing.mark_delivered(claim_id=claim.id, notify=True, **BY) if kind == notices.DELIVERED else claim


KINDS = {
    notices.RECEIVED: "We received your claim",
    notices.NEEDS_INFO: "Which <colour>?",
    notices.REJECTED: "Too old",
    notices.REOPENED: "we have taken up your claim",
    notices.SHIPPED: "It travels with UPS, parcel number 1Z999AA1: https://www.ups.com/track?tracknum=1Z999AA1",
    notices.PROCESSED: "your claim is done",
    notices.DELIVERED: "has arrived",
}


@pytest.mark.parametrize("kind", KINDS)
def test_tell_the_customer_over_a_real_mail_server(
    transactional_db: None, merchant: Merchant, sink: Sink, kind: str
) -> None:
    with merchant_scope(merchant):
        if kind in (notices.PROCESSED, notices.DELIVERED):
            switch(kind=kind, is_on=True, **BY)
        claim = tell(kind)

    send(merchant)

    letters = [letter for letter in sink.letters() if KINDS[kind] in letter.text]
    assert len(letters) == 1
    assert f"/track/{claim.tracker_token}/" in letters[0].text
    assert f"/track/{claim.tracker_token}/" in letters[0].html
    assert "<colour>" not in letters[0].html
    with merchant_scope(merchant):
        assert Message.objects.get(kind=kind).status == MailStatus.SENT


@pytest.mark.parametrize("kind", KINDS)
def test_tell_nobody_where_it_is_switched_off(scope: Merchant, kind: str) -> None:
    switch(kind=kind, is_on=False, **BY)

    tell(kind)

    assert not Message.objects.filter(kind=kind).exists()


@pytest.mark.parametrize("kind", [notices.PROCESSED, notices.DELIVERED])
def test_begin_with_the_quieter_mails_off(scope: Merchant, kind: str) -> None:
    tell(kind)

    assert not Message.objects.filter(kind=kind).exists()


def test_tell_nobody_unless_asked(scope: Merchant) -> None:
    claim = make_claim()
    verdicts.ask_info(claim_id=claim.id, reason="Which?", **BY)
    verdicts.reopen(claim_id=claim.id, reason="x", **BY)
    verdicts.reject(claim_id=claim.id, reason="No", **BY)

    assert not Message.objects.exists()


def test_tell_nobody_whose_mailbox_is_closed(scope: Merchant) -> None:
    claim = make_claim()
    Suppression.objects.create(email_norm="ann@example.com", reason="bounced", created_at=NOW)

    verdicts.ask_info(claim_id=claim.id, reason="Which?", notify=True, **BY)

    assert fresh(claim).status == Status.NEEDS_INFO
    assert not Message.objects.exists()


def test_tell_once_however_often_it_is_pressed(merchant: Merchant, together: Callable[..., list[Any]]) -> None:
    with merchant_scope(merchant):
        claim = make_claim()

    def ask() -> None:
        with merchant_scope(merchant):
            verdicts.ask_info(claim_id=claim.id, reason="Which?", notify=True, actor=STAFF, now=timezone.now())

    outcomes = together(ask, [()] * 10)

    assert [outcome.error for outcome in outcomes] == [None] * 10
    with merchant_scope(merchant):
        assert Message.objects.count() == 1
        assert fresh(claim).version == 2


def test_tell_a_second_question_apart_from_the_first(scope: Merchant, sink: Sink) -> None:
    claim = make_claim()
    for question in ("Which colour?", "Which size?"):
        verdicts.ask_info(claim_id=claim.id, reason=question, notify=True, **BY)

    send(scope)

    assert [message.status for message in Message.objects.order_by("seq")] == [MailStatus.SKIPPED, MailStatus.SENT]
    assert Message.objects.get(seq=1).last_error == "said_again"
    assert ["Which size?" in letter.text for letter in sink.letters()] == [True]


LATER: list[tuple[str, Callable[[Claim], Any], str]] = [
    (notices.NEEDS_INFO, lambda c: verdicts.verify(claim_id=c.id, reason="Phoned", **BY), "state_changed"),
    (notices.REJECTED, lambda c: verdicts.reopen(claim_id=c.id, reason="x", **BY), "state_changed"),
    (notices.REOPENED, lambda c: verdicts.reject(claim_id=c.id, reason="x", **BY), "state_changed"),
    (notices.SHIPPED, lambda c: processing.unprocess(claim_id=c.id, **BY), "state_changed"),
    (notices.RECEIVED, lambda c: verdicts.reject(claim_id=c.id, reason="x", **BY), "state_changed"),
    (
        notices.NEEDS_INFO,
        lambda c: corrections.correct_email(claim_id=c.id, email="anne@example.com", **BY),
        "address_changed",
    ),
    (notices.REJECTED, lambda _c: switch(kind=notices.REJECTED, is_on=False, **BY), "switched_off"),
]


@pytest.mark.parametrize(("kind", "change", "why"), LATER)
def test_say_nothing_that_is_not_so_any_more(
    scope: Merchant, sink: Sink, kind: str, change: Callable[[Claim], Any], why: str
) -> None:
    claim = tell(kind)
    change(claim)

    send(scope)

    message = Message.objects.get(kind=kind)
    assert (message.status, message.last_error) == (MailStatus.SKIPPED, why)
    assert not [letter for letter in sink.letters() if KINDS[kind] in letter.text]


def test_carry_no_address_that_a_stranger_typed_as_a_name(scope: Merchant) -> None:
    claim = make_claim(first_name="Win at https://evil.example", last_name="www.evil.example")

    values = mail_values(claim, scope)

    assert (values["first_name"], values["last_name"], values["name"]) == ("", "", "")


@pytest.mark.parametrize(
    ("carrier", "number", "address"),
    [
        ("UPS", "1Z 999 AA1", "https://www.ups.com/track?tracknum=1Z999AA1"),
        ("d.h.l.", "JD01", "https://www.dhl.com/en/express/tracking.html?AWB=JD01"),
        ("Royal Mail", "AB12", "https://www.royalmail.com/track-your-item#/tracking-results/AB12"),
        ("Uncle Joe", "1Z999", ""),
        ("UPS", "", ""),
        ("UPS", 'x"><script>', ""),
        ("javascript:alert(1)", "1Z999", ""),
    ],
)
def test_follow_parcels_of_known_carriers_only(carrier: str, number: str, address: str) -> None:
    assert tracking_url(carrier, number) == address


def test_link_to_carriers_over_https_only() -> None:
    from claims_center.carriers import NAMES, PAGES  # noqa: PLC0415 - the table itself

    assert all(page.startswith("https://") and page.count("{}") == 1 for page in PAGES.values())
    assert all(tracking_url(name, "AB123456") for name in NAMES)


def test_resend_a_gift_once_a_minute(scope: Merchant) -> None:
    make_order()
    claim = claim_in(Status.VERIFIED, kind="fixed")
    gifts.send_gift(claim_id=claim.id, **BY)
    Claim.objects.update(delivery_status="delivered")

    for _press in range(10):
        gifts.resend_gift(claim_id=claim.id, reason="Lost", **BY)
        Claim.objects.update(delivery_status="delivered")
    assert Message.objects.count() == 2

    gifts.resend_gift(claim_id=claim.id, reason="Lost", actor=STAFF, now=NOW + timedelta(seconds=61))
    assert Message.objects.count() == 3
