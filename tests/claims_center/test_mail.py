"""The gift's mail: its words at the moment of sending, and its fate on the claim."""

from typing import Any

import pytest
from django.utils import timezone

from claims_center import giftmail
from claims_center.models import Claim, ClaimChange, Promotion
from claims_center.services import corrections, gifts, processing, verdicts
from claims_center.states import Delivery, Event, Status
from ledger import checks
from messaging import services as mail_services
from messaging.errors import NoLongerValid
from messaging.models import Message
from messaging.states import Status as MailStatus
from messaging.status import Move, move_all
from tenancy.models import Merchant
from tests.claims_center.factories import NOW, STAFF, claim_in, fresh, make_claim, make_promotion

BY: dict[str, Any] = {"actor": STAFF, "now": NOW}


def sent_gift(kind: str = "pool") -> tuple[Claim, Message]:
    claim = claim_in(Status.VERIFIED, kind=kind)
    gifts.send_gift(claim_id=claim.id, **BY)
    return fresh(claim), Message.objects.get()


def move(message: Message, *path: MailStatus, source: str = "esp") -> None:
    for status in path:
        own = status in (MailStatus.SENDING, MailStatus.SENT, MailStatus.FAILED)
        assert move_all([Move(message, status, timezone.now(), "why", "" if own else source)])


def test_write_the_code_into_both_bodies(scope: Merchant) -> None:
    _claim, message = sent_gift()

    found = giftmail.gift(message)

    assert found.subject == "Your gift from Brew & Bloom: Gift pool"
    assert "GIFT-0001" in found.text
    assert "GIFT-0001" in found.html
    assert "Hello Ann," in found.text
    assert f"/track/{scope.public_id}." in found.text


def test_fill_in_fixed_fields_and_nothing_else(scope: Merchant) -> None:
    claim, message = sent_gift()
    text = "Dear {first_name} <b>,\n\nfor {product}: {code} {merchant} {{ secret }} {% now %} {unknown} {claim.id}"
    Promotion.objects.update(message=text)
    claim.customer.first_name = "{code}<script>"
    claim.customer.save()

    found = giftmail.gift(message)

    words = "for Pour-over kettle: GIFT-0001 Brew & Bloom {{ secret }} {% now %} {unknown} {claim.id}"
    assert "Dear {code}<script> <b>," in found.text
    assert words in found.text
    assert "Dear {code}&lt;script&gt; &lt;b&gt;," in found.html
    assert "<script>" not in found.html


def test_keep_line_breaks_out_of_the_subject(scope: Merchant) -> None:
    _claim, message = sent_gift()
    Promotion.objects.update(name="Gift\r\nBcc: all@example.com")

    assert "\n" not in giftmail.gift(message).subject
    assert "\r" not in giftmail.gift(message).subject


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda claim: verdicts.reject(claim_id=claim.id, reason="Fraud", **BY), "claim_not_verified"),
        (lambda _claim: Promotion.objects.update(archived_at=NOW), "promotion_archived"),
        (
            lambda claim: corrections.correct_email(claim_id=claim.id, email="anne@example.com", **BY),
            "address_changed",
        ),
        (
            lambda claim: gifts.change_gift(
                claim_id=claim.id, promotion_id=make_promotion("fixed").id, reason="Other", **BY
            ),
            "gift_taken_back",
        ),
        (
            lambda claim: gifts.change_gift(
                claim_id=claim.id, promotion_id=make_promotion("item").id, reason="Other", **BY
            ),
            "gift_taken_back",
        ),
    ],
)
def test_send_nothing_that_is_not_valid_any_more(scope: Merchant, change: Any, code: str) -> None:
    claim, message = sent_gift()
    giftmail.gift(message)

    change(claim)

    with pytest.raises(NoLongerValid) as refusal:
        giftmail.gift(message)
    assert refusal.value.code == code


def test_send_a_processed_claims_gift_all_the_same(scope: Merchant) -> None:
    claim, message = sent_gift()
    processing.mark_processed(claim_id=claim.id, **BY)

    assert "GIFT-0001" in giftmail.gift(message).text


def test_carry_the_mails_fate_onto_the_claim(scope: Merchant) -> None:
    claim, message = sent_gift()

    for status in (MailStatus.SENDING, MailStatus.SENT, MailStatus.DELIVERED, MailStatus.OPENED):
        move(message, status)
        assert fresh(claim).delivery_status == ("queued" if status == MailStatus.SENDING else status)

    assert not ClaimChange.objects.filter(event=Event.DELIVERY).exists()
    assert checks.run(scope.id).findings == []


