"""Undos that stop half way: killed between two portions, given up, called off; each goes on where it stopped, once."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from config.fingerprint import ROOT
from exports import undoing
from exports.models import ImportRow, ImportRun
from jobs.models import Job
from jobs.services import cancel, retry
from ledger import checks
from ledger.models import Entry, Grant
from loyalty.models import PointAdjustment
from loyalty.states import AdjustmentState
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path
from tests.exports.importing import act, brought, run_at, told, work
from tests.exports.test_runs_broken import RUN_ONE
from tests.loyalty import factories as loyalty

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "reference,card_number,points,reason\n"
BY = Actor.system()
# One portion, and some lines of the next one.
MANY = undoing.BATCH + 10


def brought_points(client: Client, merchant: Merchant, number: int) -> ImportRun:
    """An import of ten points a line, for five members in turn."""
    with merchant_scope(merchant):
        for card in range(5):
            loyalty.customer(card_number=f"C-{card}")
    lines = "".join(f"R-{one},C-{one % 5},10,Welcome\n" for one in range(number))
    return brought(client, merchant, HEADER + lines, dataset="points")


def killed(merchant: Merchant, run: ImportRun, **faults: str) -> ImportRun:
    """Let the job run in a process of its own that is killed at a named point; the next attempt may begin at once."""
    environment = os.environ | {
        **{f"FAULT_{name}": what for name, what in faults.items()},
        "DJANGO_SETTINGS_MODULE": "tests.exports.kill_settings",
        "EXPORT_MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }
    command = [sys.executable, "-c", RUN_ONE, str(merchant.id), str(run.job_id)]
    ended = subprocess.run(command, env=environment, check=False, capture_output=True, cwd=ROOT)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    past = timezone.now() - timedelta(minutes=1)
    with merchant_scope(merchant):
        assert Job.objects.filter(id__in=[run.job_id], state="running").update(lease_until=past) == 1
    return run_at(merchant, run.id)


def all_back(merchant: Merchant, run: ImportRun, number: int) -> None:
    """Each line went back once: documents, entries, lots, the journal's sums and what the import says of itself."""
    done = run_at(merchant, run.id)
    assert (done.undo_state, done.undone, done.not_undone) == ("done", number, 0)
    with merchant_scope(merchant):
        assert PointAdjustment.objects.filter(state=AdjustmentState.UNDONE).count() == number
        assert Entry.objects.filter(reverses__isnull=False).count() == number
        assert Grant.objects.aggregate(left=Sum("remaining"))["left"] == 0
        assert ImportRow.objects.filter(run_id=run.id, undone="b").count() == number
    assert checks.run(merchant.id).findings == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", [{"undo_committed": "sigkill@1"}, {"undo_worked": "sigkill@2"}])
def test_go_on_after_a_kill_between_two_portions(admin: Client, merchant: Merchant, fault: dict[str, str]) -> None:
    run = act(admin, merchant, brought_points(admin, merchant, MANY), "undo")
    half = killed(merchant, run, **fault)
    assert (half.undo_state, half.undone, half.undo_line) == ("running", undoing.BATCH, undoing.BATCH + 1)
    work(merchant, run)
    all_back(merchant, run, MANY)


@pytest.mark.slow
def test_see_the_harm_where_nobody_notes_how_far_it_came(admin: Client, merchant: Merchant) -> None:
    """The guard off: begun again from the first line, the same lines are counted twice."""
    run = act(admin, merchant, brought_points(admin, merchant, MANY), "undo")
    killed(merchant, run, undo_committed="sigkill@1")
    with merchant_scope(merchant):
        ImportRun.objects.filter(id=run.id).update(undo_line=0)
    done = work(merchant, run)
    assert done.undone + done.not_undone == MANY + undoing.BATCH


