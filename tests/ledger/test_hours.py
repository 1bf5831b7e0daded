"""Sums by the hour: exact for any period, at every moment, whatever is written while they are added up."""

import threading
import time
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection

from ledger import checks, feed, hours, services
from ledger.models import HourSum
from ledger.reports import Turnover, turnover
from ledger.units import Bucket, Unit
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.ledger.acting import about, ago, earn, give, now, spend


def figures(since: datetime, until: datetime, unit: Unit = Unit.POINT) -> Turnover:
    ways = hours.moved(since=since, until=until)
    came = {bucket: hours.net(ways, unit=unit, bucket=bucket) for bucket in Bucket}
    return Turnover(-came[Bucket.ISSUED], came[Bucket.REDEEMED], came[Bucket.EXPIRED], came[Bucket.REVOKED])


def a_life(customer_id: uuid.UUID) -> None:
    """Acts of forty days: lots, draws, a reversal, what was revoked, what expired, a voucher."""
    for days in (40, 20, 9, 3, 1):
        with services.backdated(at=ago(days=days, minutes=days)):
            earn(customer_id, 100 * days, expires_at=ago(days=2) if days == 40 else None)
            undone = spend(customer_id, days)
            spend(customer_id, days + 5)
    services.reverse(reverses=undone.entry_id, **about(customer_id))
    services.revoke(unit=Unit.POINT, amount=7, **about(customer_id))
    services.expire_due(unit=Unit.POINT, actor=Actor.system(), now=now())
    give(customer_id)


def fold_all(merchant: Merchant) -> int:
    """Add up, as soon as no transaction is open that began before the last act; return how many sums grew."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with merchant_scope(merchant):
            if grown := hours.fold():
                return grown
        time.sleep(0.1)
    raise AssertionError("A transaction stayed open all the time.")


def periods() -> list[tuple[datetime, datetime]]:
    end = now() + timedelta(seconds=1)
    starts = [ago(days=50), ago(days=20, minutes=20), ago(days=20, minutes=19), ago(days=3), ago(minutes=50), end]
    return [*((start, end) for start in starts), (ago(days=30), ago(days=2)), (ago(days=5, minutes=30), ago(days=5))]


def assert_all_periods_add_up() -> None:
    for since, until in periods():
        for unit in Unit:
            assert figures(since, until, unit) == turnover(unit=unit, since=since, until=until), (since, until)


@pytest.mark.django_db
def test_find_nothing_where_nothing_moved(scope: Merchant) -> None:
    assert hours.moved(since=ago(days=30), until=now()) == []
    assert hours.fold() == 0


def test_say_for_any_period_what_the_movements_say(merchant: Merchant, committed_customer: uuid.UUID) -> None:
    with merchant_scope(merchant):
        a_life(committed_customer)
        assert_all_periods_add_up()
    assert fold_all(merchant) > 5
    with merchant_scope(merchant):
        assert_all_periods_add_up()
    with merchant_scope(merchant):
        grown = HourSum.objects.count()
        assert hours.fold() == 0
        # Later acts, a late one of long ago among them, count before and after they are added up.
        with services.backdated(at=ago(days=20)):
            earn(committed_customer, 11)
        spend(committed_customer, 3)
        assert_all_periods_add_up()
    assert fold_all(merchant) >= 2
    with merchant_scope(merchant):
        assert HourSum.objects.count() >= grown
        assert_all_periods_add_up()
    assert checks.run(merchant.id).ok


def test_find_a_sum_that_is_wrong(merchant: Merchant, committed_customer: uuid.UUID) -> None:
    with merchant_scope(merchant):
        a_life(committed_customer)
    fold_all(merchant)
    with merchant_scope(merchant):
        first = HourSum.objects.order_by("hour", "id")[0]
        HourSum.objects.filter(id=first.id).update(amount=first.amount + 1)
    assert {finding.check for finding in checks.run(merchant.id).findings} == {"hour_sums"}


def test_see_nothing_of_another_merchant(
    merchant: Merchant, other_merchant: Merchant, committed_customer: uuid.UUID
) -> None:
    with merchant_scope(merchant):
        a_life(committed_customer)
    fold_all(merchant)
    with merchant_scope(other_merchant):
        assert hours.moved(since=ago(days=50), until=now()) == []
        assert hours.fold() == 0


@pytest.mark.parametrize("guarded", [True, False])
def test_lose_nothing_that_is_written_while_sums_are_added(
    merchant: Merchant, committed_customer: uuid.UUID, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    if not guarded:
        # Without regard to transactions that are still open: what they wrote would never be added.
        monkeypatch.setattr(feed, "HORIZON", "pg_snapshot_xmax(pg_current_snapshot())")
    written, go = threading.Event(), threading.Event()

    def write_slowly() -> None:
        try:
            with merchant_scope(merchant), services.backdated(at=ago(days=3)):
                earn(committed_customer, 100)
                written.set()
                go.wait(20)
        finally:
            connection.close()

    slow = threading.Thread(target=write_slowly)
    slow.start()
    assert written.wait(20)
    # Twice: the second sees a transaction that is over and began after the one that is open.
    for _ in range(2):
        with merchant_scope(merchant):
            hours.fold()
    go.set()
    slow.join()
    with merchant_scope(merchant):
        found = figures(ago(days=30), now())
    assert found.issued == (100 if guarded else 0)


@pytest.mark.parametrize("seen", [0, 1, 2**40])
def test_read_again_where_sums_have_moved_on(merchant: Merchant, committed_customer: uuid.UUID, seen: int) -> None:
    with merchant_scope(merchant):
        a_life(committed_customer)
    fold_all(merchant)
    with merchant_scope(merchant):
        for _ in periods():
            hours._seen[merchant.id] = hours.Standing(seen)
            assert_all_periods_add_up()
