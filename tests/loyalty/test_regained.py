"""Points that come back after the goods that earned them were returned: nobody keeps points for nothing."""

import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from customers.services import erase
from ledger import checks
from ledger.models import Entry, Grant
from ledger.selectors import usable_balance
from ledger.services import backdated
from ledger.units import Unit
from loyalty.models import LoyaltySettings, Purchase, PurchaseReturn, RedeemedReward
from loyalty.services import canceling
from loyalty.services.canceling import cancel, effect_of
from loyalty.services.purchases import record_purchase, record_return
from loyalty.states import Expiry
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.loyalty import factories as make
from tests.loyalty.bulking import by, done

Together = Callable[..., list[Any]]


@pytest.fixture
def rules(scope: Merchant) -> None:
    """A point for each unit of money, without an end."""
    plain_rules()


def plain_rules() -> None:
    LoyaltySettings.made_with(points_per_unit=1, lock_days=0).save()


def bought(who: Customer, amount: int, **when: datetime) -> Purchase:
    facts: dict[str, Any] = by() | when
    told: dict[str, Any] = {"reference": uuid.uuid4().hex, "currency": "USD", "occurred_at": facts["now"]}
    return record_purchase(customer_id=who.id, amount=Decimal(amount), **told, **facts)


def returned(purchase: Purchase, amount: int, **when: datetime) -> PurchaseReturn:
    told: dict[str, Any] = {"reference": uuid.uuid4().hex, "amount": Decimal(amount)}
    return record_return(purchase_id=purchase.id, **told, **by() | when)


def refunded(row: RedeemedReward) -> RedeemedReward:
    return cancel(redeemed_id=row.id, refund=True, **by())


def balance(who: Customer) -> int:
    return usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now())


def sums(*rows: PurchaseReturn) -> list[tuple[int, int]]:
    """What each return has taken, and what is still missing."""
    for row in rows:
        row.refresh_from_db()
    return [(row.points_returned, row.shortfall) for row in rows]


@pytest.mark.django_db
def test_take_back_what_a_return_had_not_found(rules: None, scope: Merchant) -> None:
    who = make.customer()
    purchase = bought(who, 100)
    row = make.take(make.reward(cost_in_points=80), who)
    back = returned(purchase, 60)
    assert sums(back) == [(20, 40)]
    assert effect_of(redeemed=row, now=timezone.now()).clawed_back == 40

    refunded(row)
    refunded(row)

    assert (balance(who), sums(back)) == (40, [(60, 0)])
    entry = Entry.objects.filter(customer_id=who.id).latest("recorded_at", "id")
    assert (entry.event, entry.origin, entry.origin_id) == ("purchase.returned", "purchase", purchase.id)
    assert checks.run(scope.id).findings == []


@pytest.mark.django_db
def test_give_to_the_earliest_return_first(rules: None, scope: Merchant) -> None:
    who = make.customer()
    purchase, other = bought(who, 100), bought(who, 50)
    first_taken, second_taken = (make.take(make.reward(cost_in_points=points), who) for points in (70, 60))
    backs = [returned(purchase, amount) for amount in (60, 40)]
    assert sums(*backs) == [(0, 60), (0, 40)]

    refunded(second_taken)

    # 30 of these 60 points had come out of the other purchase's lot: those are the customer's.
    assert (sums(*backs), balance(who)) == ([(30, 30), (0, 40)], 50)
    refunded(first_taken)
    assert (sums(*backs), balance(who)) == ([(60, 0), (40, 0)], 50)
    assert Grant.objects.get(id=other.grant_id).remaining == 50
    assert checks.run(scope.id).findings == []


@pytest.mark.django_db
def test_leave_everything_where_the_points_are_not_given_back(rules: None, scope: Merchant) -> None:
    who = make.customer()
    purchase = bought(who, 100)
    row = make.take(make.reward(cost_in_points=100), who)
    back = returned(purchase, 100)

    cancel(redeemed_id=row.id, refund=False, **by())

    assert (balance(who), sums(back)) == (0, [(0, 100)])
    assert checks.run(scope.id).findings == []


