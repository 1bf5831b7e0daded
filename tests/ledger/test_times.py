"""When a grant can be used: edges of its time, the two clocks, and who may name a time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from customers.models import Customer
from ledger import services
from ledger.errors import GrantNotUsable, NotEnough, WrongTime
from ledger.models import Entry
from ledger.selectors import usable_balance
from ledger.units import Unit
from tests.ledger.acting import ago, ahead, earn, give, now, spend

Act = Callable[..., dict[str, Any]]
TICK = timedelta(microseconds=1)

# Ends that a merchant may set: local midnights, both nights of a change of clocks, leap day, turn of the year.
ENDS = [
    datetime(year, month, day, hour, tzinfo=ZoneInfo(zone))
    for zone in ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia")
    for year, month, day, hour in ((2026, 3, 29, 0), (2025, 10, 26, 3), (2024, 2, 29, 0), (2026, 1, 1, 0))
]


@pytest.mark.parametrize("end", ENDS, ids=str)
def test_draw_until_the_last_microsecond(customer: Customer, end: datetime) -> None:
    with services.backdated(at=end - timedelta(days=30)):
        earn(customer.id, 100, expires_at=end)
    with services.backdated(at=end - TICK):
        assert spend(customer.id, 60).moved[0].amount == -60
    with services.backdated(at=end), pytest.raises(NotEnough) as refused, transaction.atomic():
        spend(customer.id, 40)
    assert refused.value.missing == 40
    assert usable_balance(customer_id=customer.id, unit=Unit.POINT, at=end - TICK) == 40
    assert usable_balance(customer_id=customer.id, unit=Unit.POINT, at=end) == 0


@pytest.mark.parametrize("begin", ENDS, ids=str)
def test_draw_from_the_first_microsecond(customer: Customer, begin: datetime) -> None:
    with services.backdated(at=begin - timedelta(days=30)):
        earn(customer.id, 100, valid_from=begin)
    with services.backdated(at=begin - TICK), pytest.raises(NotEnough), transaction.atomic():
        spend(customer.id, 1)
    with services.backdated(at=begin):
        assert spend(customer.id, 100).moved[0].held_after == 0


def test_draw_refuses_an_expired_voucher_before_any_sweep(customer: Customer, act: Act) -> None:
    with services.backdated(at=ago(days=2)):
        voucher = give(customer.id, expires_at=ago(seconds=1))
    with pytest.raises(GrantNotUsable) as refused, transaction.atomic():
        services.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher, **act())
    assert refused.value.reason == "expired"


def test_draw_passes_over_an_expired_lot_before_any_sweep(customer: Customer) -> None:
    with services.backdated(at=ago(days=2)):
        ended = earn(customer.id, 100, expires_at=ago(seconds=1))
        alive = earn(customer.id, 100)
    assert spend(customer.id, 100).grants == [alive] != [ended]


def test_backdated_keeps_both_clocks(customer: Customer, act: Act) -> None:
    happened = ago(days=400)
    with services.backdated(at=happened):
        entry = Entry.objects.get(id=services.record(**act()).entry_id)
    assert entry.occurred_at == happened
    assert abs((entry.recorded_at - now()).total_seconds()) < 5


def test_backdated_ends_with_its_block(customer: Customer, act: Act) -> None:
    with services.backdated(at=ago(days=400)):
        services.record(**act())
    entry = Entry.objects.get(id=services.record(**act()).entry_id)
    assert entry.occurred_at == entry.recorded_at


def test_backdated_within_backdated(customer: Customer, act: Act) -> None:
    outer, inner = ago(days=9), ago(days=5)
    with services.backdated(at=outer):
        with services.backdated(at=inner):
            services.record(**act())
        services.record(**act())
    assert list(Entry.objects.order_by("occurred_at").values_list("occurred_at", flat=True)) == [outer, inner]


def test_refuse_a_time_outside_backdated(act: Act) -> None:
    with pytest.raises(WrongTime) as refused, transaction.atomic():
        services.record(**act(occurred_at=ago(days=1)))
    assert refused.value.reason == "not_allowed"


def test_refuse_a_time_to_come(act: Act) -> None:
    with services.backdated(at=ahead(hours=1)), pytest.raises(WrongTime) as refused, transaction.atomic():
        services.record(**act())
    assert refused.value.reason == "future"


def test_refuse_a_grant_that_ends_before_it_begins(act: Act) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        services.grant(unit=Unit.POINT, amount=1, valid_from=ahead(days=2), expires_at=ahead(days=1), **act())


def test_accept_a_grant_that_has_ended_when_it_is_imported(customer: Customer) -> None:
    with services.backdated(at=datetime(2020, 1, 1, tzinfo=UTC)):
        earn(customer.id, 100, expires_at=datetime(2020, 12, 31, tzinfo=UTC))
    assert usable_balance(customer_id=customer.id, unit=Unit.POINT, at=now()) == 0
