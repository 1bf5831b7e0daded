"""Ten identical calls at the same moment, over real commits: one effect."""

import contextlib
import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from claims_center.models import Claim, ClaimChange, ClaimNote
from claims_center.services import corrections, desk, gifts, processing, verdicts
from claims_center.services.sharing import record_redirect
from claims_center.services.submission import submit_claim
from claims_center.states import Delivery, Event, Status, Verification
from codes.models import Code
from customers.models import Customer
from ledger import checks
from ledger.models import Entry, Grant, Movement
from messaging import services as mail_services
from messaging.models import Message
from messaging.states import Status as MailStatus
from messaging.status import Move, move_all
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_center.factories import (
    ADDRESS,
    NOW,
    STAFF,
    claim_in,
    given_for,
    make_claim,
    make_funnel,
    make_order,
    make_pool,
    make_promotion,
)

pytestmark = pytest.mark.django_db(transaction=True)
TEN = 10
BY: dict[str, Any] = {"actor": STAFF, "now": NOW}
Together = Callable[..., list[Any]]


@pytest.fixture
def shop(transactional_db: None) -> Merchant:
    """A merchant whose rows are committed."""
    return Merchant.objects.create(name="Brew & Bloom", slug="brew-bloom")


def ten_times(together: Together, shop: Merchant, act: Callable[..., Any], *args: Any) -> list[Any]:
    def one(*given: Any) -> Any:
        with merchant_scope(shop):
            return act(*given)

    return together(one, [args] * TEN)


def counts() -> dict[str, int]:
    models = (Claim, ClaimChange, ClaimNote, Entry, Grant, Movement, Message)
    return {model.__name__: model.objects.count() for model in models} | {
        "codes": Code.objects.filter(state="taken").count()
    }


def more(before: dict[str, int]) -> dict[str, int]:
    return {name: number - before[name] for name, number in counts().items() if number != before[name]}


VERBS: list[tuple[str, Status, str, Callable[[Any], Any], dict[str, int]]] = [
    ("verify", Status.NEW, "pool", lambda i: verdicts.verify(claim_id=i, **BY), {"Entry": 1, "ClaimChange": 1}),
    (
        "unverify",
        Status.VERIFIED,
        "pool",
        lambda i: verdicts.unverify(claim_id=i, **BY),
        {"Entry": 1, "ClaimChange": 1},
    ),
    (
        "ask_info",
        Status.NEW,
        "pool",
        lambda i: verdicts.ask_info(claim_id=i, reason="Colour?", notify=True, **BY),
        {"Entry": 1, "ClaimChange": 1, "Message": 1},
    ),
    (
        "reject",
        Status.NEW,
        "pool",
        lambda i: verdicts.reject(claim_id=i, reason="No", **BY),
        {"Entry": 1, "ClaimChange": 1},
    ),
    (
        "reopen",
        Status.REJECTED,
        "pool",
        lambda i: verdicts.reopen(claim_id=i, reason="Yes", **BY),
        {"Entry": 1, "ClaimChange": 1},
    ),
    (
        "send_gift",
        Status.VERIFIED,
        "pool",
        lambda i: gifts.send_gift(claim_id=i, **BY),
        {"Entry": 1, "ClaimChange": 1, "Grant": 1, "Movement": 1, "Message": 1, "codes": 1},
    ),
    (
        "send_gift_unverified",
        Status.NEW,
        "fixed",
        lambda i: gifts.send_gift(claim_id=i, reason="Known", **BY),
        {"Entry": 2, "ClaimChange": 2, "Grant": 1, "Movement": 1, "Message": 1},
    ),
    (
        "resend_gift",
        Status.PROCESSED,
        "pool",
        lambda i: gifts.resend_gift(claim_id=i, reason="Lost", **BY),
        {"Entry": 1, "ClaimChange": 1, "Message": 1},
    ),
    (
        "mark_processed",
        Status.VERIFIED,
        "item",
        lambda i: processing.mark_processed(claim_id=i, carrier="DHL", **BY),
        {"Entry": 1, "ClaimChange": 1, "Grant": 1, "Movement": 2},
    ),
    (
        "unprocess",
        Status.PROCESSED,
        "pool",
        lambda i: processing.unprocess(claim_id=i, **BY),
        {"Entry": 1, "ClaimChange": 1, "Movement": 1},
    ),
    (
        "mark_delivered",
        Status.PROCESSED,
        "item",
        lambda i: processing.mark_delivered(claim_id=i, **BY),
        {"Entry": 1, "ClaimChange": 1},
    ),
    (
        "correct_email",
        Status.VERIFIED,
        "pool",
        lambda i: corrections.correct_email(claim_id=i, email="anne@example.com", **BY),
        {"ClaimChange": 1},
    ),
    (
        "update_address",
        Status.VERIFIED,
        "item",
        lambda i: corrections.update_address(claim_id=i, address=ADDRESS | {"city": "Salem"}, **BY),
        {"ClaimChange": 1},
    ),
    (
        "update_shipping",
        Status.VERIFIED,
        "item",
        lambda i: corrections.update_shipping(claim_id=i, carrier="UPS", tracking_number="1Z", **BY),
        {"ClaimChange": 1},
    ),
    (
        "correct_order_number",
        Status.VERIFIED,
        "pool",
        lambda i: corrections.correct_order_number(claim_id=i, order_number="111-0000000-0000009", **BY),
        {"ClaimChange": 1},
    ),
    (
        "record_redirect",
        Status.NEW,
        "pool",
        lambda i: record_redirect(claim_id=i, now=NOW),
        {"Entry": 1, "ClaimChange": 1},
    ),
    (
        "add_note",
        Status.NEW,
        "pool",
        lambda i: desk.add_note(claim_id=i, text="Called", op_key="one", **BY),
        {"ClaimNote": 1},
    ),
]


