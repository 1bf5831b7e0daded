"""Sending the gift: code, voucher, mail; once, or not at all."""

from typing import Any

import pytest

from claims_center.errors import AddressUnusable, NotAllowed, NothingToGive, PromotionWithdrawn, ReasonNeeded, Refused
from claims_center.models import Claim, ClaimChange, Promotion
from claims_center.services import corrections, gifts, processing, verdicts
from claims_center.states import Delivery, Event, Status
from codes.models import Code
from customers.models import Customer
from ledger import checks
from ledger.models import Entry, Grant
from messaging.models import Message, Suppression
from tenancy.models import Merchant
from tests.claims_center.factories import (
    NOW,
    STAFF,
    claim_in,
    fresh,
    make_claim,
    make_funnel,
    make_order,
    make_pool,
    make_promotion,
)

BY: dict[str, Any] = {"actor": STAFF, "now": NOW}


def test_give_code_voucher_and_mail(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED)

    gifts.send_gift(claim_id=claim.id, **BY)

    claim = fresh(claim)
    grant, message, code = Grant.objects.get(), Message.objects.get(), Code.objects.get(state="taken")
    assert (claim.status, claim.delivery_status, claim.gift_sent_at) == (Status.VERIFIED, Delivery.QUEUED, NOW)
    assert (claim.gift_code, claim.code_id, claim.grant_id) == ("GIFT-0001", code.id, grant.id)
    assert (grant.code, grant.remaining, code.holder_id) == ("GIFT-0001", 1, claim.id)
    assert (message.kind, message.origin_id, message.to_address) == ("claim.gift", claim.id, "ann@example.com")
    assert "GIFT-0001" not in str(message.context)
    assert checks.run(scope.id).findings == []


def test_send_once_when_pressed_twice(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED)

    gifts.send_gift(claim_id=claim.id, **BY)
    gifts.send_gift(claim_id=claim.id, **BY)

    assert (Message.objects.count(), Grant.objects.count(), Code.objects.filter(state="taken").count()) == (1, 1, 1)


def test_refuse_before_anything_when_the_pool_is_empty(scope: Merchant) -> None:
    make_order()
    claim = make_claim(make_funnel(make_promotion(pool=make_pool(name="Summer"))))
    verdicts.verify(claim_id=claim.id, **BY)
    before = Entry.objects.count()

    with pytest.raises(NothingToGive) as refusal:
        gifts.send_gift(claim_id=claim.id, **BY)

    assert "Summer" in str(refusal.value)
    assert (fresh(claim).delivery_status, fresh(claim).grant_id) == (Delivery.NOT_SENT, None)
    assert (Entry.objects.count(), Message.objects.count()) == (before, 0)


def test_give_the_very_last_code(scope: Merchant) -> None:
    make_order()
    claim = make_claim(make_funnel(make_promotion(pool=make_pool("LAST-0001"))))
    verdicts.verify(claim_id=claim.id, **BY)

    gifts.send_gift(claim_id=claim.id, **BY)

    assert fresh(claim).gift_code == "LAST-0001"


def test_give_one_fixed_code_to_many(scope: Merchant) -> None:
    make_order()
    make_order("111-0000000-0000001")
    funnel = make_funnel(make_promotion("fixed"))
    claims = [make_claim(funnel), make_claim(funnel, email="bob@example.com", order_number="111-0000000-0000001")]

    for claim in claims:
        verdicts.verify(claim_id=claim.id, **BY)
        gifts.send_gift(claim_id=claim.id, **BY)

    assert set(Claim.objects.values_list("gift_code", "code")) == {("WELCOME10", None)}
    assert list(Grant.objects.values_list("code", flat=True)) == ["WELCOME10", "WELCOME10"]
    assert checks.run(scope.id).findings == []


def test_give_a_file_without_a_code(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED, kind="file")

    gifts.send_gift(claim_id=claim.id, **BY)

    claim = fresh(claim)
    assert (claim.gift_code, claim.gift_item, claim.is_gift_issued) == ("", "guide.pdf", True)


@pytest.mark.parametrize("status", [Status.NEW, Status.NEEDS_INFO])
def test_ask_why_a_claim_that_is_not_verified_gets_its_gift(scope: Merchant, status: Status) -> None:
    claim = claim_in(status)

    with pytest.raises(ReasonNeeded):
        gifts.send_gift(claim_id=claim.id, **BY)
    gifts.send_gift(claim_id=claim.id, reason="Known customer", **BY)

    events = list(ClaimChange.objects.filter(claim=claim).order_by("-seq").values_list("event", "reason")[:2])
    assert events == [(Event.GIFT_SENT, "Known customer"), (Event.VERIFIED, "Known customer")]


@pytest.mark.parametrize("status", [Status.REJECTED])
def test_send_nothing_for_a_rejected_claim(scope: Merchant, status: Status) -> None:
    claim = claim_in(status)

    with pytest.raises(NotAllowed):
        gifts.send_gift(claim_id=claim.id, reason="Please", **BY)


def test_mail_no_gift_that_is_shipped(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED, kind="item")

    with pytest.raises(NotAllowed):
        gifts.send_gift(claim_id=claim.id, **BY)


def test_give_no_promotion_that_was_archived(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED)
    Promotion.objects.update(archived_at=NOW)

    with pytest.raises(PromotionWithdrawn):
        gifts.send_gift(claim_id=claim.id, **BY)


def test_refuse_an_address_whose_mail_came_back(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED)
    Suppression.objects.create(email_norm="ann@example.com", reason="bounced", created_at=NOW)

    with pytest.raises(AddressUnusable) as refusal:
        gifts.send_gift(claim_id=claim.id, **BY)

    assert "ann@example.com" in str(refusal.value)
    assert not Code.objects.filter(state="taken").exists()


