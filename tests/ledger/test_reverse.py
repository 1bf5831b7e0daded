"""Undoing an act: the very grants, with their own end, once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from customers.models import Customer
from ledger import services
from ledger.acts import Step
from ledger.errors import AlreadyReversed, NotReversible
from ledger.models import Entry
from ledger.units import Unit
from tenancy.ids import new_id
from tests.ledger.acting import ago, ahead, balance, earn, give, left, now, spend, ways

Act = Callable[..., dict[str, Any]]


def test_reverse_restores_the_very_lots(customer: Customer, act: Act) -> None:
    soon, late = earn(customer.id, 100, expires_at=ahead(days=1)), earn(customer.id, 100)
    spent = spend(customer.id, 150)
    posted = services.reverse(reverses=spent.entry_id, **act(event="reward.canceled"))
    assert ways(posted.entry_id) == [("REDEEMED", "HELD", 50), ("REDEEMED", "HELD", 100)]
    assert (left(soon), left(late), balance(customer.id)) == (100, 100, 200)
    assert Entry.objects.get(id=posted.entry_id).reverses_id == spent.entry_id
    assert posted.lapsed == ()


def test_reverse_takes_back_what_was_given_in_the_same_act(customer: Customer, act: Act) -> None:
    lot, voucher = earn(customer.id, 500), new_id()
    steps = [Step.draw(unit=Unit.POINT, amount=200), Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=voucher)]
    redeemed = services.post(steps=steps, **act())
    posted = services.reverse(reverses=redeemed.entry_id, **act())
    assert ways(posted.entry_id) == [("HELD", "ISSUED", 1), ("REDEEMED", "HELD", 200)]
    assert (left(lot), left(voucher), posted.held_after) == (500, 0, {Unit.VOUCHER: 0, Unit.POINT: 500})


def test_reverse_of_an_issued_and_drawn_grant_leaves_nothing(customer: Customer, act: Act) -> None:
    voucher = new_id()
    steps = [
        Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=voucher),
        Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher),
    ]
    done = services.post(steps=steps, **act())
    posted = services.reverse(reverses=done.entry_id, **act())
    assert ways(posted.entry_id) == [("REDEEMED", "HELD", 1), ("HELD", "ISSUED", 1)]
    assert (left(voucher), balance(customer.id, Unit.VOUCHER)) == (0, 0)


def test_reverse_and_draw_again(customer: Customer, act: Act) -> None:
    voucher = give(customer.id)
    for _ in range(3):
        used = services.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher, **act())
        services.reverse(reverses=used.entry_id, **act())
    assert left(voucher) == 1


def test_reverse_of_a_memorandum(act: Act) -> None:
    memo = services.record(**act())
    posted = services.reverse(reverses=memo.entry_id, **act())
    assert posted.moved == ()


def test_reverse_of_a_revocation_and_of_an_early_expiry(customer: Customer, act: Act) -> None:
    voucher = give(customer.id, expires_at=ahead(days=1))
    for verb in (services.revoke, services.expire):
        done = verb(grant_id=voucher, **act())
        assert left(voucher) == 0
        services.reverse(reverses=done.entry_id, **act())
        assert left(voucher) == 1


def test_reverse_refuses_a_second_time(customer: Customer, act: Act) -> None:
    earn(customer.id, 100)
    spent = spend(customer.id, 60)
    first = services.reverse(reverses=spent.entry_id, **act())
    with pytest.raises(AlreadyReversed) as refused, transaction.atomic():
        services.reverse(reverses=spent.entry_id, **act())
    assert refused.value.entry_id == first.entry_id


def test_reverse_refuses_a_reversal(customer: Customer, act: Act) -> None:
    earn(customer.id, 100)
    undone = services.reverse(reverses=spend(customer.id, 60).entry_id, **act())
    with pytest.raises(NotReversible) as refused, transaction.atomic():
        services.reverse(reverses=undone.entry_id, **act())
    assert refused.value.reason == "is_reversal"


def test_reverse_refuses_when_the_voucher_was_used_meanwhile(customer: Customer, act: Act) -> None:
    given = services.grant(unit=Unit.VOUCHER, amount=1, **act())
    services.draw(unit=Unit.VOUCHER, amount=1, grant_id=given.grants[0], **act())
    with pytest.raises(NotReversible) as refused, transaction.atomic():
        services.reverse(reverses=given.entry_id, **act())
    assert (refused.value.reason, refused.value.grant_id) == ("gone", given.grants[0])


def test_reverse_refuses_another_customers_entry(customer: Customer, act: Act) -> None:
    memo = services.record(**act())
    stranger = Customer(email="eve@example.com", created_at=now())
    stranger.save(force_insert=True)
    with pytest.raises(NotReversible) as refused, transaction.atomic():
        services.reverse(reverses=memo.entry_id, **act(customer_id=stranger.id))
    assert refused.value.reason == "unknown"


def test_reverse_refuses_an_unknown_entry(act: Act) -> None:
    with pytest.raises(NotReversible) as refused, transaction.atomic():
        services.reverse(reverses=new_id(), **act())
    assert refused.value.reason == "unknown"


def test_reverse_to_a_lot_that_ended_meanwhile_expires_at_once(customer: Customer, act: Act) -> None:
    end = ago(hours=1)
    with services.backdated(at=end - timedelta(days=1)):
        ended, alive = earn(customer.id, 100, expires_at=end), earn(customer.id, 100)
        spent = spend(customer.id, 130)
    posted = services.reverse(reverses=spent.entry_id, **act(key="cancel"))
    lapse = Entry.objects.get(event="grant.expired")
    assert (left(ended), left(alive), balance(customer.id)) == (0, 100, 100)
    assert ways(lapse.id) == [("HELD", "EXPIRED", 100)]
    assert lapse.idempotency_key == f"{posted.entry_id}:expire"
    assert [(moved.grant_id, moved.amount) for moved in posted.lapsed] == [(ended, -100)]
    assert services.reverse(reverses=spent.entry_id, **act(key="cancel", **_same(spent.entry_id))).replayed


def _same(entry_id: Any) -> dict[str, Any]:
    posted = Entry.objects.get(reverses_id=entry_id)
    return {"origin_id": posted.origin_id}


def test_reverse_to_an_ended_lot_leaves_the_rest_to_the_sweep(customer: Customer, act: Act) -> None:
    end = ago(hours=1)
    with services.backdated(at=end - timedelta(days=1)):
        lot = earn(customer.id, 100, expires_at=end)
        spent = spend(customer.id, 30)
    services.reverse(reverses=spent.entry_id, **act())
    assert left(lot) == 70


def test_reverse_refuses_an_expiry_whose_time_has_passed(customer: Customer, act: Act) -> None:
    end = ago(hours=1)
    with services.backdated(at=end - timedelta(days=1)):
        voucher = give(customer.id, expires_at=end)
        expired = services.expire(grant_id=voucher, **act())
    with pytest.raises(NotReversible) as refused, transaction.atomic():
        services.reverse(reverses=expired.entry_id, **act())
    assert refused.value.reason == "expired"


def test_reverse_of_an_issue_that_ended_since(customer: Customer, act: Act) -> None:
    end, voucher = ago(hours=1), new_id()
    steps = [
        Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=voucher, expires_at=end),
        Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher),
    ]
    with services.backdated(at=end - timedelta(days=1)):
        done = services.post(steps=steps, **act())
    posted = services.reverse(reverses=done.entry_id, **act())
    assert (left(voucher), posted.lapsed) == (0, ())
