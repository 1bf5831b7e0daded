"""Schedules of exports where the merchant's time zone is changed: the next run is at its hour by the new clock."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from exports import defining
from exports.export_states import Schedule
from exports.models import Export, ExportRun
from exports.schedule import next_time
from jobs.models import Job
from jobs.runner import run_one
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.services.merchants import change_settings
from tests.exports.runs import define, shop, work

__all__ = ["shop"]
SIX = 360


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def moved_to(merchant: Merchant, zone: str, *, now: datetime) -> int:
    """Change the zone behind the service's back, and let the exports plan anew as of `now`."""
    Merchant.objects.filter(id=merchant.id).update(time_zone=zone)
    with merchant_scope(merchant):
        return defining.go_by_new_clock(now=now)


def fresh(merchant: Merchant, export: Export) -> Export:
    with merchant_scope(merchant):
        found: Export = Export.objects.get(id=export.id)
        return found


def due_jobs(merchant: Merchant, export: Export) -> list[Job]:
    """The jobs of the clock that would begin a run of the present schedule."""
    with merchant_scope(merchant):
        jobs = Job.objects.filter(kind="export.due", payload__export=str(export.id), payload__turn=export.turn)
        return list(jobs.order_by("next_at"))


CASES: list[tuple[dict[str, Any], str, str, str]] = [
    # Six in Berlin in winter is 05:00 UTC; in New York it is 11:00, in Tokyo 21:00 the evening before.
    ({"schedule": Schedule.DAILY}, "America/New_York", "2026-11-22T12:00", "2026-11-23T11:00"),
    ({"schedule": Schedule.DAILY}, "Asia/Tokyo", "2026-11-22T12:00", "2026-11-22T21:00"),
    # The day before summer time begins in Berlin and long after it has in New York; and where it ends.
    ({"schedule": Schedule.DAILY}, "America/New_York", "2026-03-28T12:00", "2026-03-29T10:00"),
    ({"schedule": Schedule.DAILY}, "Europe/London", "2026-03-28T12:00", "2026-03-29T05:00"),
    ({"schedule": Schedule.DAILY}, "America/New_York", "2026-10-31T12:00", "2026-11-01T11:00"),
    # Half past one in New York does not show, or shows twice.
    ({"schedule": Schedule.DAILY, "at_minute": 150}, "America/New_York", "2026-03-07T12:00", "2026-03-08T07:00"),
    ({"schedule": Schedule.DAILY, "at_minute": 90}, "America/New_York", "2026-10-31T12:00", "2026-11-01T05:30"),
    ({"schedule": Schedule.WEEKLY, "weekday": 0}, "Pacific/Kiritimati", "2026-11-21T12:00", "2026-11-22T16:00"),
    ({"schedule": Schedule.MONTHLY, "month_day": 31}, "Pacific/Auckland", "2026-02-10T12:00", "2026-02-27T17:00"),
    ({"schedule": Schedule.HOURLY, "at_minute": 0}, "Asia/Kolkata", "2026-11-22T12:10", "2026-11-22T12:30"),
]


@pytest.mark.parametrize(("values", "zone", "now", "expected"), CASES)
def test_run_at_its_hour_by_the_new_clock(
    shop: Merchant, values: dict[str, Any], zone: str, now: str, expected: str
) -> None:
    export = define(shop, **{"at_minute": SIX} | values, now=at(now))
    assert moved_to(shop, zone, now=at(now)) == 1
    found = fresh(shop, export)
    assert found.next_at == at(expected)
    assert [job.next_at for job in due_jobs(shop, found)] == [found.next_at]


def test_plan_anew_in_the_transaction_of_the_change(shop: Merchant) -> None:
    export = define(shop, schedule=Schedule.DAILY, at_minute=SIX)
    with merchant_scope(shop):
        change_settings(merchant=shop, values={"time_zone": "Asia/Tokyo"}, actor=Actor.system())
    found = fresh(shop, export)
    assert found.next_at == next_time(found, after=timezone.now(), zone=ZoneInfo("Asia/Tokyo"))
    with merchant_scope(shop), transaction.atomic():
        change_settings(merchant=shop, values={"time_zone": "America/New_York"}, actor=Actor.system())
        transaction.set_rollback(True)
    assert (fresh(shop, export).next_at, fresh(shop, export).turn) == (found.next_at, found.turn)


def test_begin_one_run_for_both_clocks(shop: Merchant) -> None:
    """The job of the old hour comes to its turn and does nothing; the one of the new hour begins the run."""
    export = define(shop, schedule=Schedule.DAILY, at_minute=SIX)
    (old,) = due_jobs(shop, export)
    moved_to(shop, "Asia/Tokyo", now=timezone.now())
    found = fresh(shop, export)
    (new,) = due_jobs(shop, found)
    for job in (old, new):
        with merchant_scope(shop):
            Job.objects.filter(id=job.id).update(next_at=timezone.now())
        run_one(shop.id, job.id)
    with merchant_scope(shop):
        runs = list(ExportRun.objects.all())
    assert len(runs) == 1
    assert work(shop, runs[0]).state == "done"


def test_lose_no_run_that_is_due(shop: Merchant) -> None:
    long_ago = timezone.now() - timedelta(days=3)
    export = define(shop, schedule=Schedule.DAILY, at_minute=SIX, now=long_ago)
    assert moved_to(shop, "Asia/Tokyo", now=timezone.now()) == 0
    (job,) = due_jobs(shop, export)
    run_one(shop.id, job.id)
    with merchant_scope(shop):
        assert ExportRun.objects.count() == 1
    assert fresh(shop, export).next_at == next_time(export, after=timezone.now(), zone=ZoneInfo("Asia/Tokyo"))


def test_leave_alone_what_the_clock_does_not_move(shop: Merchant) -> None:
    once = timezone.now() + timedelta(days=2)
    left = [
        define(shop, name="Once", schedule=Schedule.ONCE, once_at=once),
        define(shop, name="By hand"),
        define(shop, name="Hourly", schedule=Schedule.HOURLY, at_minute=10),
    ]
    with merchant_scope(shop):
        defining.archive(
            export_id=define(shop, name="Old", schedule=Schedule.DAILY).id, actor=Actor.system(), now=timezone.now()
        )
    assert moved_to(shop, "Asia/Tokyo", now=timezone.now()) == 0
    assert [fresh(shop, one).turn for one in left] == [1, 1, 1]
