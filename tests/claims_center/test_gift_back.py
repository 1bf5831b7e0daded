"""A gift that is taken back: its mail stays in the outbox, its code does not go out twice."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from claims_center.bulk import outcomes
from claims_center.errors import NotAllowed
from claims_center.models import Claim
from claims_center.services import gifts, verdicts
from claims_center.states import Delivery, Status
from codes.models import Code
from ledger import checks
from messaging.models import Message
from messaging.states import Status as MailStatus
from messaging.status import Move, move_all
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.bulking import Shop, done, outcomes_of
from tests.claims_center.factories import NOW, STAFF, claim_in, fresh, make_promotion

Together = Callable[..., list[Any]]
BY: dict[str, Any] = {"actor": STAFF, "now": NOW}


def reject(claim: Claim, **given: Any) -> Claim:
    return verdicts.reject(claim_id=claim.id, reason="Fraud", **given, **BY)


def change(claim: Claim, **given: Any) -> Claim:
    other = make_promotion("fixed", name="Another gift")
    return gifts.change_gift(claim_id=claim.id, promotion_id=other.id, reason="Other", **given, **BY)


def sent() -> tuple[Claim, Message]:
    claim = claim_in(Status.VERIFIED, kind="pool")
    gifts.send_gift(claim_id=claim.id, **BY)
    return claim, Message.objects.get()


def move(message: Message, *path: MailStatus) -> None:
    for status in path:
        assert move_all([Move(message, status, timezone.now(), "why")])


BOTH = pytest.mark.parametrize("act", [reject, change])


@pytest.mark.django_db
@BOTH
def test_stop_a_mail_that_still_waits(scope: Merchant, act: Callable[..., Claim]) -> None:
    claim, mail = sent()

    act(claim, return_code=True)

    mail.refresh_from_db()
    assert (mail.status, mail.last_error) == (MailStatus.SKIPPED, "gift_taken_back")
    assert fresh(claim).delivery_status == Delivery.NOT_SENT
    assert Code.objects.filter(state="free").count() == Code.objects.count()
    assert checks.run(scope.id).findings == []


@pytest.mark.django_db
@pytest.mark.parametrize("status", [MailStatus.SENDING, MailStatus.UNCERTAIN])
@BOTH
def test_keep_a_code_that_is_on_its_way_out_of_the_pool(
    scope: Merchant, act: Callable[..., Claim], status: MailStatus
) -> None:
    claim, mail = sent()
    Message.objects.update(status=status)
    version = fresh(claim).version

    with pytest.raises(NotAllowed, match="on its way"):
        act(claim, return_code=True)

    assert (fresh(claim).version, Code.objects.filter(state="taken").count()) == (version, 1)
    act(claim)
    mail.refresh_from_db()
    assert (Code.objects.filter(state="burnt").count(), mail.status) == (1, status)
    assert checks.run(scope.id).findings == []


@pytest.mark.django_db
def test_return_a_code_that_has_gone_out_where_somebody_wants_it(scope: Merchant) -> None:
    claim, mail = sent()
    move(mail, MailStatus.SENDING, MailStatus.SENT)

    reject(claim, return_code=True)

    assert Code.objects.filter(state="taken").count() == 0
    assert fresh(claim).delivery_status == Delivery.SENT


@pytest.mark.django_db
def test_say_how_a_mail_ended_that_was_on_its_way(scope: Merchant) -> None:
    claim, mail = sent()
    move(mail, MailStatus.SENDING)
    reject(claim)
    assert fresh(claim).delivery_status == Delivery.QUEUED

    move(mail, MailStatus.SENT)

    assert fresh(claim).delivery_status == Delivery.SENT
    assert checks.run(scope.id).findings == []


@pytest.mark.django_db
def test_show_the_earlier_mail_again_where_a_second_one_was_stopped(scope: Merchant) -> None:
    claim, mail = sent()
    move(mail, MailStatus.SENDING, MailStatus.FAILED)
    gifts.resend_gift(claim_id=claim.id, reason="Asked", **BY)
    assert fresh(claim).delivery_status == Delivery.QUEUED

    reject(claim)

    assert fresh(claim).delivery_status == Delivery.FAILED
    assert Message.objects.get(seq=2).status == MailStatus.SKIPPED


@pytest.mark.django_db
def test_show_no_mail_of_a_gift_before(scope: Merchant) -> None:
    claim, mail = sent()
    move(mail, MailStatus.SENDING, MailStatus.SENT)
    change(claim)
    later = timezone.now()
    gifts.send_gift(claim_id=claim.id, actor=STAFF, now=later)

    verdicts.reject(claim_id=claim.id, reason="Fraud", actor=STAFF, now=later)

    assert fresh(claim).delivery_status == Delivery.NOT_SENT


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_do_the_same_to_many(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        shop = Shop(codes=5)
        waits, leaves, gone, none = [shop.claim("verified", "pool", sent=number < 3) for number in range(4)]
        Message.objects.filter(origin_id=leaves.id).update(status=MailStatus.SENDING)
        for status in (MailStatus.SENDING, MailStatus.SENT):
            move_all([Move(Message.objects.get(origin_id=gone.id), status, timezone.now())])

    bulk = done(merchant, "reject", [waits, leaves, gone, none], reason="Wrong campaign", return_code="on")

    found = outcomes_of(merchant, bulk)
    assert found.pop(leaves.id) == outcomes.MAIL_LEAVING
    assert found == dict.fromkeys((waits.id, gone.id, none.id), outcomes.DONE)
    with merchant_scope(merchant):
        assert Message.objects.get(origin_id=waits.id).status == MailStatus.SKIPPED
        said = [fresh(one).delivery_status for one in (waits, leaves, gone, none)]
        assert said == [Delivery.NOT_SENT, Delivery.QUEUED, Delivery.SENT, Delivery.NOT_SENT]
        assert Code.objects.filter(state="taken").count() == 1
    assert checks.run(merchant.id).findings == []


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
@pytest.mark.parametrize("in_order", [True, False])
def test_reject_while_the_mail_leaves(
    together: Together, merchant: Merchant, monkeypatch: pytest.MonkeyPatch, in_order: bool
) -> None:
    """Both take the mail first, then the claim; the control does not: each waits for the other."""
    with merchant_scope(merchant):
        claim, mail = sent()
        move(mail, MailStatus.SENDING)
    both_hold = threading.Barrier(2)

    def holding() -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both_hold.wait(0.5 if in_order else 15)

    if not in_order:
        monkeypatch.setattr(verdicts, "hold_gift_mail", lambda **_of: mail)
    # Asked of the claim that was just locked.
    monkeypatch.setattr(verdicts, "check_transition", lambda **_told: holding())

    def send() -> None:
        with merchant_scope(merchant):
            held = Message.objects.select_for_update(no_key=True).get(id=mail.id)
            holding()
            move_all([Move(held, MailStatus.SENT, NOW)])

    def take_back() -> None:
        with merchant_scope(merchant):
            reject(claim)

    outcomes = together(lambda act: act(), [(send,), (take_back,)])
    stuck = [one.error for one in outcomes if isinstance(one.error, OperationalError)]
    assert (stuck == []) == in_order
    if in_order:
        with merchant_scope(merchant):
            assert (fresh(claim).status, fresh(claim).delivery_status) == (Status.REJECTED, Delivery.SENT)
        assert checks.run(merchant.id).findings == []
