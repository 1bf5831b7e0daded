"""Runs of exports with real commits: written, kept, called off, tried again, stopped by whatever comes."""

import csv
import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from config.fingerprint import ROOT
from customers.models import Customer
from exports import defining, running, store
from exports import runner as exports_runner
from exports.errors import Conflict, NotPossible
from exports.export_states import OPEN, Cause, ExportState, Schedule
from exports.models import Destination, Export, ExportRun
from exports.retention import forget, remove_old_exports
from exports.snapshot import Bounds
from exports.writing import write as write_file
from jobs.models import Job
from jobs.runner import run_due, run_one
from jobs.states import State
from messaging.models import Message
from offers.models import OfferResponse
from offers.services.using import complete
from tenancy.actors import Actor
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.offers import factories as offers
from tests.support.threads import Outcome

pytestmark = pytest.mark.usefixtures("own_horizon")
OWNER = "owner@brew-bloom.example"
KEYS = ["id", "offer_name", "status"]
# What a worker does with a job, in a process that can be killed.
RUN_ONE = (
    "import sys, uuid, django; django.setup(); from jobs.runner import run_one; run_one(*map(uuid.UUID, sys.argv[1:]))"
)


@pytest.fixture
def shop(transactional_db: None, media: Path) -> Merchant:
    """A merchant with an owner and three responses, committed."""
    merchant = Merchant.objects.create(name="Brew & Bloom", slug="brew-bloom", time_zone="Europe/Berlin")
    user = User.objects.create(email=OWNER, name="Olga")
    Membership.objects.create(merchant=merchant, user=user, role=Role.OWNER)
    with merchant_scope(merchant):
        what = offers.offer()
        for number in range(3):
            offers.give(what, offers.member(last_name=f"Lind {number}"))
    return merchant


def owner() -> User:
    return User.objects.get(email=OWNER)


def define(merchant: Merchant, **values: Any) -> Export:
    known: dict[str, Any] = {
        "name": "Responses",
        "dataset": "offer_responses",
        "columns": KEYS,
        "query": "",
        "sort": "-issued",
        "format": "csv",
        "harmless": False,
    }
    now = values.pop("now", None) or timezone.now()
    with merchant_scope(merchant):
        return defining.create(values=known | values, user=owner(), now=now)


def ask(merchant: Merchant, export: Export) -> ExportRun:
    with merchant_scope(merchant):
        return running.ask(export_id=export.id, cause=Cause.HAND, user=owner(), now=timezone.now())


def fresh(merchant: Merchant, run: ExportRun) -> ExportRun:
    with merchant_scope(merchant):
        found: ExportRun = ExportRun.objects.select_related("job", "export").get(id=run.id)
        return found


def work(merchant: Merchant, run: ExportRun) -> ExportRun:
    assert run.job_id is not None
    run_one(merchant.id, run.job_id)
    return fresh(merchant, run)


def due_again(merchant: Merchant, run: ExportRun) -> None:
    """Let the next attempt begin now."""
    with merchant_scope(merchant), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET next_at = now(), lease_until = CASE WHEN state = 'running' THEN now() END"
            " WHERE merchant_id = %s AND id = %s",
            [merchant.id, run.job_id],
        )


def rows_of(run: ExportRun) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(store.path_of(run.merchant_id, run.id).read_text())))


def files_of(merchant: Merchant) -> list[str]:
    folder = store.folder_of(merchant.id)
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


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


def test_take_what_has_changed_since_the_last_run_and_nothing_twice(shop: Merchant) -> None:
    export = define(shop, changed_only=True)
    assert work(shop, ask(shop, export)).rows == 3
    assert work(shop, ask(shop, export)).rows == 0
    with merchant_scope(shop):
        new = offers.give()
        old = OfferResponse.objects.order_by("id")[0]
        complete(response_id=old.id, **offers.by())
    run = work(shop, ask(shop, export))
    assert {row["id"] for row in rows_of(run)} == {str(new.id), str(old.id)}


def test_begin_anew_after_a_change_while_a_run_was_under_way(shop: Merchant) -> None:
    export = define(shop, changed_only=True, query="status=completed")
    run = ask(shop, export)
    with merchant_scope(shop):
        defining.change(export_id=export.id, values={"query": ""}, version=1, user=owner(), now=timezone.now())
    assert (work(shop, run).rows, work(shop, ask(shop, export)).rows) == (0, 3)


