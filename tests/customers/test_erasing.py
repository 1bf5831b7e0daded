"""Erasing a person: nothing in the merchant's rows tells any more who it was, and every number is as before."""

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError, connection
from django.utils.module_loading import import_string

from claims_center.models import Claim, ClaimTrait
from claims_center.services import desk, forgetting, gifts, rechecks, verdicts
from claims_center.services.marks import mark
from config.erasure import ENDINGS, FORGETTERS
from customers.models import Customer
from customers.services import erase
from ledger import checks
from messaging.forgetting import forget as forget_messages
from messaging.models import Message
from messaging.states import Status as MailStatus
from messaging.status import Move, move_all
from tenancy.actors import Actor
from tenancy.base import MerchantModel
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import funnel_with, make_claim, make_order, sign_in

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SYSTEM = Actor.system()
SECRETS = ("zebulon", "quackenbush", "5550100777", "marmalade", "0042617")
PERSON: dict[str, Any] = {"email": "Zebulon@quackenbush.example", "first_name": "Zebulon", "last_name": "Quackenbush"}


def person_with_everything() -> Claim:
    """A claim with a gift that was sent, a note, a question, a matched order, and a neighbour at the same phone."""
    funnel = funnel_with(order_number="optional")
    number = "112-7391030-0042617"
    make_order(funnel, number, buyer_name="Zebulon Quackenbush", buyer_email=PERSON["email"])
    claim = make_claim(funnel, order_number=number, phone="+1 555 010 0777", feedback="Zebulon says hello", **PERSON)
    verdicts.ask_info(claim_id=claim.id, reason="Zebulon, which colour?", actor=SYSTEM, now=NOW)
    verdicts.verify(claim_id=claim.id, reason="Zebulon phoned", actor=SYSTEM, now=NOW)
    gifts.send_gift(claim_id=claim.id, actor=SYSTEM, now=NOW)
    desk.add_note(claim_id=claim.id, op_key="1", text="Lives in Marmalade Street", actor=SYSTEM, now=NOW)
    return claim


def found(secret: str) -> list[str]:
    """The tables whose rows hold this word, however deep."""
    models: list[Any] = [one for one in apps.get_models() if issubclass(one, MerchantModel)]
    return sorted(
        model.__name__
        for model in models
        if any(secret in str(row).lower().replace(" ", "").replace("-", "") for row in model.objects.values())
    )


def test_leave_nothing_that_tells_who_it_was(scope: Merchant) -> None:
    claim = person_with_everything()
    before = {secret: found(secret) for secret in SECRETS}
    assert all(before.values()), before
    neighbour = make_claim(claim.funnel, email="n@example.com", first_name="Nan", phone="555 010 0777", order_number="")
    assert mark(claim_ids=[neighbour.id], with_others=True) == 2
    token = claim.tracker_token

    erase(customer_id=claim.customer_id, actor=SYSTEM, now=NOW, reason="Asked by letter")

    left = {secret: found(secret) for secret in ("zebulon", "quackenbush", "marmalade")}
    assert left == {"zebulon": [], "quackenbush": [], "marmalade": []}
    # The number by which an order is given one gift only, and the order itself, are no person.
    assert set(found("0042617")) <= {"Claim", "ClaimedNumber", "Order"}
    erased = Claim.objects.get(id=claim.id)
    assert (erased.status, erased.gift_code, erased.customer_name) == ("verified", "BARISTA-2026", "Erased customer")
    assert erased.tracker_token != token
    assert not ClaimTrait.objects.filter(customer_id=claim.customer_id).exists()
    assert Claim.objects.get(id=neighbour.id).signals == 0
    assert Message.objects.get(customer=claim.customer_id).status == "skipped"
    assert checks.run(scope.id).findings == []


def test_erase_once_and_write_down_who_did(scope: Merchant) -> None:
    claim = person_with_everything()
    for _time in range(2):
        erased = erase(customer_id=claim.customer_id, actor=SYSTEM, now=NOW)
    assert (erased.erased_at, erased.email, erased.name) == (NOW, "", "")
    event = AuditEvent.objects.get(action="customer.erased")
    assert set(event.after or ()) == {*FORGETTERS, *ENDINGS}
    assert "zebulon" not in str(event.after).lower()


def test_leave_others_alone(scope: Merchant) -> None:
    claim = person_with_everything()
    other = make_claim(claim.funnel, email="nan@example.com", first_name="Nan", last_name="Other", order_number="")
    erase(customer_id=claim.customer_id, actor=SYSTEM, now=NOW)
    kept = Claim.objects.get(id=other.id)
    assert (kept.customer_name, kept.customer_email) == ("Nan Other", "nan@example.com")
    assert Customer.objects.get(id=other.customer_id).email == "nan@example.com"