@pytest.mark.parametrize(("status", "kind", "act", "effect"), [row[1:] for row in VERBS], ids=[row[0] for row in VERBS])
def test_do_once_what_ten_ask_for(
    shop: Merchant, together: Together, status: Status, kind: str, act: Any, effect: dict[str, int]
) -> None:
    with merchant_scope(shop):
        claim = claim_in(status, kind=kind)
        Claim.objects.filter(delivery_status=Delivery.QUEUED).update(delivery_status=Delivery.DELIVERED)
        before = counts()

    outcomes = ten_times(together, shop, act, claim.id)

    assert [outcome.error for outcome in outcomes] == [None] * TEN
    with merchant_scope(shop):
        assert more(before) == effect
    assert checks.run(shop.id).findings == []


def test_change_the_gift_once(shop: Merchant, together: Together) -> None:
    with merchant_scope(shop):
        claim = claim_in(Status.VERIFIED)
        gifts.send_gift(claim_id=claim.id, **BY)
        mug = make_promotion("item")
        before = counts()

    def change() -> Any:
        return gifts.change_gift(claim_id=claim.id, promotion_id=mug.id, reason="Mug", **BY)

    outcomes = ten_times(together, shop, change)

    assert [outcome.error for outcome in outcomes] == [None] * TEN
    with merchant_scope(shop):
        assert more(before) == {"Entry": 1, "ClaimChange": 1, "Movement": 1, "codes": -1}
    assert checks.run(shop.id).findings == []


def test_assign_once(shop: Merchant, together: Together) -> None:
    user = User.objects.create_user("agent@brew-bloom.example", name="Ada Agent")
    Membership.objects.create(merchant=shop, user=user, role=Role.AGENT)
    with merchant_scope(shop):
        claim = claim_in(Status.NEW)

    ten_times(together, shop, lambda: desk.assign(claim_id=claim.id, user_id=user.id, **BY))

    with merchant_scope(shop):
        assert Claim.objects.get().assignee_name == "Ada Agent"
        assert ClaimChange.objects.filter(event=Event.ASSIGNED).count() == 1


def test_make_one_claim_of_ten_posts(shop: Merchant, together: Together) -> None:
    with merchant_scope(shop):
        make_order()
        given = given_for(make_funnel(auto_verify=True, auto_send=True))

    outcomes = ten_times(together, shop, lambda: submit_claim(given=given, now=NOW))

    assert [outcome.error for outcome in outcomes] == [None] * TEN
    assert len({outcome.value.token for outcome in outcomes}) == 1
    assert sorted(outcome.value.replayed for outcome in outcomes) == [False] + [True] * 9
    with merchant_scope(shop):
        assert (Claim.objects.count(), Customer.objects.count(), Message.objects.count()) == (1, 1, 1)
    assert checks.run(shop.id).findings == []


def test_let_one_of_ten_claims_on_one_order_match(shop: Merchant, together: Together) -> None:
    with merchant_scope(shop):
        make_order()
        funnel = make_funnel(auto_verify=True, auto_send=True)
        given = [(given_for(funnel, email=f"person{n}@example.com"),) for n in range(TEN)]

    def one(mine: Any) -> Any:
        with merchant_scope(shop):
            return submit_claim(given=mine, now=NOW)

    outcomes = together(one, given)

    assert [outcome.error for outcome in outcomes] == [None] * TEN
    with merchant_scope(shop):
        found = list(Claim.objects.values_list("verification", flat=True))
        assert sorted(found) == [Verification.ALREADY_CLAIMED] * 9 + [Verification.MATCH]
        assert Message.objects.count() == 1


