"""Runs of exports that somebody or something stops: called off, broken at every step, killed, without rights."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from config.fingerprint import ROOT
from exports import defining, running, store
from exports import runner as exports_runner
from exports.errors import NotPossible
from exports.export_states import OPEN, ExportState
from exports.models import ExportRun
from exports.writing import write as write_file
from tenancy.actors import Actor
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.exports.runs import ask, define, due_again, files_of, fresh, owner, shop, work

__all__ = ["shop"]

# What a worker does with a job, in a process that can be killed.
RUN_ONE = (
    "import sys, uuid, django; django.setup(); from jobs.runner import run_one; run_one(*map(uuid.UUID, sys.argv[1:]))"
)


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
