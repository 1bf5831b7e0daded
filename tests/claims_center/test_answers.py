"""What customers say on the tracker: an answer to a question, and that a mail did not come."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from claims_center.errors import Incomplete, NotAllowed
from claims_center.models import Claim, ClaimChange
from claims_center.services import answers, gifts, verdicts
from claims_center.states import Attention, Event, Status, Verification
from jobs import runner
from ledger import checks
from messaging.models import Message
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.factories import (
    ADDRESS,
    NOW,
    STAFF,
    claim_in,
    fresh,
    make_claim,
    make_funnel,
    make_order,
    make_promotion,
)

BY: dict[str, Any] = {"actor": STAFF, "now": NOW}


def asked(claim: Claim, question: str = "Which order?") -> int:
    """Ask, and return the question's number."""
    return verdicts.ask_info(claim_id=claim.id, reason=question, **BY).version


def events(claim: Claim) -> list[str]:
    return list(ClaimChange.objects.filter(claim=claim).order_by("seq").values_list("event", flat=True))


def test_bring_the_claim_back_with_the_answer(scope: Merchant) -> None:
    claim = make_claim()

    answers.answer(claim_id=claim.id, question=asked(claim), text="  It was my wife's order ", now=NOW)

    found, last = fresh(claim), ClaimChange.objects.order_by("-seq")[0]
    assert (found.status, found.status_reason, found.attention) == (Status.NEW, "", Attention.ANSWERED)
    assert (last.event, last.reason, last.actor) == (
        Event.ANSWERED,
        "It was my wife's order",
        f"customer:{claim.customer_id}",
    )
    assert checks.run(scope.id).findings == []


def test_check_a_corrected_order_number_again(scope: Merchant) -> None:
    make_order("111-0000000-0000009")
    claim = make_claim(order_number="111-0000000-0000001")
    assert fresh(claim).verification == Verification.NO_SUCH_ORDER

    question = asked(claim)
    answers.answer(claim_id=claim.id, question=question, text="", order_number="# 111 0000000 0000009", now=NOW)
    runner.run_kind(scope.id, "claims.rematch")

    assert (fresh(claim).verification, fresh(claim).attention) == (Verification.MATCH, Attention.ANSWERED)
    assert events(claim)[2:4] == [Event.ORDER_CORRECTED, Event.ANSWERED]


def test_correct_a_mailing_address(scope: Merchant) -> None:
    claim = make_claim(make_funnel(make_promotion("item")))

    address = ADDRESS | {"street": "Queens Road", "city": "Salem"}
    answers.answer(claim_id=claim.id, question=asked(claim), text="", address=address, now=NOW)

    ship_to = fresh(claim).ship_to
    assert (ship_to["street"], ship_to["city"], ship_to["name"]) == ("Queens Road", "Salem", "Ann Lee")


def test_answer_once(scope: Merchant) -> None:
    claim = make_claim()
    question = asked(claim)

    for number in range(3):
        answers.answer(
            claim_id=claim.id, question=question, text=f"Answer {number}", order_number=f"99{number}-1", now=NOW
        )

    assert events(claim).count(Event.ANSWERED) == events(claim).count(Event.ORDER_CORRECTED) == 1
    assert fresh(claim).order_number == "990-1"


def test_take_one_of_many_answers_at_once(merchant: Merchant, together: Callable[..., list[Any]]) -> None:
    with merchant_scope(merchant):
        claim = make_claim()
        question = asked(claim)

    def say(number: int) -> None:
        with merchant_scope(merchant):
            answers.answer(
                claim_id=claim.id,
                question=question,
                text=f"Answer {number}",
                order_number=f"111-0000000-000000{number}",
                now=timezone.now(),
            )

    outcomes = together(say, [(number,) for number in range(10)])

    assert [outcome.error for outcome in outcomes] == [None] * 10
    with merchant_scope(merchant):
        answer = ClaimChange.objects.get(event=Event.ANSWERED)
        number = ClaimChange.objects.get(event=Event.ORDER_CORRECTED)
        assert fresh(claim).order_number.endswith(answer.reason[-1])
        assert number.seq == answer.seq - 1
        assert fresh(claim).version == 4
        assert checks.run(merchant.id).findings == []


