"""Two people decide about much: at once, twice, over each other; and what happens without the lock."""

import uuid
from collections.abc import Callable
from copy import copy
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer
from ledger.models import Entry, Grant
from ledger.selectors import usable_balance
from ledger.services import grant
from ledger.units import Unit
from loyalty.checks import check_rewards
from loyalty.errors import NotAllowed
from loyalty.models import PointAdjustment, Purchase, PurchaseReturn, ReminderStop
from loyalty.services import adjustments, purchases, reminders
from loyalty.services.adjustments import approve, decline, forget
from loyalty.states import AdjustmentState
from loyalty.waiting import waiting_count
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.loyalty.test_points import ANN, BEN, ask, bring_back, buy, rules

CY = Actor("user", uuid.UUID(int=3))
DONE, DECLINED = AdjustmentState.DONE, AdjustmentState.DECLINED


@pytest.fixture
def waiting(merchant: Merchant, transactional_db: None) -> PointAdjustment:
    """An adjustment of 500 points that Ann has asked for."""
    with merchant_scope(merchant):
        rules(approval_above=100)
        return ask(make.customer(), 500)


def active(row: PointAdjustment) -> int:
    return usable_balance(customer_id=row.customer_id, unit=Unit.POINT, at=timezone.now())


def deciding(merchant: Merchant, row: PointAdjustment) -> Callable[..., str]:
    def decide(verb: Callable[..., PointAdjustment], actor: Actor) -> str:
        with merchant_scope(merchant):
            return str(verb(adjustment_id=row.id, actor=actor, now=timezone.now()).state)

    return decide


def test_two_approvers_at_once_give_the_points_once(
    merchant: Merchant, waiting: PointAdjustment, together: Callable[..., Any]
) -> None:
    outcomes = together(deciding(merchant, waiting), [(approve, actor) for actor in (BEN, CY) * 4])

    assert [one.error for one in outcomes] == [None] * 8
    with merchant_scope(merchant):
        assert active(waiting) == 500
        assert Entry.objects.filter(event="points.adjusted").count() == 1
        assert AuditEvent.objects.filter(action="points.adjustment_approved").count() == 1
        assert PointAdjustment.objects.get().decided_by in {str(BEN), str(CY)}


def test_approver_and_decliner_at_once_leave_one_decision(
    merchant: Merchant, waiting: PointAdjustment, together: Callable[..., Any]
) -> None:
    outcomes = together(deciding(merchant, waiting), [(approve, BEN), (decline, CY)] * 3)

    with merchant_scope(merchant):
        state = PointAdjustment.objects.get().state
        assert active(waiting) == (500 if state == DONE else 0)
    assert {one.value for one in outcomes if one.error is None} == {state}
    assert all(isinstance(one.error, NotAllowed) for one in outcomes if one.error is not None)
    assert sum(one.error is None for one in outcomes) == 3


def test_the_asker_never_decides_even_in_the_crowd(
    merchant: Merchant, waiting: PointAdjustment, together: Callable[..., Any]
) -> None:
    outcomes = together(deciding(merchant, waiting), [(approve, ANN), (decline, ANN)] * 4)

    assert all(isinstance(one.error, NotAllowed) for one in outcomes)
    with merchant_scope(merchant):
        assert PointAdjustment.objects.get().state == AdjustmentState.WAITING


