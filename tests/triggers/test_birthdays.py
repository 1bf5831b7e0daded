"""Birthdays: on the day in the merchant's zone, once a year, made up for after an outage."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from config.beat import TICKS
from customers.models import Customer
from jobs.models import Job
from jobs.runner import run_one
from jobs.services import enqueue
from jobs.states import State
from ledger.models import Entry
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.offers import factories as offers
from tests.triggers.factories import given, on
from triggers import birthdays, handlers
from triggers.models import TriggerState
from triggers.states import Occasion

# Long before now, as far as the offer is concerned.
ALWAYS = datetime(2020, 1, 1, tzinfo=UTC)


def noted(day: date, *, now: datetime | None = None) -> None:
    """Note a whole day's birthdays."""
    after = None
    while True:
        after = birthdays.note(day=day, after=after, now=now or timezone.now())
        if after is None:
            return


@pytest.mark.parametrize(
    ("day", "keys"),
    [
        (date(2028, 2, 28), [228]),
        (date(2028, 2, 29), [229]),
        (date(2027, 2, 28), [228, 229]),
        (date(2027, 3, 1), [301]),
        (date(2100, 2, 28), [228, 229]),
        (date(2027, 12, 31), [1231]),
    ],
)
def test_leap_days_are_kept_on_the_28th(day: date, keys: list[int]) -> None:
    assert birthdays.keys_of(day) == keys


def test_key_follows_the_birthday(scope: Merchant) -> None:
    who = offers.member(birthday=date(1990, 2, 28))
    assert Customer.objects.get(birthday_key=228) == who
    who.birthday = None
    who.save()
    assert not Customer.objects.filter(birthday_key__isnull=False).exists()


def test_give_on_the_day_and_once_a_year(scope: Merchant) -> None:
    offer, today = offers.offer(), date(2026, 5, 12)
    on(offer, Occasion.BIRTHDAY, now=ALWAYS)
    who = offers.member(birthday=date(1990, 5, 12))
    offers.member(birthday=date(1990, 5, 13))
    offers.member()
    for _number in range(2):
        noted(today)
    (response,) = given(offer)
    assert response.customer_id == who.id
    assert Entry.objects.get(event="member.birthday").id == response.trigger_entry_id
    assert TriggerState.objects.get().birthdays_until == today


def test_no_second_birthday_in_a_year(scope: Merchant) -> None:
    offer = offers.offer()
    on(offer, Occasion.BIRTHDAY, now=ALWAYS)
    who = offers.member(birthday=date(1990, 5, 12))
    noted(date(2026, 5, 12))
    who.birthday = date(1990, 6, 12)
    who.save()
    noted(date(2026, 6, 12))
    assert len(given(offer)) == 1
    noted(date(2027, 6, 12))
    assert len(given(offer)) == 2


def test_erased_members_have_no_birthday(scope: Merchant) -> None:
    offer = offers.offer()
    on(offer, Occasion.BIRTHDAY, now=ALWAYS)
    Customer.objects.filter(id=offers.member(birthday=date(1990, 5, 12)).id).update(erased_at=timezone.now())
    noted(date(2026, 5, 12))
    assert given(offer) == []


def test_many_members_in_portions(scope: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(birthdays, "BATCH", 2)
    offer = offers.offer()
    on(offer, Occasion.BIRTHDAY, now=ALWAYS)
    for _number in range(5):
        offers.member(birthday=date(1990, 5, 12))
    noted(date(2026, 5, 12))
    assert len(given(offer)) == 5


def test_days_begin_in_the_zone_and_are_made_up_for(scope: Merchant) -> None:
    offer, auckland = offers.offer(), ZoneInfo("Pacific/Auckland")
    now = datetime(2026, 5, 11, 13, 0, tzinfo=UTC)
    assert birthdays.next_day(zone=auckland, now=now) is None
    on(offer, Occasion.BIRTHDAY, now=now)
    assert birthdays.next_day(zone=auckland, now=now) == date(2026, 5, 12)
    assert birthdays.next_day(zone=ZoneInfo("America/New_York"), now=now) == date(2026, 5, 11)
    noted(date(2026, 5, 12))
    assert birthdays.next_day(zone=auckland, now=now) is None
    assert birthdays.next_day(zone=auckland, now=now + timedelta(days=3)) == date(2026, 5, 13)
    assert birthdays.next_day(zone=auckland, now=now + timedelta(days=30)) == date(2026, 6, 4)


@pytest.mark.django_db(databases=["default", "aside"], transaction=True)
def test_job_does_today(merchant: Merchant) -> None:
    today = timezone.localdate(timezone.now(), timezone=UTC)
    Merchant.objects.filter(id=merchant.id).update(time_zone="UTC")
    with merchant_scope(merchant):
        offer = offers.offer()
        on(offer, Occasion.BIRTHDAY)
        offers.member(birthday=today.replace(year=1988))
        job = enqueue(kind="triggers.birthday", payload={}, now=timezone.now())
    assert handlers.merchants_with_birthdays() == [merchant.id]
    run_one(merchant.id, job.id)
    with merchant_scope(merchant):
        assert Job.objects.get(id=job.id).state == State.DONE
        assert len(given(offer)) == 1


def test_clock_asks_every_hour_only_those_who_give(scope: Merchant) -> None:
    tick: Any = TICKS["triggers.birthday"]
    assert (tick.every, tick.merchants) == (timedelta(hours=1), "triggers.handlers.merchants_with_birthdays")
    on(offers.offer(), Occasion.PURCHASE)
    assert scope.id not in handlers.merchants_with_birthdays()