def test_answer_no_question_that_was_replaced(scope: Merchant) -> None:
    claim = make_claim()
    old = asked(claim)
    asked(claim, "And which colour?")

    with pytest.raises(NotAllowed, match="something else"):
        answers.answer(claim_id=claim.id, question=old, text="Red", now=NOW)

    assert fresh(claim).status == Status.NEEDS_INFO


@pytest.mark.parametrize("status", [Status.VERIFIED, Status.PROCESSED, Status.REJECTED])
def test_answer_nothing_where_nothing_is_asked(scope: Merchant, status: Status) -> None:
    claim = claim_in(status)

    with pytest.raises(NotAllowed):
        answers.answer(claim_id=claim.id, question=0, text="Hello", now=NOW)

    assert fresh(claim).version == claim.version


def test_ask_for_words(scope: Merchant) -> None:
    claim = make_claim()
    with pytest.raises(Incomplete):
        answers.answer(claim_id=claim.id, question=asked(claim), text=" \x00 ", now=NOW)


SETTLING: list[Callable[[Claim], Any]] = [
    lambda c: verdicts.verify(claim_id=c.id, reason="Read it", **BY),
    lambda c: verdicts.ask_info(claim_id=c.id, reason="And?", **BY),
    lambda c: verdicts.reject(claim_id=c.id, reason="No", **BY),
]


@pytest.mark.parametrize("act", SETTLING)
def test_settle_an_answer_by_acting_on_it(scope: Merchant, act: Callable[[Claim], Any]) -> None:
    claim = make_claim()
    answers.answer(claim_id=claim.id, question=asked(claim), text="Red", now=NOW)

    act(claim)

    assert fresh(claim).attention == Attention.NONE


def test_leave_an_answer_to_be_read_where_the_system_verifies(scope: Merchant) -> None:
    make_order("111-0000000-0000009")
    claim = make_claim(make_funnel(auto_verify=True), order_number="111-0000000-0000001")
    number = "111-0000000-0000009"
    answers.answer(claim_id=claim.id, question=asked(claim), text="Sorry", order_number=number, now=NOW)
    runner.run_kind(scope.id, "claims.rematch")
    runner.run_kind(scope.id, "claims.follow_up")

    assert (fresh(claim).status, fresh(claim).attention) == (Status.VERIFIED, Attention.ANSWERED)


def sent() -> Claim:
    claim = claim_in(Status.VERIFIED, kind="fixed")
    return gifts.send_gift(claim_id=claim.id, **BY)


def test_note_a_missing_mail_once_and_send_nothing(scope: Merchant) -> None:
    claim = sent()

    for _press in range(5):
        answers.report_missing_mail(claim_id=claim.id, now=NOW)

    assert (fresh(claim).attention, events(claim).count(Event.MAIL_MISSED)) == (Attention.MAIL_MISSED, 1)
    assert (fresh(claim).status, Message.objects.count()) == (Status.VERIFIED, 1)


def test_note_a_missing_mail_again_after_it_was_sent_again(scope: Merchant) -> None:
    claim = sent()
    answers.report_missing_mail(claim_id=claim.id, now=NOW)
    Claim.objects.update(delivery_status="sent")
    gifts.resend_gift(claim_id=claim.id, reason="Asked", **BY)
    assert fresh(claim).attention == Attention.NONE

    answers.report_missing_mail(claim_id=claim.id, now=NOW)

    assert events(claim).count(Event.MAIL_MISSED) == 2


def test_note_a_missing_mail_once_of_many_at_once(merchant: Merchant, together: Callable[..., list[Any]]) -> None:
    with merchant_scope(merchant):
        claim = sent()

    def report() -> None:
        with merchant_scope(merchant):
            answers.report_missing_mail(claim_id=claim.id, now=timezone.now())

    assert [outcome.error for outcome in together(report, [()] * 10)] == [None] * 10
    with merchant_scope(merchant):
        assert events(claim).count(Event.MAIL_MISSED) == 1


@pytest.mark.parametrize("kind", ["item", "fixed"])
def test_miss_no_mail_that_was_never_sent(scope: Merchant, kind: str) -> None:
    claim = claim_in(Status.VERIFIED, kind=kind)

    with pytest.raises(NotAllowed):
        answers.report_missing_mail(claim_id=claim.id, now=NOW)
