"""Points of customers who are erased: nobody is owed them any more, and the books say why."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Customer
from customers.services import erase
from ledger import checks
from ledger.errors import NothingLeft
from ledger.models import Entry, Grant, Movement
from ledger.reports import liability, turnover
from ledger.selectors import Holding, balance_as_of
from ledger.units import Bucket, Unit
from loyalty.errors import NotAllowed, NotEnoughPoints
from loyalty.models import LoyaltySettings
from loyalty.point_words import words_of
from loyalty.services import forfeiting
from loyalty.services.adjustments import adjust
from loyalty.services.canceling import cancel
from loyalty.services.purchases import record_purchase
from loyalty.statement import statement
from pos.views.purchases import held_member
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.support.threads import Outcome

OWNER = Actor.system()


def erased(who: Customer) -> None:
    erase(customer_id=who.id, actor=OWNER, now=timezone.now())


def owed() -> tuple[int, int]:
    found = liability(unit=Unit.POINT, at=timezone.now())
    return found.usable, found.pending


def forfeited(who: Customer) -> list[Entry]:
    return list(Entry.objects.filter(customer_id=who.id, event="points.forfeited").order_by("recorded_at", "id"))


def with_points(who: Customer) -> list[Any]:
    """Lots of every kind: spendable for ever, spendable until a day, partly spent, still locked."""
    return [
        make.points(who, 100),
        make.points(who, 30, expires_at=make.soon(days=9)),
        make.points(who, 50, valid_from=make.soon(days=3)),
    ]


@pytest.mark.django_db
def test_end_what_is_left_by_one_entry(scope: Merchant) -> None:
    who, other = make.customer(), make.customer()
    lots = with_points(who)
    make.points(other, 7)
    make.take(make.reward(cost_in_points=40), who)
    before, expired = timezone.now(), turnover(unit=Unit.POINT).expired
    assert owed() == (97, 50)

    erased(who)
    erased(who)

    assert owed() == (7, 0)
    (entry,) = forfeited(who)
    assert (entry.actor, entry.origin, entry.origin_id) == (str(OWNER), "customer", who.id)
    moved = Movement.objects.filter(entry=entry).select_related("target")
    assert {one.grant_id: one.amount for one in moved} == {lots[0]: 90, lots[2]: 50}
    assert {one.target.bucket for one in moved} == {Bucket.EXPIRED}
    assert turnover(unit=Unit.POINT).expired == expired + 140
    assert AuditEvent.objects.get(action="customer.erased").after["forfeited_points"] == 140  # type: ignore[index]
    # What was is as it was.
    assert balance_as_of(customer_id=who.id, unit=Unit.POINT, at=before) == Holding(90, 50)
    line, *_ = statement(customer_id=who.id)
    assert (line.event, line.points, line.points_after) == ("points.forfeited", -140, 0)
    assert str(words_of(line.event)) == "Forfeited by erasure"
    assert checks.run(scope.id).findings == []


@pytest.mark.django_db
def test_write_nothing_where_nothing_is_left(scope: Merchant) -> None:
    none, spent = make.customer(), make.customer()
    make.points(spent, 100)
    make.take(make.reward(cost_in_points=100), spent)
    for who in (none, spent):
        erased(who)
        assert forfeited(who) == []


@pytest.mark.django_db
def test_forfeit_what_comes_back_later(scope: Merchant) -> None:
    """A reward that was redeemed before is canceled with its points given back: to nobody."""
    who = make.customer()
    lots = with_points(who)
    redeemed = make.take(make.reward(cost_in_points=40), who)
    erased(who)
    cancel(redeemed_id=redeemed.id, refund=True, actor=OWNER, now=timezone.now())
    assert owed() == (0, 0)
    _first, again = forfeited(who)
    back = Movement.objects.filter(entry=again).values_list("grant_id", "amount")
    assert dict(back) == {lots[1]: 30, lots[0]: 10}
    assert checks.run(scope.id).findings == []


@pytest.mark.django_db
def test_find_those_who_were_erased_before(scope: Merchant) -> None:
    long_ago, here, ended = make.customer(), make.customer(), make.customer()
    for who in (long_ago, here):
        with_points(who)
    Customer.objects.filter(id__in=[long_ago.id, ended.id]).update(erased_at=timezone.now())
    for number in (1, 0):
        assert forfeiting.forfeit_left(now=timezone.now(), limit=100) == number
    assert (len(forfeited(long_ago)), forfeited(here), owed()) == (1, [], (130, 50))
    assert checks.run(scope.id).findings == []


@pytest.mark.django_db
def test_leave_what_has_ended_to_its_sweep(scope: Merchant) -> None:
    """It is owed no more, and its line says when it ended."""
    who = make.customer()
    lot = make.points(who, 30, expires_at=make.soon(days=9))
    later = timezone.now() + timedelta(days=10)
    assert forfeiting.forfeit(customer_id=who.id, actor=OWNER, now=later) == 0
    assert Grant.objects.get(id=lot).remaining == 30


@pytest.mark.django_db
def test_give_nothing_to_who_was_erased(scope: Merchant) -> None:
    who = make.customer()
    erased(who)
    with pytest.raises(NotAllowed):
        adjust(customer_id=who.id, points=5, reason="Sorry", op_key="1", actor=OWNER, now=timezone.now())
    assert Entry.objects.filter(customer_id=who.id).count() == 0


@pytest.mark.django_db(transaction=True)
def test_redeeming_at_the_same_moment(merchant: Merchant, together: Callable[..., list[Outcome]]) -> None:
    """Whatever comes first: a point is spent or forfeited, never both, and none is left."""
    with merchant_scope(merchant):
        who, what = make.customer(), make.reward(cost_in_points=10)
        for _ in range(8):
            make.points(who, 5)

    def do(act: str) -> None:
        with merchant_scope(merchant):
            if act == "erase":
                erased(who)
            else:
                make.take(what, who)

    outcomes = together(do, [("redeem",), ("redeem",), ("erase",), ("redeem",), ("redeem",), ("redeem",)])
    errors = [one.error for one in outcomes]
    assert errors[2] is None
    assert all(isinstance(error, NotEnoughPoints | Customer.DoesNotExist | None) for error in errors)
    with merchant_scope(merchant):
        spent = 10 * errors.count(None) - 10
        assert owed() == (0, 0)
        moved = turnover(unit=Unit.POINT)
        assert (moved.spent, moved.expired) == (spent, 40 - spent)
        assert checks.run(merchant.id).findings == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("looks_again", [True, False])
def test_look_again_where_a_redemption_was_quicker(
    merchant: Merchant, together: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, *, looks_again: bool
) -> None:
    """The lot that erasing is about to empty is spent by somebody whom it waits for; without a second look it fails."""
    with merchant_scope(merchant):
        who, what = make.customer(), make.reward(cost_in_points=10)
        make.points(who, 10, expires_at=make.soon(days=2))
        make.points(who, 3)
    if not looks_again:
        monkeypatch.setattr(forfeiting, "NothingLeft", KeyError)
    spent = threading.Event()

    def do(act: str) -> None:
        if act == "erase":
            assert spent.wait(30)
        with merchant_scope(merchant):
            if act == "erase":
                forfeiting.forfeit(customer_id=who.id, actor=OWNER, now=timezone.now())
                return
            make.take(what, who)
            spent.set()
            wait_for_a_waiter()

    errors = [one.error for one in together(do, [("erase",), ("redeem",)])]
    assert errors[1] is None
    assert (errors[0] is None) if looks_again else isinstance(errors[0], NothingLeft)
    with merchant_scope(merchant):
        assert owed() == ((0, 0) if looks_again else (3, 0))
        assert checks.run(merchant.id).findings == []


@pytest.mark.django_db(transaction=True)
def test_a_purchase_on_its_way_is_waited_for(merchant: Merchant, together: Callable[..., Any]) -> None:
    with merchant_scope(merchant):
        who = make.customer()
        LoyaltySettings.made_with(points_per_unit=Decimal(2)).save()
    earned = threading.Event()

    def do(act: str) -> None:
        if act == "erase":
            assert earned.wait(30)
        with merchant_scope(merchant):
            if act == "erase":
                erased(who)
                return
            now = timezone.now()
            sale: dict[str, Any] = {"reference": "1", "amount": Decimal(5), "currency": "USD", "occurred_at": now}
            record_purchase(customer_id=held_member(who.id), actor=OWNER, now=now, **sale)
            earned.set()
            wait_for_a_waiter()

    assert [one.error for one in together(do, [("erase",), ("buy",)])] == [None, None]
    with merchant_scope(merchant):
        assert (owed(), len(forfeited(who))) == ((0, 0), 1)
        with pytest.raises(Customer.DoesNotExist):
            held_member(who.id)


def wait_for_a_waiter(seconds: float = 20) -> None:
    """Go on as soon as somebody waits for a lock of this database."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            # What a transaction has seen of the others it would see again and again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone() is not None:
                return
        time.sleep(0.01)
    raise AssertionError("Nobody waited.")
