"""Runs of exports with real commits: written, kept, started by hand and by the clock, brought to their place."""

import hashlib
import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from exports import defining, running, store
from exports.errors import Conflict
from exports.export_states import Cause, Schedule
from exports.models import Destination, Export, ExportRun
from exports.retention import forget, remove_old_exports
from jobs.models import Job
from jobs.runner import run_due, run_one
from jobs.states import State
from messaging.models import Message
from tenancy.actors import Actor
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.exports.runs import OWNER, ask, define, files_of, owner, rows_of, shop, work
from tests.support.keeping import keep
from tests.support.threads import Outcome

__all__ = ["shop"]


def test_write_a_file_and_say_what_it_is(shop: Merchant) -> None:
    run = work(shop, ask(shop, define(shop)))
    path = store.path_of(shop.id, run.id)
    assert (run.state, run.rows, run.size) == ("done", 3, path.stat().st_size)
    assert run.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (len(rows_of(run)), path.stat().st_mode & 0o777, files_of(shop)) == (3, 0o600, [str(run.id)])
    assert run.file_name.startswith("responses-")
    assert run.job is not None
    assert (run.job.state, run.job.done_rows, run.job.total_rows) == (State.DONE, 3, 3)


@pytest.mark.parametrize("kind", ["xlsx", "jsonl"])
def test_write_the_other_formats(shop: Merchant, kind: str) -> None:
    run = work(shop, ask(shop, define(shop, format=kind)))
    assert (run.state, run.rows, run.error) == ("done", 3, "")
    assert store.path_of(shop.id, run.id).read_bytes()[:2] == {"xlsx": b"PK", "jsonl": b'{"'}[kind]


def test_run_once_however_often_it_is_asked_for(shop: Merchant, together: Callable[..., list[Outcome]]) -> None:
    export = define(shop)
    asked = together(lambda _n: ask(shop, export).id, [(n,) for n in range(6)])
    assert len({one.value for one in asked}) == 1
    with merchant_scope(shop):
        assert (ExportRun.objects.count(), Job.objects.filter(kind="export.run").count()) == (1, 1)


def test_stop_the_clock_after_five_failures_and_tell_the_owner(shop: Merchant) -> None:
    export = define(shop, query="status=unheard", schedule=Schedule.HOURLY)
    for _failure in range(5):
        with merchant_scope(shop):
            assert Export.objects.get(id=export.id).next_at is not None
        work(shop, ask(shop, export))
    with merchant_scope(shop):
        found = Export.objects.get(id=export.id)
        assert (found.next_at, found.failures, found.stopped_at is not None) == (None, 5, True)
        assert [one.to_address for one in Message.objects.filter(kind="export.stopped")] == [OWNER]
        again = defining.resume(export_id=export.id, actor=Actor.user(owner()), now=timezone.now())
        assert (again.failures, again.next_at is not None) == (0, True)


@pytest.mark.parametrize(("role", "hears"), [(None, False), (Role.AGENT, False), (Role.ADMIN, True)])
def test_tell_who_may_start_it_again(shop: Merchant, role: Role | None, hears: bool) -> None:
    """A person who left the merchant hears nothing of its exports any more; the merchant's owners do."""
    export = define(shop, query="status=unheard", schedule=Schedule.HOURLY)
    successor = User.objects.create(email="new@brew-bloom.example")
    Membership.objects.create(merchant=shop, user=successor, role=Role.OWNER)
    Membership.objects.filter(merchant=shop, user=owner()).delete()
    if role:
        Membership.objects.create(merchant=shop, user=owner(), role=role)
    with merchant_scope(shop):
        Export.objects.filter(id=export.id).update(failures=4)
        run = running.ask(export_id=export.id, cause=Cause.HAND, user=successor, now=timezone.now())
    work(shop, run)
    with merchant_scope(shop):
        told = [one.to_address for one in Message.objects.filter(kind="export.stopped")]
        assert told == [OWNER if hears else successor.email]


