"""The statement names the lot that paid for every point; a lot is over the moment its time passes."""

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from ledger.models import Movement
from ledger.selectors import balance_as_of, usable_balance
from ledger.services import backdated, expire_due, grant
from ledger.units import Unit
from loyalty.points import summary
from loyalty.services.canceling import cancel
from loyalty.statement import Cursor, StatementLine, statement
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.loyalty.test_points import ask, bring_back, buy, rules

SYSTEM = Actor.system()


def earlier(who: Any, amount: int, *, days: float, ends_in_days: float | None = None) -> uuid.UUID:
    """Give a lot so many days ago, which ends so many days from now."""
    at = timezone.now() - timedelta(days=days)
    ends = None if ends_in_days is None else timezone.now() + timedelta(days=ends_in_days)
    with backdated(at=at):
        posted = grant(
            unit=Unit.POINT,
            amount=amount,
            expires_at=ends,
            event="points.imported",
            origin="test",
            origin_id=uuid.uuid4(),
            customer_id=who.id,
            actor=SYSTEM,
            key=uuid.uuid4().hex,
        )
    return posted.grants[0]


def lines_of(who: Any, **more: Any) -> list[StatementLine]:
    return statement(customer_id=who.id, **more)


@pytest.mark.django_db
def test_every_spent_point_names_the_lot_that_paid_for_it(scope: Merchant) -> None:
    who = make.customer()
    never = earlier(who, 100, days=3)
    soon = earlier(who, 30, days=2, ends_in_days=5)
    later = earlier(who, 50, days=1, ends_in_days=9)

    redeemed = make.take(make.reward(cost_in_points=90), who)

    line = lines_of(who)[0]
    assert [(lot.grant_id, lot.points) for lot in line.lots] == [(soon, 30), (later, 50), (never, 10)]
    assert (line.points, line.points_after) == (-90, 90)
    assert (line.source_type, line.source_id, line.event) == ("redeemed_reward", redeemed.id, "reward.redeemed")
    assert [lot.expires_at is None for lot in line.lots] == [False, False, True]


@pytest.mark.django_db
def test_lines_add_up_from_nothing_to_what_is_held(scope: Merchant) -> None:
    rules(approval_above=None)
    who = make.customer()
    purchase = buy(who, "80.00")
    taken = make.take(make.reward(cost_in_points=50), who)
    bring_back(purchase, "40.00")
    ask(who, 25)
    cancel(redeemed_id=taken.id, refund=True, actor=SYSTEM, now=timezone.now())
    ask(who, -10)

    found = lines_of(who)

    assert found[0].points_after == usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now())
    for newer, older in itertools.pairwise(found):
        assert newer.points_after - newer.points == older.points_after
    assert found[-1].points_after == found[-1].points == 80
    assert all(sum(lot.points for lot in line.lots) == abs(line.points) for line in found)
    # The seventh: ten points that the return had not found, taken where the reward's points came back.
    assert len({line.id for line in found}) == len(found) == 7


@pytest.mark.django_db
def test_unswept_lot_is_over_and_told_so_with_the_sweeps_own_id(scope: Merchant) -> None:
    who = make.customer()
    earlier(who, 40, days=9, ends_in_days=-4)
    earlier(who, 60, days=8)

    before = lines_of(who)
    assert expire_due(unit=Unit.POINT, actor=SYSTEM, now=timezone.now()).grants == 1

    assert [(line.event, line.points, line.points_after) for line in before] == [
        ("grant.expired", -40, 60),
        ("points.imported", 60, 100),
        ("points.imported", 40, 40),
    ]
    assert lines_of(who) == before


@pytest.mark.django_db
def test_late_sweep_is_told_at_its_own_time_between_what_came_after(scope: Merchant) -> None:
    who = make.customer()
    earlier(who, 40, days=9, ends_in_days=-4)
    earlier(who, 60, days=1)
    make.take(make.reward(cost_in_points=50), who)

    events = [(line.event, line.points_after) for line in lines_of(who)]

    assert events == [("reward.redeemed", 10), ("points.imported", 60), ("grant.expired", 0), ("points.imported", 40)]