@pytest.fixture
def half(admin: Client, merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    """An undo of three lines that has come as far as the first one, and whose job waits for its next attempt."""
    monkeypatch.setattr(undoing, "BATCH", 1)
    run = act(admin, merchant, brought_points(admin, merchant, 3), "undo")
    with monkeypatch.context() as patched:
        patched.setenv("FAULT_undo_committed", "raise")
        return work(merchant, run)


def shown(client: Client, merchant: Merchant, run: ImportRun, *more: str) -> str:
    return str(client.get(path(merchant, "imports", run.id, *more)).content.decode())


def given_up(merchant: Merchant, run: ImportRun) -> Any:
    """The import once its job is dead."""
    assert run.job_id is not None
    with merchant_scope(merchant):
        job = Job.objects.get(id=run.job_id)
        Job.objects.filter(id=job.id).update(state="dead", finished_at=timezone.now())
        undoing.fail(payload=job.payload, code="OperationalError", now=timezone.now())
    return run_at(merchant, run.id)


def test_begin_again_where_it_was_given_up(admin: Client, merchant: Merchant, half: ImportRun) -> None:
    run = given_up(merchant, half)
    page = shown(admin, merchant, run)
    assert ("stopped at 1 of 3 lines" in page, "Go on taking back" in page) == (True, True)
    before = shown(admin, merchant, run, "undo")
    assert ("stopped at 1 of 3 lines" in before, "nothing was taken back yet" in before) == (True, False)
    assert "Take 2 lines back" in before
    again = act(admin, merchant, run, "undo")
    assert again.job_id != run.job_id
    work(merchant, again)
    all_back(merchant, run, 3)


def test_begin_again_from_the_list_of_jobs(merchant: Merchant, half: ImportRun) -> None:
    """A job that is tried again there goes on; before, it ended as done and had done nothing."""
    run = given_up(merchant, half)
    assert run.job_id is not None
    with merchant_scope(merchant):
        retry(job_id=run.job_id, actor=BY, now=timezone.now())
    work(merchant, run)
    all_back(merchant, run, 3)


def test_leave_a_stopped_undo_to_its_own_job(admin: Client, merchant: Merchant, half: ImportRun) -> None:
    """A job of an earlier attempt that is tried again does nothing once another one was called off."""
    first = given_up(merchant, half)
    second = act(admin, merchant, first, "undo")
    assert first.job_id is not None
    assert second.job_id is not None
    with merchant_scope(merchant):
        cancel(job_id=second.job_id, actor=BY, now=timezone.now())
        retry(job_id=first.job_id, actor=BY, now=timezone.now())
    work(merchant, first)
    assert (run_at(merchant, first.id).undo_state, [line[2] for line in told(merchant, first)]) == (
        "failed",
        ["b", "", ""],
    )


def test_have_a_turn_at_once(admin: Client, merchant: Merchant, half: ImportRun) -> None:
    page = shown(admin, merchant, half)
    assert ("It stopped for a moment" in page, "Go on now" in page) == (True, True)
    pressed = act(admin, merchant, half, "undo")
    assert pressed.job_id == half.job_id
    assert "Go on now" not in shown(admin, merchant, half)
    work(merchant, pressed)
    all_back(merchant, half, 3)
    with merchant_scope(merchant):
        assert AuditEvent.objects.filter(action="import.undone").count() == 1


def test_bring_an_undo_to_its_end_that_stopped_behind_the_last_line(
    admin: Client, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = act(admin, merchant, brought_points(admin, merchant, 1), "undo")
    with monkeypatch.context() as patched:
        patched.setenv("FAULT_undo_committed", "raise")
        run = given_up(merchant, work(merchant, run))
    assert "Bring it to an end" in shown(admin, merchant, run, "undo")
    work(merchant, act(admin, merchant, run, "undo"))
    all_back(merchant, run, 1)


def test_put_down_another_job_where_the_first_one_is_lost(admin: Client, merchant: Merchant, half: ImportRun) -> None:
    with merchant_scope(merchant):
        Job.objects.filter(id__in=[half.job_id]).delete()
    again = act(admin, merchant, half, "undo")
    assert again.job_id is not None
    work(merchant, again)
    all_back(merchant, half, 3)