def test_leave_what_may_still_be_written_to_the_next_run(shop: Merchant) -> None:
    """A transaction that began before the run and commits after it is not lost."""
    export = define(shop, changed_only=True)
    work(shop, ask(shop, export))
    begun, may_commit = threading.Event(), threading.Event()
    late: list[uuid.UUID] = []

    def write_late() -> None:
        with merchant_scope(shop):
            late.append(offers.give().id)
            begun.set()
            may_commit.wait(30)
        connection.close()

    thread = threading.Thread(target=write_late)
    thread.start()
    begun.wait(30)
    with merchant_scope(shop):
        offers.give()
    # Committed, but its number is above that of the one that is still open.
    during = work(shop, ask(shop, export))
    may_commit.set()
    thread.join()
    after = work(shop, ask(shop, export))
    found = [row["id"] for run in (during, after) for row in rows_of(run)]
    assert (len(found), len(set(found)), str(late[0]) in found) == (2, 2, True)


def test_lose_the_late_row_when_the_horizon_is_off(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: reading up to what was seen last, instead of up to what is safe, loses the row."""

    def up_to_now(since: int) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
            ahead = cursor.fetchone()[0]
        return Bounds(since, ahead, ahead)

    monkeypatch.setattr(exports_runner, "bounds", up_to_now)
    export = define(shop, changed_only=True)
    work(shop, ask(shop, export))
    begun, may_commit = threading.Event(), threading.Event()
    late: list[uuid.UUID] = []

    def write_late() -> None:
        with merchant_scope(shop):
            late.append(offers.give().id)
            begun.set()
            may_commit.wait(30)
        connection.close()

    thread = threading.Thread(target=write_late)
    thread.start()
    begun.wait(30)
    with merchant_scope(shop):
        offers.give()
    during = work(shop, ask(shop, export))
    may_commit.set()
    thread.join()
    after = work(shop, ask(shop, export))
    found = [row["id"] for run in (during, after) for row in rows_of(run)]
    assert str(late[0]) not in found


STEPS = ["export.looking", "export.written", "export.kept", "export.noted", "export.delivered"]


@pytest.mark.parametrize("step", STEPS)
def test_end_whole_after_a_failure_at_any_step(shop: Merchant, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    run = ask(shop, define(shop))
    monkeypatch.setenv(f"FAULT_{step.replace('.', '_')}", "raise")
    broken = work(shop, run)
    assert (broken.state in OPEN, [name for name in files_of(shop) if "part" in name]) == (True, [])
    monkeypatch.delenv(f"FAULT_{step.replace('.', '_')}")
    due_again(shop, run)
    done = work(shop, run)
    digest = hashlib.sha256(store.path_of(shop.id, run.id).read_bytes()).hexdigest()
    assert (done.state, done.rows, done.sha256, files_of(shop)) == ("done", 3, digest, [str(run.id)])


def test_say_in_words_when_nothing_helps(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask(shop, define(shop))
    monkeypatch.setenv("FAULT_export_written", "raise")
    for _attempt in range(running.ATTEMPTS):
        due_again(shop, run)
        run = work(shop, run)
    assert (run.state, run.error_code, files_of(shop)) == ("failed", "Injected", [])
    assert "went wrong on our side" in run.error


def test_stop_reading_when_it_is_called_off(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The query itself is stopped: a run that would sleep for a minute ends at once."""
    monkeypatch.setattr("exports.watch.EVERY", 0.05)
    run = ask(shop, define(shop))

    def sleep(*args: Any, **kwargs: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")
        return 0

    monkeypatch.setattr(exports_runner, "write", sleep)

    def begin() -> None:
        work(shop, run)
        connection.close()

    thread = threading.Thread(target=begin)
    began = time.monotonic()
    thread.start()
    while fresh(shop, run).state != ExportState.RUNNING:
        time.sleep(0.02)
    with merchant_scope(shop):
        running.call_off(run_id=run.id, actor=Actor.user(owner()), now=timezone.now())
    thread.join(50)
    found = fresh(shop, run)
    assert (thread.is_alive(), found.state, files_of(shop)) == (False, "cancelled", [])
    assert time.monotonic() - began < 50


def test_try_again_with_the_definition_as_it_is_by_now(shop: Merchant) -> None:
    export = define(shop, query="status=unheard")
    run = work(shop, ask(shop, export))
    assert (run.state, "unheard" in run.error, run.job is not None and run.job.state) == ("failed", True, "dead")
    with merchant_scope(shop):
        values = {"query": "status=pending"}
        defining.change(export_id=export.id, values=values, version=1, user=owner(), now=timezone.now())
        run = running.again(run_id=run.id, actor=Actor.user(owner()), now=timezone.now())
    assert (work(shop, run).state, fresh(shop, run).rows) == ("done", 3)
    with merchant_scope(shop), pytest.raises(NotPossible):
        running.again(run_id=run.id, actor=Actor.user(owner()), now=timezone.now())


@pytest.mark.parametrize("change", ["role", "left", "inactive"])
def test_run_with_the_owner_s_present_rights(shop: Merchant, change: str) -> None:
    run = ask(shop, define(shop))
    if change == "role":
        Membership.objects.update(role=Role.AGENT)
    elif change == "left":
        Membership.objects.all().delete()
    else:
        User.objects.update(is_active=False)
    done = work(shop, run)
    assert (done.state, done.error_code, files_of(shop)) == ("failed", "NotAllowed", [])
    assert "Olga" in done.error


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


def test_hold_the_job_while_it_takes_long(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease is renewed by a second connection while the first one is busy."""
    monkeypatch.setattr("exports.watch.EVERY", 0.02)
    run = ask(shop, define(shop))
    seen: list[Any] = []

    def slow(*args: Any, **kwargs: Any) -> int:
        def lease() -> Any:
            with merchant_scope(shop):
                return ExportRun.objects.values_list("job__lease_until", flat=True).get(id=run.id)

        def look() -> None:
            first = lease()
            while lease() == first:
                time.sleep(0.01)
            seen.append(True)
            connection.close()

        thread = threading.Thread(target=look)
        thread.start()
        thread.join(30)
        return write_file(*args, **kwargs)

    monkeypatch.setattr(exports_runner, "write", slow)
    assert (work(shop, run).state, seen) == ("done", [True])


def test_remove_what_a_killed_attempt_has_left(shop: Merchant) -> None:
    run = ask(shop, define(shop))
    folder = store.folder_of(shop.id)
    folder.mkdir(parents=True)
    (folder / f"{run.id}.part-dead").write_text("half")
    assert work(shop, run).state == "done"
    assert files_of(shop) == [str(run.id)]


def test_forget_files_when_their_time_is_over(shop: Merchant) -> None:
    run = work(shop, ask(shop, define(shop)))
    os.utime(store.path_of(shop.id, run.id), (0, 0))
    with merchant_scope(shop):
        assert remove_old_exports(now=timezone.now(), limit=10) == 1
    assert files_of(shop) == []


# How many rows there are of each; funnels change with every visit, and are always given whole.
CHANGING = {
    "claims": 0,
    "redeemed_rewards": 0,
    "offers": 1,
    "rewards": 0,
    "orders": 0,
    "customers": 3,
    "ledger_entries": 3,
}


@pytest.mark.parametrize("name", CHANGING)
def test_tell_what_has_changed_of_every_list(shop: Merchant, name: str) -> None:
    export = define(shop, dataset=name, columns=["id"], sort="", changed_only=True)
    assert [work(shop, ask(shop, export)).rows for _run in range(2)] == [CHANGING[name], 0]


def test_see_every_way_of_writing(shop: Merchant) -> None:
    export = define(shop, dataset="customers", columns=["id", "last_name"], sort="", changed_only=True)
    work(shop, ask(shop, export))
    with merchant_scope(shop):
        one, two, _three = Customer.objects.order_by("id")
        one.city = "York"
        one.save()
        two.city = "Hull"
        Customer.objects.bulk_update([two], ["city"])
    assert {row["id"] for row in rows_of(work(shop, ask(shop, export)))} == {str(one.id), str(two.id)}


@pytest.mark.slow
@pytest.mark.parametrize("step", ["export.written", "export.kept"])
def test_end_whole_after_a_kill(shop: Merchant, step: str) -> None:
    """A worker that is killed leaves nothing under the file's name, or all of it; the next one ends the run."""
    run = ask(shop, define(shop))
    environment = os.environ | {
        f"FAULT_{step.replace('.', '_')}": "sigkill",
        "DJANGO_SETTINGS_MODULE": "tests.exports.kill_settings",
        "EXPORT_MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }
    command = [sys.executable, "-c", RUN_ONE, str(shop.id), str(run.job_id)]
    killed = subprocess.run(command, env=environment, check=False, capture_output=True, cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    run = fresh(shop, run)
    whole = [name for name in files_of(shop) if "part" not in name]
    assert (run.state, whole) == ("running", [str(run.id)] if step == "export.kept" else [])
    due_again(shop, run)
    done = work(shop, run)
    digest = hashlib.sha256(store.path_of(shop.id, run.id).read_bytes()).hexdigest()
    assert (done.state, done.rows, done.sha256, done.attempts, files_of(shop)) == ("done", 3, digest, 2, [str(run.id)])


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