@pytest.mark.django_db
def test_points_that_come_back_to_an_ended_lot_end_after_they_came(scope: Merchant) -> None:
    what, taken_at = make.reward(cost_in_points=160), timezone.now() - timedelta(days=5)
    for _ in range(6):
        who = make.customer()
        earlier(who, 60, days=10, ends_in_days=-1)
        earlier(who, 100, days=9)
        with backdated(at=taken_at):
            row = make.take(what, who, now=taken_at)
        cancel(redeemed_id=row.id, refund=True, actor=SYSTEM, now=timezone.now())

        whole = lines_of(who)
        assert [(line.event, line.points, line.points_after) for line in whole[:3]] == [
            ("grant.expired", -60, 100),
            ("reward.canceled", 160, 160),
            ("reward.redeemed", -160, 0),
        ]
        first = Cursor.parse(whole[0].cursor.token)
        assert [whole[0], *lines_of(who, before=first)] == whole


@pytest.mark.django_db
def test_pages_of_the_statement_join_without_gap_or_repeat(scope: Merchant) -> None:
    who = make.customer()
    for number in range(7):
        earlier(who, number + 1, days=20 - number, ends_in_days=-2 if number == 2 else None)
    whole = lines_of(who)

    pages, cursor = [], None
    while page := lines_of(who, before=cursor, limit=3):
        pages.append(page)
        cursor = Cursor.parse(page[-1].cursor.token)

    assert [line for page in pages for line in page] == whole
    assert [len(page) for page in pages] == [3, 3, 2]


@pytest.mark.django_db
def test_statement_costs_one_query_and_skips_what_moved_no_points(
    scope: Merchant, django_assert_num_queries: Callable[..., Any]
) -> None:
    who = make.customer()
    make.take(make.reward(cost_in_points=0), who)
    assert lines_of(who) == []
    earlier(who, 5, days=1)
    with django_assert_num_queries(1):
        assert len(lines_of(who)) == 1


@pytest.mark.django_db
def test_statement_and_summary_keep_to_their_merchant(merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        who = make.customer()
        earlier(who, 5, days=1, ends_in_days=3)
    with merchant_scope(merchant):
        assert lines_of(who) == []
        assert summary(customer_id=who.id, at=timezone.now()).active == 0


@pytest.mark.parametrize("text", ["", "x", "1_2_3", "20260101T000000.000000Z_nobody_5", "_" * 3])
def test_cursor_refuses_nonsense(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Cursor.parse(text)


@pytest.mark.parametrize("moment", ["1990-01-01T00:00:00", "2024-02-29T23:59:59.999999", "2199-12-31T12:00:00.000001"])
@pytest.mark.parametrize("left", [0, 7, 10**12])
def test_cursor_comes_back_as_it_was_written(moment: str, left: int) -> None:
    cursor = Cursor(datetime.fromisoformat(moment).replace(tzinfo=UTC), uuid.uuid4(), left)

    assert Cursor.parse(cursor.token) == cursor


@pytest.mark.django_db
def test_summary_tells_active_pending_and_what_ends_when(scope: Merchant) -> None:
    who = make.customer()
    day = timezone.now() + timedelta(days=4)
    make.points(who, 20, expires_at=day)
    make.points(who, 7, expires_at=day)
    make.points(who, 100)
    make.points(who, 33, valid_from=make.soon(days=2))
    earlier(who, 500, days=3, ends_in_days=-1)

    found = summary(customer_id=who.id, at=timezone.now())

    assert (found.active, found.pending) == (127, 33)
    assert [(one.points, one.expires_at) for one in found.expiring] == [(27, day)]
    # Time alone makes pending points spendable.
    assert summary(customer_id=who.id, at=make.soon(days=2, seconds=1)).active == 160


@pytest.mark.django_db
@pytest.mark.parametrize("swept", [False, True])
def test_a_lot_is_over_the_moment_its_time_passes(scope: Merchant, swept: bool) -> None:
    who = make.customer()
    lot = earlier(who, 40, days=9, ends_in_days=-1)
    end = timezone.now() - timedelta(days=1)
    if swept:
        expire_due(unit=Unit.POINT, actor=SYSTEM, now=timezone.now())

    held = [
        balance_as_of(customer_id=who.id, unit=Unit.POINT, at=at).usable
        for at in (end - timedelta(minutes=1), end + timedelta(minutes=1))
    ]

    assert held == [40, 0]
    assert summary(customer_id=who.id, at=timezone.now()).active == 0
    assert Movement.objects.filter(grant_id=lot).count() == 1 + swept


@pytest.mark.django_db
def test_control_balance_of_the_account_alone_would_tell_unswept_points(scope: Merchant) -> None:
    who = make.customer()
    earlier(who, 40, days=9, ends_in_days=-1)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT balance FROM ledger.accounts WHERE merchant_id = %s AND customer_id = %s AND unit = 'POINT'",
            [scope.id, who.id],
        )
        (held,) = cursor.fetchone()

    assert (held, lines_of(who)[0].points_after) == (40, 0)