def test_catch_up_once_after_an_outage(shop: Merchant) -> None:
    """Three days away: one run, then the next one tomorrow."""
    now = timezone.now()
    export = define(shop, schedule=Schedule.DAILY, at_minute=6 * 60, now=now - timedelta(days=3))
    with merchant_scope(shop):
        first = Job.objects.get(kind="export.due")
        assert first.next_at < now - timedelta(days=1)
    run_due()
    with merchant_scope(shop):
        found = Export.objects.get(id=export.id)
        assert [run.cause for run in ExportRun.objects.all()] == ["schedule"]
        assert found.next_at is not None
        assert now < found.next_at < now + timedelta(days=1, hours=1)
        assert Job.objects.filter(kind="export.due", state=State.DUE).count() == 1


def test_start_once_with_two_clocks(shop: Merchant, together: Callable[..., list[Outcome]]) -> None:
    define(shop, schedule=Schedule.DAILY, now=timezone.now() - timedelta(days=2))
    with merchant_scope(shop):
        job_id = Job.objects.get(kind="export.due").id
    together(lambda _n: run_one(shop.id, job_id), [(1,), (2,), (3,)])
    with merchant_scope(shop):
        assert (ExportRun.objects.count(), Job.objects.filter(kind="export.due").count()) == (1, 2)


def test_do_nothing_for_a_schedule_that_was_changed(shop: Merchant) -> None:
    export = define(shop, schedule=Schedule.DAILY, now=timezone.now() - timedelta(days=2))
    with merchant_scope(shop):
        values = {"schedule": Schedule.NEVER}
        defining.change(export_id=export.id, values=values, version=1, user=owner(), now=timezone.now())
    run_due()
    with merchant_scope(shop):
        assert ExportRun.objects.count() == 0


def test_save_over_nobody(shop: Merchant) -> None:
    export = define(shop)
    with merchant_scope(shop):
        defining.change(export_id=export.id, values={"name": "A"}, version=1, user=owner(), now=timezone.now())
        with pytest.raises(Conflict):
            defining.change(export_id=export.id, values={"name": "B"}, version=1, user=owner(), now=timezone.now())


def test_forget_files_when_their_time_is_over(shop: Merchant) -> None:
    run = work(shop, ask(shop, define(shop)))
    os.utime(store.path_of(shop.id, run.id), (0, 0))
    with merchant_scope(shop):
        assert remove_old_exports(now=timezone.now(), limit=10) == 1
    assert files_of(shop) == []


def test_keep_files_as_long_as_the_merchant_chose(shop: Merchant) -> None:
    with merchant_scope(shop):
        keep(export_days=3)
    run = work(shop, ask(shop, define(shop)))
    asked = timezone.now()
    assert run.kept_until
    assert abs(run.kept_until - asked - timedelta(days=3)) < timedelta(minutes=1)
    with merchant_scope(shop):
        assert remove_old_exports(now=asked + timedelta(days=3, hours=23), limit=10) == 0
        keep(export_days=14)
        assert remove_old_exports(now=asked + timedelta(days=5), limit=10) == 0
        keep(export_days=3)
        assert remove_old_exports(now=asked + timedelta(days=4, minutes=1), limit=10) == 1
    assert files_of(shop) == []


def test_deliver_nothing_to_a_destination_that_was_archived(shop: Merchant) -> None:
    with merchant_scope(shop):
        facts = {"settings": {"recipients": ["a@example.com"]}, "created_by": owner(), "created_at": timezone.now()}
        place = Destination.objects.create(name="Mail", kind="email", archived_at=timezone.now(), **facts)
    run = work(shop, ask(shop, define(shop, destination=place)))
    assert (run.state, run.error) == ("failed", "The destination “Mail” was archived.")


def test_bring_the_file_to_its_destination(shop: Merchant) -> None:
    with merchant_scope(shop):
        facts = {"settings": {"recipients": [OWNER]}, "created_by": owner(), "created_at": timezone.now()}
        place = Destination.objects.create(name="Mail", kind="email", **facts)
    run = work(shop, ask(shop, define(shop, destination=place)))
    assert (run.state, OWNER in run.delivered_to, run.error) == ("done", True, "")


def test_let_go_of_files_that_may_hold_somebody_who_is_erased(shop: Merchant) -> None:
    people, catalogue = define(shop, name="A"), define(shop, name="B", dataset="offers", columns=["id"], sort="")
    kept = [work(shop, ask(shop, export)).id for export in (people, catalogue)]
    with merchant_scope(shop):
        assert forget(customer_id=Customer.objects.order_by("id")[0].id) == 1
    assert files_of(shop) == [str(kept[1])]
