"""The jobs of this room: reading and applying files that come in, writing files that go out."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from exports import defining, files, runner, services
from exports.importers import FileRefused, importer
from exports.models import ImportRun
from jobs.kinds import job_handler
from jobs.run import JobRun
from tenancy.actors import Actor


@job_handler(on_dead="exports.services.fail")
def read(run: JobRun) -> None:
    """Read a file outside every transaction, and say what importing it would do."""
    run_id = uuid.UUID(run.payload["run"])
    with run.scope():
        dataset = ImportRun.objects.values_list("dataset", flat=True).get(id=run_id)
    path, look = files.path_of(run.merchant_id, run_id), importer(dataset).preview
    found = look(path, merchant_id=run.merchant_id, now=timezone.now(), progress=run.progress)
    with run.scope():
        services.note_preview(run_id=run_id, found=found)


@job_handler(on_dead="exports.services.fail")
def apply(run: JobRun) -> None:
    """Import a file portion by portion; killed half way, the next attempt finds what is written and goes on."""
    run_id, now = uuid.UUID(run.payload["run"]), timezone.now()
    with run.scope():
        dataset, name = ImportRun.objects.values_list("dataset", "file_name").get(id=run_id)
    path, actor = files.path_of(run.merchant_id, run_id), Actor.parse(run.payload["actor"])
    facts: dict[str, Any] = {"merchant_id": run.merchant_id, "origin_id": run_id, "file_name": name}
    try:
        outcome = importer(dataset).apply(path, actor=actor, now=now, progress=run.progress, **facts)
    except FileRefused as refusal:
        with run.scope():
            services.refuse(run_id=run_id, refusal=refusal, now=timezone.now())
        return
    with run.scope():
        services.finish(run_id=run_id, outcome=outcome, again=run.attempt > 1, now=timezone.now())


@job_handler(queue="exports", lease=timedelta(seconds=60), on_dead="exports.running.dead", retry_by_hand=False)
def write(run: JobRun) -> None:
    """Write an export's file and bring it to its place; a person tries again on the run's page."""
    runner.work(run)


@job_handler(on_dead="exports.defining.missed")
def start_due(run: JobRun) -> None:
    """Start an export whose time has come, and put down its next time; both or neither."""
    with run.scope():
        export_id, turn = uuid.UUID(run.payload["export"]), int(run.payload["turn"])
        defining.start_due(export_id=export_id, turn=turn, now=timezone.now())
        run.finish()
