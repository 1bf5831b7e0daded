"""The six verbs, one by one and together in one act."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from customers.models import Customer
from ledger import services
from ledger.acts import Step
from ledger.errors import BadAct, GrantNotUsable, NotEnough, NothingLeft
from ledger.models import Account, Entry, Grant
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.scope import NoMerchant
from tests.ledger.acting import ago, ahead, balance, earn, give, left, now, spend, ways

Act = Callable[..., dict[str, Any]]


def test_record_writes_a_memorandum(customer: Customer, act: Act) -> None:
    subject, origin, staff = new_id(), new_id(), Actor.user(new_id())
    posted = services.record(
        **act(event="claim.verified", origin="claim", origin_id=origin, subject_id=subject, actor=staff, note="seen")
    )
    entry = Entry.objects.get(id=posted.entry_id)
    assert (entry.event, entry.origin, entry.origin_id, entry.subject_id) == (
        "claim.verified",
        "claim",
        origin,
        subject,
    )
    assert (entry.actor, entry.note, entry.customer_id) == (str(staff), "seen", customer.id)
    assert abs((entry.recorded_at - now()).total_seconds()) < 5
    assert entry.occurred_at == entry.recorded_at
    assert (posted.moved, posted.replayed) == ((), False)


def test_grant_issues_to_the_customer(customer: Customer, act: Act) -> None:
    begin, end = ahead(days=1), ahead(days=9)
    posted = services.grant(unit=Unit.VOUCHER, amount=1, code="ABC", valid_from=begin, expires_at=end, **act())
    grant = Grant.objects.get(id=posted.grants[0])
    assert (grant.amount, grant.remaining, grant.code) == (1, 1, "ABC")
    assert (grant.valid_from, grant.usable_from, grant.expires_at) == (begin, begin, end)
    assert (grant.account.customer_id, grant.entry_id) == (customer.id, posted.entry_id)
    assert ways(posted.entry_id) == [("ISSUED", "HELD", 1)]
    assert posted.held_after == {Unit.VOUCHER: 1}


def test_grant_keeps_the_id_it_is_given(act: Act) -> None:
    chosen = new_id()
    assert services.grant(unit=Unit.POINT, amount=5, grant_id=chosen, **act()).grants == [chosen]


def test_grant_opens_the_accounts_of_all_units_together(customer: Customer) -> None:
    earn(customer.id, 1)
    # One by one, two callers could come to hold one each and wait for the other's.
    held = dict(Account.objects.filter(customer=customer).values_list("unit", "balance"))
    assert held == {"POINT": 1, "VOUCHER": 0}


def test_draw_takes_the_lot_that_ends_first(customer: Customer) -> None:
    for_ever = earn(customer.id, 100)
    late = earn(customer.id, 100, expires_at=ahead(days=20))
    soon = earn(customer.id, 100, expires_at=ahead(days=10))
    posted = spend(customer.id, 250)
    assert posted.grants == [soon, late, for_ever]
    assert [moved.amount for moved in posted.moved] == [-100, -100, -50]
    assert [moved.held_after for moved in posted.moved] == [200, 100, 50]
    assert (left(soon), left(late), left(for_ever), balance(customer.id)) == (0, 0, 50, 50)


def test_draw_takes_the_lot_usable_first_among_equals(customer: Customer) -> None:
    end = ahead(days=5)
    second = earn(customer.id, 10, expires_at=end, valid_from=ago(days=1))
    first = earn(customer.id, 10, expires_at=end, valid_from=ago(days=2))
    assert spend(customer.id, 15).grants == [first, second]


def test_draw_says_how_much_is_missing_and_takes_nothing(customer: Customer) -> None:
    earn(customer.id, 30)
    earn(customer.id, 1000, valid_from=ahead(days=1))
    with pytest.raises(NotEnough) as refused, transaction.atomic():
        spend(customer.id, 75)
    assert refused.value.missing == 45
    assert str(refused.value) == "There are 45 points too few."
    assert refused.value.__cause__ is not None


def test_draw_refuses_a_customer_who_never_had_any(customer: Customer) -> None:
    with pytest.raises(NotEnough) as refused, transaction.atomic():
        spend(customer.id, 1)
    assert str(refused.value) == "There is 1 point too few."


def test_draw_uses_a_voucher_by_name(customer: Customer, act: Act) -> None:
    voucher = give(customer.id, code="ABC")
    posted = services.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher, **act())
    assert ways(posted.entry_id) == [("HELD", "REDEEMED", 1)]
    assert (left(voucher), balance(customer.id, Unit.VOUCHER)) == (0, 0)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [({"valid_from": ahead(days=1)}, "pending"), ({}, "empty")],
)
def test_draw_refuses_a_voucher_that_cannot_be_used(
    customer: Customer, act: Act, terms: dict[str, Any], reason: str
) -> None:
    voucher = give(customer.id, **terms)
    if reason == "empty":
        services.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher, **act())
    with pytest.raises(GrantNotUsable) as refused, transaction.atomic():
        services.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher, **act())
    assert (refused.value.reason, refused.value.grant_id) == (reason, voucher)


def test_draw_refuses_another_customers_voucher(customer: Customer, act: Act) -> None:
    stranger = Customer(email="eve@example.com", created_at=now())
    stranger.save(force_insert=True)
    voucher = give(stranger.id)
    with pytest.raises(GrantNotUsable) as refused, transaction.atomic():
        services.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher, **act())
    assert refused.value.reason == "unknown"


def test_draw_refuses_a_voucher_that_does_not_exist(act: Act) -> None:
    with pytest.raises(GrantNotUsable) as refused, transaction.atomic():
        services.draw(unit=Unit.VOUCHER, amount=1, grant_id=new_id(), **act())
    assert refused.value.reason == "unknown"


def test_expire_takes_whatever_is_left(customer: Customer, act: Act) -> None:
    lot = earn(customer.id, 100, expires_at=ahead(days=1))
    spend(customer.id, 40)
    posted = services.expire(grant_id=lot, **act())
    assert ways(posted.entry_id) == [("HELD", "EXPIRED", 60)]
    assert balance(customer.id) == 0


def test_expire_refuses_what_was_used(customer: Customer, act: Act) -> None:
    voucher = give(customer.id)
    services.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher, **act())
    with pytest.raises(NothingLeft), transaction.atomic():
        services.expire(grant_id=voucher, **act())


def test_revoke_takes_up_to_what_is_left(customer: Customer, act: Act) -> None:
    lot = earn(customer.id, 100)
    spend(customer.id, 70)
    posted = services.revoke(grant_id=lot, amount=50, **act())
    assert (ways(posted.entry_id), posted.shortfall) == ([("HELD", "REVOKED", 30)], 20)


def test_revoke_of_nothing_leaves_an_entry(customer: Customer, act: Act) -> None:
    voucher = give(customer.id)
    services.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher, **act())
    posted = services.revoke(grant_id=voucher, amount=1, **act())
    assert (posted.moved, posted.shortfall) == ((), 1)
    assert Entry.objects.filter(id=posted.entry_id).exists()


def test_revoke_without_amount_takes_all(customer: Customer, act: Act) -> None:
    lot = earn(customer.id, 100)
    posted = services.revoke(grant_id=lot, **act())
    assert (posted.moved[0].amount, posted.shortfall, left(lot)) == (-100, 0, 0)


def test_revoke_of_a_unit_goes_in_order_and_into_locked_lots(customer: Customer, act: Act) -> None:
    locked = earn(customer.id, 100, valid_from=ahead(days=1))
    usable = earn(customer.id, 100, expires_at=ahead(days=1))
    posted = services.revoke(unit=Unit.POINT, amount=150, **act())
    assert (left(usable), left(locked), posted.shortfall) == (0, 50, 0)
    assert services.revoke(unit=Unit.POINT, amount=80, **act()).shortfall == 30


def test_post_moves_several_units_in_one_entry(customer: Customer, act: Act) -> None:
    lot = earn(customer.id, 500)
    voucher = new_id()
    steps = [
        Step.draw(unit=Unit.POINT, amount=200),
        Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=voucher, code="XYZ"),
    ]
    posted = services.post(steps=steps, **act(event="reward.redeemed"))
    assert ways(posted.entry_id) == [("HELD", "REDEEMED", 200), ("ISSUED", "HELD", 1)]
    assert posted.grants == [lot, voucher]
    assert posted.held_after == {Unit.POINT: 300, Unit.VOUCHER: 1}


def test_post_issues_and_draws_the_same_grant(customer: Customer, act: Act) -> None:
    voucher = new_id()
    steps = [
        Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=voucher),
        Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher),
    ]
    posted = services.post(steps=steps, **act(event="claim.processed"))
    assert ways(posted.entry_id) == [("ISSUED", "HELD", 1), ("HELD", "REDEEMED", 1)]
    assert left(voucher) == 0


@pytest.mark.parametrize(
    "step",
    [
        Step.draw(unit=Unit.POINT, amount=0),
        Step.draw(unit=Unit.POINT, amount=-5),
        Step.grant(unit=Unit.POINT, amount=0),
        Step.revoke(amount=5),
        Step.revoke(unit=Unit.POINT),
        Step.draw(unit=Unit.POINT, amount=5, grant_id=new_id()),
    ],
    ids=["nought", "negative", "grant-nought", "revoke-what", "revoke-how-much", "point-by-name"],
)
def test_post_refuses_a_step_that_means_nothing(act: Act, step: Step) -> None:
    with pytest.raises(BadAct), transaction.atomic():
        services.post(steps=[step], **act())


def test_post_refuses_an_unknown_customer(act: Act) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        services.record(**act(customer_id=new_id()))


@pytest.mark.parametrize("event", ["verified", "Claim.Verified", "claim verified", ""])
def test_record_refuses_an_event_without_an_owner(act: Act, event: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        services.record(**act(event=event))


def test_record_refuses_without_a_scope(db: None) -> None:
    with pytest.raises(NoMerchant):
        services.record(
            event="claim.verified",
            origin="claim",
            origin_id=new_id(),
            customer_id=new_id(),
            actor=Actor.system(),
            key="claim:1",
        )
