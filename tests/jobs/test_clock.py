"""Ticks, the poke, what readiness asks; clean-up, fault points, checks, the command."""

import io
import signal
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from config.beat import SCHEDULE, TICKS
from jobs import checks, faults, handlers, periodic, poller, retention, runner, selectors, tasks
from jobs.models import Job, PeriodicRun
from jobs.periodic import Tick
from jobs.states import State
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.jobs import work

PutDown = Callable[..., Job]
HOUR = timedelta(hours=1)


def count(merchant: Merchant) -> int:
    """How many jobs a merchant has."""
    with merchant_scope(merchant):
        return Job.objects.count()


@pytest.fixture
def hourly(monkeypatch: pytest.MonkeyPatch) -> str:
    """A tick that puts down a note for every merchant."""
    monkeypatch.setattr(periodic, "ticks", lambda: {"hourly": Tick("test.note", every=HOUR)})
    return "hourly"


def test_tick_puts_down_one_job_for_every_merchant(hourly: str, merchant: Merchant, other_merchant: Merchant) -> None:
    assert periodic.tick(hourly) == 2
    assert (count(merchant), count(other_merchant)) == (1, 1)


def test_tick_twice_in_a_period_is_one(hourly: str, merchant: Merchant) -> None:
    assert [periodic.tick(hourly) for _beat in range(3)] == [1, 0, 0]
    assert count(merchant) == 1


def test_two_beats_at_once_tick_once(
    hourly: str, merchant: Merchant, together: Callable[..., list[Any]], transactional_db: None
) -> None:
    outcomes = together(periodic.tick, [(hourly,)] * 6)

    assert sorted(outcome.value for outcome in outcomes) == [0, 0, 0, 0, 0, 1]
    assert count(merchant) == 1