@pytest.mark.parametrize("end", [MailStatus.BOUNCED, MailStatus.COMPLAINED])
def test_write_problems_into_the_history(scope: Merchant, end: MailStatus) -> None:
    claim, message = sent_gift()

    move(message, MailStatus.SENDING, MailStatus.SENT, end)

    change = ClaimChange.objects.get(event=Event.DELIVERY)
    assert fresh(claim).delivery_status == end
    assert (change.detail["status"], change.actor) == (end, "system")
    assert checks.run(scope.id).findings == []


def test_forget_the_fate_of_an_older_mail(scope: Merchant) -> None:
    claim, message = sent_gift()
    move(message, MailStatus.SENDING, MailStatus.SENT)
    gifts.resend_gift(claim_id=claim.id, reason="Lost", **BY)

    move(message, MailStatus.DELIVERED)

    assert fresh(claim).delivery_status == Delivery.QUEUED


def test_forget_the_fate_of_a_gift_that_was_taken_back(scope: Merchant) -> None:
    claim, message = sent_gift()
    move(message, MailStatus.SENDING, MailStatus.SENT)
    verdicts.reject(claim_id=claim.id, reason="Fraud", **BY)
    version = fresh(claim).version

    move(message, MailStatus.BOUNCED)

    assert (fresh(claim).delivery_status, fresh(claim).version) == (Delivery.SENT, version)


def test_count_a_mail_sent_again_elsewhere(scope: Merchant) -> None:
    claim, message = sent_gift()
    processing.mark_processed(claim_id=claim.id, **BY)
    move(message, MailStatus.SENDING, MailStatus.SENT, MailStatus.BOUNCED)

    mail_services.correct_and_resend(message_id=message.id, to_address="anne@example.com", reason="Typo", **BY)

    claim = fresh(claim)
    events = list(ClaimChange.objects.filter(claim=claim).order_by("-seq").values_list("event", "actor")[:2])
    assert (claim.customer_email, claim.delivery_status, claim.gift_seq) == ("anne@example.com", "queued", 2)
    assert events == [(Event.GIFT_RESENT, str(STAFF)), (Event.EMAIL_CORRECTED, str(STAFF))]
    assert "GIFT-0001" in giftmail.gift(Message.objects.get(seq=2)).text
    assert checks.run(scope.id).findings == []


def test_count_a_mail_sent_again_once_however_often_it_is_tried(scope: Merchant) -> None:
    claim, message = sent_gift()
    move(message, MailStatus.SENDING, MailStatus.SENT, MailStatus.BOUNCED)
    again = mail_services.correct_and_resend(message_id=message.id, to_address="anne@example.com", reason="x", **BY)

    again.attempts = 1
    move(again, MailStatus.SENDING)
    move_all([Move(again, MailStatus.QUEUED, timezone.now(), "timeout")])

    assert (fresh(claim).gift_seq, ClaimChange.objects.filter(event=Event.GIFT_RESENT).count()) == (2, 1)


def test_keep_the_fate_of_the_mail_that_went_to_the_right_address(scope: Merchant) -> None:
    """An old mail that is sent again to an address which is nobody's any more does not go: the claim waits for nothing."""
    claim, first = sent_gift()
    move(first, MailStatus.SENDING, MailStatus.SENT)
    corrections.correct_email(claim_id=claim.id, email="right@example.com", **BY)
    right = Message.objects.get(to_address="right@example.com")
    move(right, MailStatus.SENDING, MailStatus.SENT)

    again = mail_services.resend(message_id=first.id, reason="Asked again", **BY)

    assert fresh(claim).delivery_status == Delivery.SENT
    with pytest.raises(NoLongerValid, match="address_changed"):
        giftmail.gift(again)
    move_all([Move(again, MailStatus.SENDING, NOW), Move(again, MailStatus.SKIPPED, NOW, "address_changed")])
    move(right, MailStatus.BOUNCED)
    assert fresh(claim).delivery_status == Delivery.BOUNCED


def test_mail_what_is_asked_as_long_as_it_is_asked(scope: Merchant) -> None:
    claim = make_claim()
    verdicts.ask_info(claim_id=claim.id, reason="Which <colour>?", notify=True, **BY)
    message = Message.objects.get()

    found = giftmail.notice(message)
    assert "Which <colour>?" in found.text
    assert "Which &lt;colour&gt;?" in found.html

    verdicts.verify(claim_id=claim.id, reason="Asked by phone", **BY)
    with pytest.raises(NoLongerValid):
        giftmail.notice(message)


def test_mail_why_there_is_no_gift(scope: Merchant) -> None:
    claim = make_claim()
    verdicts.reject(claim_id=claim.id, reason="Not one of ours", notify=True, **BY)

    assert "Not one of ours" in giftmail.notice(Message.objects.get()).text


def test_link_to_the_file_instead_of_a_code(scope: Merchant) -> None:
    claim, message = sent_gift("file")

    found = giftmail.gift(message)

    address = f"/track/{claim.tracker_token}/gift/"
    assert address in found.text
    assert address in found.html
    assert "Download guide.pdf" in found.text