def test_give_three_codes_to_ten_claims(shop: Merchant, together: Together) -> None:
    with merchant_scope(shop):
        funnel = make_funnel(make_promotion(pool=make_pool("A-0001", "A-0002", "A-0003")), order_number="none")
        claims = [make_claim(funnel, email=f"person{n}@example.com") for n in range(TEN)]
        for claim in claims:
            verdicts.verify(claim_id=claim.id, **BY)

    def one(claim_id: Any) -> Any:
        with merchant_scope(shop):
            return gifts.send_gift(claim_id=claim_id, **BY)

    outcomes = together(one, [(claim.id,) for claim in claims])

    assert sorted(type(outcome.error).__name__ for outcome in outcomes) == ["NoneType"] * 3 + ["NothingToGive"] * 7
    with merchant_scope(shop):
        assert Claim.objects.exclude(gift_code="").values("gift_code").distinct().count() == 3
        assert (Grant.objects.count(), Message.objects.count()) == (3, 3)
    assert checks.run(shop.id).findings == []


def test_reject_and_process_never_both(shop: Merchant, together: Together) -> None:
    with merchant_scope(shop):
        claim = claim_in(Status.VERIFIED, kind="item")

    def one(act: Any) -> Any:
        with merchant_scope(shop):
            return act()

    outcomes = together(
        one,
        [
            (lambda: verdicts.reject(claim_id=claim.id, reason="No", **BY),),
            (lambda: processing.mark_processed(claim_id=claim.id, **BY),),
        ],
    )

    assert [type(outcome.error).__name__ for outcome in outcomes].count("NotAllowed") == 1
    assert checks.run(shop.id).findings == []


def test_notice_when_nobody_queues(shop: Merchant, together: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock on the claim the ten would not be one: the tests above can fail."""
    with merchant_scope(shop):
        claim = claim_in(Status.VERIFIED, kind="fixed")
    read, two_have_read = itertools.count(1), threading.Event()

    def unlocked(*, claim_id: Any) -> Claim:
        found: Claim = Claim.objects.get(id=claim_id)
        if next(read) > 1:
            two_have_read.set()
        # However slow the machine is: nobody writes before somebody else has read as well.
        assert two_have_read.wait(60)
        return found

    monkeypatch.setattr(gifts, "locked", unlocked)
    outcomes = ten_times(together, shop, lambda: gifts.send_gift(claim_id=claim.id, **BY))

    assert [outcome.error for outcome in outcomes if outcome.error is not None] != []


@pytest.mark.parametrize("in_order", [True, False])
def test_send_again_from_both_pages_at_the_same_moment(
    together: Together, shop: Merchant, monkeypatch: pytest.MonkeyPatch, in_order: bool
) -> None:
    """The claim's page and the delivery's take the same mails first; the control without: each waits for the other."""
    with merchant_scope(shop):
        claim = claim_in(Status.VERIFIED)
        gifts.send_gift(claim_id=claim.id, **BY)
        mail = Message.objects.get()
        for status in (MailStatus.SENDING, MailStatus.FAILED):
            move_all([Move(mail, status, NOW, "refused")])
    both_hold = threading.Barrier(2)

    def holding(found: Any) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):
            both_hold.wait(0.5 if in_order else 15)
        return found

    if not in_order:
        monkeypatch.setattr(gifts, "hold_mails", lambda **_of: None)
    check, lately = gifts.check_address, mail_services._just_sent
    monkeypatch.setattr(gifts, "check_address", lambda **told: holding(check(**told)))
    monkeypatch.setattr(mail_services, "_just_sent", lambda *told, **at: holding(lately(*told, **at)))

    def press(act: Callable[[], Any]) -> Any:
        with merchant_scope(shop):
            return act()

    done = together(
        press,
        [
            (lambda: gifts.resend_gift(claim_id=claim.id, reason="Asked", **BY),),
            (lambda: mail_services.resend(message_id=mail.id, reason="Asked", **BY),),
        ],
    )
    stuck = [one.error for one in done if isinstance(one.error, OperationalError)]
    assert (stuck == []) == in_order
    with merchant_scope(shop):
        # Of two people who press at the same moment one sends.
        assert Message.objects.count() == 2