def test_tick_that_failed_is_done_by_the_next_beat(
    hourly: str, merchant: Merchant, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> None:
    def fail(**given: Any) -> None:
        raise ValueError("no queue")

    with monkeypatch.context() as patch:
        patch.setattr(periodic, "enqueue", fail)
        with pytest.raises(ValueError, match="no queue"):
            periodic.tick(hourly)

    assert periodic.tick(hourly) == 1


@pytest.mark.parametrize("offset", [timedelta(0), timedelta(hours=2)])
def test_period_starts_where_it_should(db: None, offset: timedelta) -> None:
    start = periodic.first_in_period("night", timedelta(days=1), offset)

    assert start is not None
    assert (start.hour, start.minute, start.second) == (offset.seconds // 3600, 0, 0)
    assert timedelta(0) <= timezone.now() - start < timedelta(days=1)


def test_every_tick_of_the_application_is_scheduled_and_expires() -> None:
    assert set(SCHEDULE) == {"poke_due", *TICKS}
    assert all(entry["options"]["expires"] <= entry["schedule"] for entry in SCHEDULE.values())


def test_poke_finds_what_nobody_rang_for(
    put_down: PutDown, other_merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[Any, ...]] = []

    def note(*args: Any, **_queue: Any) -> bool:
        sent.append(args)
        return True

    monkeypatch.setattr(tasks, "send", note)
    mine, theirs = put_down(), put_down("test.many", whose=other_merchant)
    for _number in range(5):
        put_down("test.many", whose=other_merchant)

    assert tasks.poke_due() == 3
    assert tasks.poke_due() == 0

    run = "jobs.tasks.run_kind"
    assert sorted(sent) == sorted(
        [(run, str(mine.merchant_id), "test.note")] + [(run, str(theirs.merchant_id), "test.many")] * 2
    )


def test_discovery_takes_turns(put_down: PutDown, other_merchant: Merchant) -> None:
    for _number in range(20):
        put_down()
    late = put_down(whose=other_merchant)
    other_kind = put_down("test.fail")

    found = poller.discover_due(4)

    assert {late.id, other_kind.id} <= {due.id for due in found}
    assert len(found) == 4


def test_discovery_finds_leases_that_ran_out(put_down: PutDown, merchant: Merchant) -> None:
    put_down(next_at=timezone.now() + HOUR)
    lost = put_down()
    with merchant_scope(merchant):
        Job.objects.filter(id=lost.id).update(
            state=State.RUNNING, lease_token=uuid.uuid4(), lease_until=timezone.now() - timedelta(seconds=1)
        )

    assert [due.id for due in poller.discover_due(10)] == [lost.id]


def test_poller_reads_a_few_columns_and_writes_nothing(put_down: PutDown) -> None:
    put_down()
    for statement in ("SELECT payload FROM jobs_job", "UPDATE jobs_job SET state = 'done'", "SELECT * FROM jobs_job"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            poller.as_poller() as cursor,
        ):
            cursor.execute(statement)


def test_role_is_put_back_inside_a_longer_transaction(put_down: PutDown) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        poller.discover_due(1)
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("app_rw",)


def test_ages_for_readiness(put_down: PutDown, db: None) -> None:
    assert selectors.beat_age() is None
    assert poller.oldest_due_age() == timedelta(0)

    put_down(next_at=timezone.now() - HOUR)
    PeriodicRun.objects.create(name="poke_due", period_start=timezone.now() - HOUR, started_at=timezone.now())

    assert timedelta(minutes=59) < poller.oldest_due_age() < timedelta(minutes=61)
    assert timedelta(minutes=59) < (selectors.beat_age() or HOUR * 2) < timedelta(minutes=61)
    assert poller.dead_count() == 0


def test_old_jobs_are_removed_in_pieces(put_down: PutDown, merchant: Merchant) -> None:
    now = timezone.now()
    for number in range(5):
        put_down()
        with merchant_scope(merchant):
            Job.objects.filter(state=State.DUE).update(state=State.DONE, finished_at=now - timedelta(days=12 + number))
    dead = put_down()
    with merchant_scope(merchant):
        Job.objects.filter(id=dead.id).update(state=State.DEAD, finished_at=now - timedelta(days=20))

        assert retention.remove_old_jobs(now=now, limit=1) == 1
        assert retention.remove_old_jobs(now=now, limit=10) == 1
        assert retention.remove_old_jobs(now=now, limit=10) == 0
    assert count(merchant) == 4


def test_clean_up_job_calls_every_cleaner(
    put_down: PutDown, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "PIECE", 2)
    monkeypatch.setitem(work.HANDLERS, "test.clean", "jobs.handlers.clean_up")
    old = timezone.now() - timedelta(days=3)
    for number in range(5):
        PeriodicRun.objects.create(name="poke_due", period_start=old + timedelta(seconds=number), started_at=old)
    job = put_down("test.clean")

    runner.run_one(merchant.id, job.id)

    assert PeriodicRun.objects.count() == 0
    with merchant_scope(merchant):
        assert (Job.objects.get().state, Job.objects.get().done_rows) == (State.DONE, 5)


def test_fault_does_as_it_was_asked(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    killed: list[Any] = []
    monkeypatch.setattr("jobs.faults.os.kill", lambda _pid, number: killed.append(number))
    monkeypatch.setenv("FAULT_gift_before_post", "sigkill@2")
    monkeypatch.setenv("FAULT_gift_after_post", "raise")

    faults.fault("gift.somewhere_else")
    faults.fault("gift.before_post")
    assert killed == []
    faults.fault("gift.before_post")
    assert killed == [signal.SIGKILL]
    with pytest.raises(faults.Injected):
        faults.fault("gift.after_post")

    settings.ALLOW_FAULTS = False
    faults.fault("gift.after_post")


@pytest.mark.parametrize(
    ("allow", "hosts", "refused"),
    [(True, ["claims.example.com"], True), (True, ["*"], True), (True, ["127.0.0.1"], False), (False, ["*"], False)],
)
def test_fault_points_are_refused_where_others_can_reach(
    settings: Any, allow: bool, hosts: list[str], refused: bool
) -> None:
    settings.ALLOW_FAULTS, settings.ALLOWED_HOSTS, settings.DEBUG = allow, hosts, False

    assert [error.id for error in checks.faults_only_in_tests()] == (["jobs.E001"] if refused else [])


def test_check_finds_a_handler_that_cannot_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.handlers_can_be_imported() == []

    monkeypatch.setitem(work.HANDLERS, "test.gone", "tests.jobs.work.nobody")

    assert [error.id for error in checks.handlers_can_be_imported()] == ["jobs.E002"]


def command(*args: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("jobs", *args, stdout=out, stderr=out)
    return out.getvalue()


def test_command_lists_runs_and_retries(put_down: PutDown, merchant: Merchant) -> None:
    job = put_down("test.give_up")

    assert "1 run" in command("run-due")
    assert f"{job.id} test.give_up" in command("list", "--merchant", "brew-bloom", "--state", "dead")
    assert "dead jobs: 1" in command("status")
    assert "1 due again" in command("retry", "--merchant", "brew-bloom")
    assert command("list", "--merchant", "brew-bloom", "--state", "dead") == ""


def test_command_names_what_does_not_exist(merchant: Merchant) -> None:
    with pytest.raises(CommandError, match="no merchant nobody"):
        command("list", "--merchant", "nobody")
    with pytest.raises(CommandError, match="There is no job"):
        command("retry", "--merchant", "brew-bloom", str(uuid.uuid4()))