@pytest.mark.django_db
def test_take_nothing_out_of_a_lot_that_has_ended(rules: None, scope: Merchant) -> None:
    """What comes back to it expires at once: nobody has it, and nothing is there for the return."""
    LoyaltySettings.objects.update(expiry=Expiry.AFTER_DAYS, expiry_days=1)
    before = make.soon(days=-3)
    with backdated(at=before):
        who = make.customer()
        purchase = bought(who, 100, now=before)
        row = make.take(make.reward(cost_in_points=100), who, now=before)
        back = returned(purchase, 100, now=before)
    assert sums(back) == [(0, 100)]
    assert effect_of(redeemed=row, now=timezone.now()).clawed_back == 0

    refunded(row)

    assert (balance(who), sums(back)) == (0, [(0, 100)])
    assert Grant.objects.get(id=purchase.grant_id).remaining == 0
    assert checks.run(scope.id).findings == []


@pytest.mark.django_db
def test_forfeit_only_what_is_left_then(rules: None, scope: Merchant) -> None:
    who = make.customer()
    purchase = bought(who, 100)
    row = make.take(make.reward(cost_in_points=100), who)
    back = returned(purchase, 70)
    erase(customer_id=who.id, actor=make.SYSTEM, now=timezone.now())

    refunded(row)

    assert (balance(who), sums(back)) == (0, [(70, 0)])
    events = Entry.objects.filter(customer_id=who.id).order_by("recorded_at", "id").values_list("event", flat=True)
    assert list(events)[-2:] == ["purchase.returned", "points.forfeited"]
    assert checks.run(scope.id).findings == []


@pytest.mark.django_db
def test_find_points_for_nothing(rules: None, scope: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with the guard off the customer keeps them, and the books say so."""
    monkeypatch.setattr(canceling, "settle_regained", lambda **_told: None)
    who = make.customer()
    purchase = bought(who, 100)
    row = make.take(make.reward(cost_in_points=100), who)
    returned(purchase, 100)

    refunded(row)

    assert balance(who) == 100
    assert {one.check for one in checks.run(scope.id).findings} == {"return_shortfall"}


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_do_the_same_to_many(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        plain_rules()
        what, people = make.reward(cost_in_points=100), [make.customer() for _ in range(3)]
        purchases = [bought(who, 100) for who in people]
        rows = [make.take(what, who) for who in people]
        backs = [returned(one, 40) for one in purchases[:2]]

    done(merchant, "cancel", rows, points="refund", reason="Mistake")

    with merchant_scope(merchant):
        assert ([balance(who) for who in people], sums(*backs)) == ([60, 60, 100], [(40, 0), (40, 0)])
    assert checks.run(merchant.id).findings == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_cancel_while_the_goods_are_returned(
    together: Together, merchant: Merchant, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Whatever comes first, all points of what was returned are gone; with the guard off some are kept for nothing."""
    if not guarded:
        monkeypatch.setattr(canceling, "settle_regained", lambda **_told: None)
    with merchant_scope(merchant):
        plain_rules()
        what, people = make.reward(cost_in_points=50), [make.customer() for _ in range(6)]
        purchases = [bought(who, 100) for who in people]
        rows = [make.take(what, who) for who in people for _ in range(2)]
        if not guarded:
            for one in purchases:
                returned(one, 40)

    def do(act: Callable[[Any], Any], what_with: Any) -> None:
        with merchant_scope(merchant):
            act(what_with)

    pairs: list[tuple[Callable[[Any], Any], Any]] = [(refunded, row) for row in rows]
    pairs += [(lambda one: returned(one, 20), one) for one in purchases for _ in range(3)]
    assert [one.error for one in together(do, pairs) if one.error] == []
    with merchant_scope(merchant):
        left = [balance(who) for who in people]
        assert (left == [40] * 6) if guarded else (min(left) >= 0 and sum(left) > 0)
        missing = PurchaseReturn.objects.filter(shortfall__gt=0).count()
        assert (missing == 0) == guarded
    assert ({one.check for one in checks.run(merchant.id).findings} == set()) == guarded


@pytest.mark.django_db
def test_say_before_what_is_taken_back(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        plain_rules()
        who = make.customer()
        purchase = bought(who, 100)
        row = make.take(make.reward(cost_in_points=80), who)
        returned(purchase, 60)
    client: Client = sign_in(merchant, Role.ADMIN)
    page = client.get(path(merchant, "redeemed-rewards", row.id, "cancel")).content.decode()
    assert "80 points go back" in page
    assert "40 of them are taken back at once: the goods that earned them were returned." in page
