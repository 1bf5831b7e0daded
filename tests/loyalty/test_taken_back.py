"""Imports of points and purchases taken back when some of their lots have ended or were spent meanwhile."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from customers.services import erase
from exports import undoing
from exports.models import ImportRun
from ledger import checks
from ledger.models import Entry, Grant
from ledger.selectors import usable_balance
from ledger.services import expire, expire_due
from ledger.units import Unit
from loyalty.models import LoyaltySettings, PointAdjustment, Purchase
from loyalty.services.purchases import record_return
from loyalty.states import AdjustmentState, Expiry
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.exports.importing import act, brought, taken_back, told, work
from tests.loyalty import factories as make

pytestmark = pytest.mark.django_db(databases=["default", "aside"])

POINTS = "reference,card_number,points,reason\n"
PURCHASES = "reference,card_number,amount,currency,occurred_at\n"
SPENT_POINTS = "Some of these points were spent, or have expired."
SPENT = "Some of its points were spent, or have expired."
RETURNED = "Something of it was returned."


@pytest.fixture
def admin(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.ADMIN)


@pytest.fixture(autouse=True)
def books(merchant: Merchant, settings: Any, tmp_path: Path) -> Iterator[None]:
    """Uploads have a folder of their own, and after each test the books agree."""
    settings.MEDIA_ROOT = tmp_path
    yield
    assert checks.run(merchant.id).findings == []


def members(*cards: str) -> list[Customer]:
    return [make.customer(card_number=card) for card in cards]


def balance(who: Customer) -> int:
    return usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now())


def lot_of(entry_id: Any) -> Grant:
    found: Grant = Grant.objects.get(entry_id=entry_id)
    return found


def end(lot: Grant, who: Customer) -> None:
    """Let a lot end before its time."""
    about: dict[str, Any] = {"origin": "grant", "origin_id": lot.id, "actor": make.SYSTEM, "customer_id": who.id}
    expire(grant_id=lot.id, event="grant.expired", key=uuid.uuid4().hex, **about)


def fates(merchant: Merchant, run: ImportRun) -> list[tuple[str, str]]:
    return [(undone, why) for _line, _became, undone, why in told(merchant, run)]


def test_points_that_ended_or_were_partly_spent_stay(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        whole, ended, partly, erased = members("C-1", "C-2", "C-3", "C-4")
    text = POINTS + "".join(f"{name},C-{n},100,Sorry\n" for n, name in enumerate("ABCD", 1))
    run = brought(admin, merchant, text, dataset="points")
    with merchant_scope(merchant):
        end(lot_of(PointAdjustment.objects.get(op_key="import:B").entry_id), ended)
        make.take(make.reward(cost_in_points=1), partly)
        erase(customer_id=erased.id, actor=make.SYSTEM, now=timezone.now())
        entries = Entry.objects.count()
    page = admin.get(path(merchant, "imports", run.id, "undo"))
    assert (page.context["found"].can, page.context["found"].reasons) == (1, [(SPENT_POINTS, 3)])
    done = taken_back(admin, merchant, run)
    assert (done.undo_state, done.undone, done.not_undone) == ("done", 1, 3)
    assert fates(merchant, run) == [("b", ""), *[("x", SPENT_POINTS)] * 3]
    with merchant_scope(merchant):
        assert [balance(who) for who in (whole, ended, partly, erased)] == [0, 0, 99, 0]
        # One entry took the one line back; nothing was written for the others.
        assert Entry.objects.count() == entries + 1
        states = dict(PointAdjustment.objects.values_list("op_key", "state"))
        undone = {f"import:{name}": AdjustmentState.UNDONE if name == "A" else AdjustmentState.DONE for name in "ABCD"}
        assert states == undone


def test_points_spent_after_the_question_was_asked_stay(admin: Client, merchant: Merchant) -> None:
    """What the page said was true then; what is done is judged again behind the lock."""
    with merchant_scope(merchant):
        ann, ben = members("C-1", "C-2")
    run = brought(admin, merchant, POINTS + "A,C-1,100,Sorry\nB,C-2,100,Sorry\n", dataset="points")
    assert admin.get(path(merchant, "imports", run.id, "undo")).context["found"].can == 2
    pressed = act(admin, merchant, run, "undo")
    with merchant_scope(merchant):
        make.take(make.reward(cost_in_points=100), ben)
    done = work(merchant, pressed)
    assert (done.undone, done.not_undone, fates(merchant, run)) == (1, 1, [("b", ""), ("x", SPENT_POINTS)])
    with merchant_scope(merchant):
        assert (balance(ann), balance(ben)) == (0, 0)


def test_purchases_whose_points_ended_were_spent_or_went_back_stay(admin: Client, merchant: Merchant) -> None:
    now = timezone.now()
    days = {"old": 60, "whole": 3, "partly": 3, "returned": 3, "nothing": 3}
    amounts = {"nothing": "0.00"}
    with merchant_scope(merchant):
        LoyaltySettings.made_with(points_per_unit=Decimal(1), expiry=Expiry.AFTER_DAYS, expiry_days=30).save()
        people = dict(zip(days, members(*days), strict=True))
    rows = [
        f"{name},{name},{amounts.get(name, '100.00')},USD,{now - timedelta(days=ago):%Y-%m-%d}"
        for name, ago in days.items()
    ]
    run = brought(admin, merchant, PURCHASES + "\n".join(rows) + "\n", dataset="purchases")
    with merchant_scope(merchant):
        make.take(make.reward(cost_in_points=40), people["partly"])
        given_back = Purchase.objects.get(reference="returned")
        facts: dict[str, Any] = {"reference": "r", "amount": Decimal(25), "actor": make.SYSTEM, "now": timezone.now()}
        record_return(purchase_id=given_back.id, **facts)
        unswept = undoing.preview(ImportRun.objects.get(id=run.id), now=timezone.now())
        assert expire_due(unit=Unit.POINT, actor=make.SYSTEM, now=timezone.now()).amount == 100
        swept = undoing.preview(ImportRun.objects.get(id=run.id), now=timezone.now())
    # Whether a sweep has been there makes no difference.
    assert unswept == swept == undoing.Undoable(2, [(SPENT, 2), (RETURNED, 1)])
    done = taken_back(admin, merchant, run)
    assert (done.undone, done.not_undone) == (2, 3)
    assert fates(merchant, run) == [("x", SPENT), ("b", ""), ("x", SPENT), ("x", RETURNED), ("b", "")]
    with merchant_scope(merchant):
        assert {name: balance(who) for name, who in people.items()} == {
            "old": 0, "whole": 0, "partly": 60, "returned": 75, "nothing": 0,
        }  # fmt: skip
        sums = Purchase.objects.values_list("reference", "returned_amount", "points_returned")
        assert {name: (int(amount), points) for name, amount, points in sums} == {
            "old": (0, 0), "whole": (100, 100), "partly": (0, 0), "returned": (25, 25), "nothing": (0, 0),
        }  # fmt: skip