def test_ask_why_an_order_that_does_not_match_is_verified(scope: Merchant) -> None:
    make_order(asin="B0OTHER000")
    claim = make_claim()

    with pytest.raises(ReasonNeeded) as refusal:
        verdicts.verify(claim_id=claim.id, **BY)
    verdicts.verify(claim_id=claim.id, reason="Saw the invoice", **BY)

    assert "Wrong product" in str(refusal.value)
    assert fresh(claim).status == Status.VERIFIED


def test_verify_without_a_reason_where_no_number_is_asked(scope: Merchant) -> None:
    claim = make_claim(make_funnel(order_number="none"))

    verdicts.verify(claim_id=claim.id, **BY)

    assert fresh(claim).status == Status.VERIFIED


@pytest.mark.parametrize(("return_code", "state"), [(True, "free"), (False, "burnt")])
def test_take_the_gift_back_when_rejecting(scope: Merchant, return_code: bool, state: str) -> None:
    claim = claim_in(Status.VERIFIED)
    gifts.send_gift(claim_id=claim.id, **BY)

    verdicts.reject(claim_id=claim.id, reason="Fraud", return_code=return_code, **BY)

    claim = fresh(claim)
    assert (claim.status, claim.grant_id, claim.code_id, claim.gift_code) == (Status.REJECTED, None, None, "")
    assert Grant.objects.get().remaining == 0
    assert Code.objects.get(value="GIFT-0001").state == state
    assert checks.run(scope.id).findings == []


def test_give_a_new_code_after_rejecting_and_reopening(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED)
    gifts.send_gift(claim_id=claim.id, **BY)
    verdicts.reject(claim_id=claim.id, reason="Fraud", **BY)

    verdicts.reopen(claim_id=claim.id, reason="It was not", **BY)
    verdicts.verify(claim_id=claim.id, **BY)
    gifts.send_gift(claim_id=claim.id, **BY)

    assert fresh(claim).gift_code == "GIFT-0002"
    assert checks.run(scope.id).findings == []


@pytest.mark.parametrize("verb", [verdicts.unverify, verdicts.ask_info])
def test_keep_the_verdict_once_the_gift_is_out(scope: Merchant, verb: Any) -> None:
    claim = claim_in(Status.VERIFIED)
    gifts.send_gift(claim_id=claim.id, **BY)

    with pytest.raises(NotAllowed):
        verb(claim_id=claim.id, reason="Hm", **BY)


def test_send_again_as_a_decision_of_its_own(scope: Merchant) -> None:
    claim = claim_in(Status.PROCESSED)
    Claim.objects.update(delivery_status=Delivery.DELIVERED)

    with pytest.raises(ReasonNeeded):
        gifts.resend_gift(claim_id=claim.id, reason="", **BY)
    gifts.resend_gift(claim_id=claim.id, reason="Deleted it", **BY)
    gifts.resend_gift(claim_id=claim.id, reason="Deleted it", **BY)

    assert list(Message.objects.order_by("seq").values_list("seq", "reason")) == [(1, ""), (2, "Deleted it")]
    assert (fresh(claim).gift_seq, Grant.objects.count(), Code.objects.filter(state="taken").count()) == (2, 1, 1)


def test_send_nothing_again_that_was_never_sent(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED)

    with pytest.raises(NotAllowed):
        gifts.resend_gift(claim_id=claim.id, reason="Please", **BY)


def test_change_the_gift_and_take_the_old_one_back(scope: Merchant) -> None:
    claim = claim_in(Status.PROCESSED)
    processing.unprocess(claim_id=claim.id, **BY)
    mug = make_promotion("item")

    gifts.change_gift(claim_id=claim.id, promotion_id=mug.id, reason="Wanted the mug", **BY)

    claim = fresh(claim)
    assert (claim.promotion_id, claim.promotion_kind, claim.delivery_status) == (mug.id, "physical", "not_shipped")
    assert (claim.grant_id, Code.objects.get(value="GIFT-0001").state) == (None, "burnt")
    assert checks.run(scope.id).findings == []


def test_correct_the_address_and_send_again(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED)
    gifts.send_gift(claim_id=claim.id, **BY)

    corrections.correct_email(claim_id=claim.id, email="anne@example.com", reason="Typo", **BY)
    corrections.correct_email(claim_id=claim.id, email="anne@example.com", reason="Typo", **BY)

    assert fresh(claim).customer_email == "anne@example.com"
    assert Customer.objects.get().email == "anne@example.com"
    assert list(Message.objects.order_by("seq").values_list("to_address", flat=True)) == [
        "ann@example.com",
        "anne@example.com",
    ]


def test_leave_the_customer_alone_whose_address_another_has(scope: Merchant) -> None:
    funnel = make_funnel()
    claim = make_claim(funnel)
    make_claim(funnel, email="bob@example.com", order_number="112-0000000-0000001")

    corrections.correct_email(claim_id=claim.id, email="bob@example.com", **BY)

    assert fresh(claim).customer_email == "bob@example.com"
    assert set(Customer.objects.values_list("email", flat=True)) == {"ann@example.com", "bob@example.com"}
    assert not Message.objects.exists()


def test_refuse_what_is_no_address(scope: Merchant) -> None:
    claim = make_claim()

    with pytest.raises(Refused, match="is not an e-mail address"):
        corrections.correct_email(claim_id=claim.id, email="anne at example", **BY)


def test_mail_a_notice_only_where_it_is_wanted(scope: Merchant) -> None:
    claim = make_claim()

    verdicts.ask_info(claim_id=claim.id, reason="Which colour?", notify=True, **BY)
    verdicts.reject(claim_id=claim.id, reason="No answer", **BY)

    assert list(Message.objects.values_list("kind", flat=True)) == ["claim.needs_info"]