def test_control_without_lock_and_key_the_points_come_twice(
    merchant: Merchant, waiting: PointAdjustment, together: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guards off: everybody sees a waiting row, and no two entries have the same key."""

    def unlocked(adjustment_id: uuid.UUID, *_args: Any, **_kwargs: Any) -> PointAdjustment:
        return copy(waiting)

    real = grant

    def without_key(**facts: Any) -> Any:
        return real(**facts | {"key": uuid.uuid4().hex})

    monkeypatch.setattr(adjustments, "_waiting", unlocked)
    monkeypatch.setattr(adjustments, "grant", without_key)

    def decide(actor: Actor) -> None:
        with merchant_scope(merchant):
            approve(adjustment_id=waiting.id, actor=actor, now=timezone.now())

    together(decide, [(BEN,), (CY,)])

    with merchant_scope(merchant):
        assert active(waiting) > 500


def test_key_alone_holds_where_the_lock_is_off(
    merchant: Merchant, waiting: PointAdjustment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with merchant_scope(merchant):
        approve(adjustment_id=waiting.id, actor=BEN, now=timezone.now())
        monkeypatch.setattr(adjustments, "_waiting", lambda *_args, **_kwargs: waiting)
        approve(adjustment_id=waiting.id, actor=CY, now=timezone.now())

        assert active(waiting) == 500


def test_forgetting_a_person_leaves_the_numbers(merchant: Merchant, waiting: PointAdjustment) -> None:
    with merchant_scope(merchant):
        reminders.stop(customer_id=waiting.customer_id, now=timezone.now())

        assert forget(customer_id=waiting.customer_id) == 1

        row = PointAdjustment.objects.get()
        assert (row.reason, row.points, row.state) == ("", 500, AdjustmentState.WAITING)
        assert not ReminderStop.objects.exists()


def test_nobody_gives_points_to_who_was_erased_meanwhile(merchant: Merchant, waiting: PointAdjustment) -> None:
    with merchant_scope(merchant):
        Customer.objects.filter(id=waiting.customer_id).update(erased_at=timezone.now())

        with pytest.raises(NotAllowed, match="erased"):
            approve(adjustment_id=waiting.id, actor=BEN, now=timezone.now())
        assert active(waiting) == 0
        assert decline(adjustment_id=waiting.id, actor=BEN, now=timezone.now()).state == AdjustmentState.DECLINED


def test_the_sidebars_count_follows(merchant: Merchant, waiting: PointAdjustment) -> None:
    def count() -> int | None:
        with merchant_scope(merchant):
            return waiting_count()

    assert count() == 1
    with merchant_scope(merchant):
        approve(adjustment_id=waiting.id, actor=BEN, now=timezone.now())
    assert count() is None


@pytest.mark.django_db(transaction=True)
def test_two_returns_at_once_take_back_what_both_are_worth(merchant: Merchant, together: Callable[..., Any]) -> None:
    with merchant_scope(merchant):
        rules()
        purchase = buy(make.customer(), "99.00")

    def back(reference: str) -> PurchaseReturn:
        with merchant_scope(merchant):
            return bring_back(purchase, "33.00", reference=reference)

    outcomes = together(back, [("R-1",), ("R-2",), ("R-1",), ("R-2",), ("R-3",), ("R-3",)])

    assert [one.error for one in outcomes] == [None] * 6
    with merchant_scope(merchant):
        found = Purchase.objects.get()
        assert (found.returned_amount, found.points_returned) == (Decimal("99.00"), 99)
        assert PurchaseReturn.objects.count() == 3
        assert Grant.objects.get(id=purchase.grant_id).remaining == 0
        assert check_rewards(merchant.id) == []


@pytest.mark.django_db(transaction=True)
def test_control_a_return_from_a_stale_row_takes_too_little(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock off: each return reckons with the sums that it saw before, and the books say so."""
    with merchant_scope(merchant):
        rules(points_per_unit=Decimal("0.5"))
        purchase = buy(make.customer(), "10.00")

    with merchant_scope(merchant):
        stale = [Purchase.objects.get(id=purchase.id) for _ in range(2)]
    unlocked = SimpleNamespace(get=lambda **_kwargs: stale.pop())
    table = SimpleNamespace(objects=SimpleNamespace(select_for_update=lambda **_kwargs: unlocked))
    monkeypatch.setattr(purchases, "Purchase", table)
    for reference in ("R-1", "R-2"):
        with merchant_scope(merchant):
            bring_back(purchase, "5.00", reference=reference)
    monkeypatch.undo()

    with merchant_scope(merchant):
        assert Purchase.objects.get().returned_amount == Decimal("5.00")
        assert {finding.check for finding in check_rewards(merchant.id)} == {"purchase_returns"}