def test_take_the_same_person_for_somebody_new(scope: Merchant) -> None:
    claim = person_with_everything()
    erase(customer_id=claim.customer_id, actor=SYSTEM, now=NOW)
    again = make_claim(claim.funnel, **PERSON, order_number="112-7391030-0042617")
    assert again.customer_id != claim.customer_id
    # An order is good for one gift, whoever is forgotten.
    assert again.verification == "already_claimed"


def test_know_the_number_however_often_claims_are_checked(scope: Merchant) -> None:
    claim = person_with_everything()
    erase(customer_id=claim.customer_id, actor=SYSTEM, now=NOW)
    known = Claim.objects.values_list("order_number_norm", "number_turn", "verification", "version").get(id=claim.id)
    rechecks.recheck(claim_ids=[claim.id], now=NOW)
    assert (
        Claim.objects.values_list("order_number_norm", "number_turn", "verification", "version").get(id=claim.id)
        == known
    )
    again = make_claim(claim.funnel, **PERSON, order_number="112-7391030-0042617")
    assert again.verification == "already_claimed"


@pytest.mark.django_db(transaction=True)
def test_hold_claims_in_the_order_in_which_all_others_do(merchant: Merchant, together: Callable[..., Any]) -> None:
    """Whoever holds a neighbour's older claim gets the younger one too: the erasing waits, and holds neither."""
    with merchant_scope(merchant):
        funnel = funnel_with(order_number="optional")
        older = make_claim(funnel, email="n@example.com", phone="555 010 0777", order_number="")
        claim = make_claim(funnel, order_number="", phone="555 010 0777", **PERSON)
        assert mark(claim_ids=[claim.id], with_others=True) == 2
    held = threading.Event()

    def act(what: str) -> None:
        if what == "erase":
            assert held.wait(30)
            with merchant_scope(merchant):
                erase(customer_id=claim.customer_id, actor=SYSTEM, now=NOW)
            return
        with merchant_scope(merchant):
            rows = Claim.objects.select_for_update(nowait=True)
            rows.get(id=older.id)
            held.set()
            while not is_anybody_waiting():
                time.sleep(0.01)
            rows.get(id=claim.id)

    assert [one.error for one in together(act, [("erase",), ("hold",)])] == [None, None]
    with merchant_scope(merchant):
        assert set(Claim.objects.values_list("signals", flat=True)) == {0}


def is_anybody_waiting() -> bool:
    with connection.cursor() as cursor:
        # What a transaction has seen of the others it would see again and again.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        return cursor.fetchone() is not None


def test_forget_in_every_room() -> None:
    assert all(callable(import_string(path)) for path in (FORGETTERS | ENDINGS).values())


@pytest.mark.django_db(databases=["default", "aside"])
def test_show_an_erased_customers_claim(merchant: Merchant) -> None:
    from tenancy.scope import merchant_scope  # noqa: PLC0415 - the other tests stand in an open scope

    client = sign_in(merchant)
    with merchant_scope(merchant):
        claim = person_with_everything()
        erase(customer_id=claim.customer_id, actor=SYSTEM, now=NOW)
    for path in ("claims/", f"claims/{claim.id}/", f"customers/{claim.customer_id}/"):
        page = client.get(f"/m/{merchant.slug}/{path}")
        assert page.status_code == 200
        assert "Quackenbush" not in page.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("in_order", [True, False])
def test_erase_while_a_mail_goes_out(
    together: Callable[..., Any], merchant: Merchant, monkeypatch: pytest.MonkeyPatch, in_order: bool
) -> None:
    """Both take the mail first, then the claim; the control does not: each waits for the other."""
    with merchant_scope(merchant):
        claim = person_with_everything()
        mail = Message.objects.get(origin_id=claim.id, kind="claim.gift")
        assert move_all([Move(mail, MailStatus.SENDING, NOW)])
    both_hold = threading.Barrier(2)

    def holding() -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both_hold.wait(0.5 if in_order else 15)

    if not in_order:
        monkeypatch.setattr(forgetting, "hold_messages", lambda **_of: [])

    def late(**told: Any) -> int:
        holding()
        return forget_messages(**told)

    monkeypatch.setattr(forgetting, "forget_messages", late)

    def act(what: str) -> None:
        with merchant_scope(merchant):
            if what == "erase":
                erase(customer_id=claim.customer_id, actor=SYSTEM, now=NOW)
                return
            held = Message.objects.select_for_update(no_key=True).get(id=mail.id)
            holding()
            move_all([Move(held, MailStatus.SENT, NOW)])

    outcomes = together(act, [("send",), ("erase",)])
    stuck = [one.error for one in outcomes if isinstance(one.error, OperationalError)]
    assert (stuck == []) == in_order
    with merchant_scope(merchant):
        assert Message.objects.get(id=mail.id).status in {MailStatus.SENT, MailStatus.SENDING, MailStatus.SKIPPED}
    assert checks.run(merchant.id).findings == []
