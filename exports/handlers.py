"""The jobs of this room: reading and applying files that come in, writing files that go out."""

import uuid
from datetime import timedelta

from django.utils import timezone

from exports import defining, files, lines, runner, services, undoing
from exports.importers import FileRefused, importer
from exports.models import ImportRun
from exports.states import RunState
from jobs.kinds import job_handler
from jobs.run import JobRun
from tenancy.actors import Actor


@job_handler(on_dead="exports.services.fail")
def read(run: JobRun) -> None:
    """Read a file outside every transaction, and say what importing it would do."""
    run_id = uuid.UUID(run.payload["run"])
    with run.scope():
        row = ImportRun.objects.only("merchant", "dataset", "state", "columns", "fixed").get(id=run_id)
    if row.state != RunState.READING:
        # Discarded meanwhile, and its file with it.
        return
    path, look = files.path_of(run.merchant_id, run_id), importer(row.dataset).preview
    facts = {"merchant_id": run.merchant_id, "naming": row.naming}
    found = look(path, now=timezone.now(), progress=run.progress, **facts)
    with run.scope():
        services.note_preview(run_id=run_id, found=found)


@job_handler(on_dead="exports.services.fail")
def apply(run: JobRun) -> None:
    """Import a file portion by portion; killed half way, the next attempt finds what is written and goes on."""
    run_id, now = uuid.UUID(run.payload["run"]), timezone.now()
    with run.scope():
        facts = lines.facts_of(run_id=run_id) if services.take_up(run_id=run_id) else None
    if facts is None:
        return
    path, actor = files.path_of(run.merchant_id, run_id), Actor.parse(run.payload["actor"])
    try:
        importer(facts.pop("dataset")).apply(path, actor=actor, now=now, progress=run.progress, **facts)
    except FileRefused as refusal:
        with run.scope():
            services.refuse(run_id=run_id, refusal=refusal, now=timezone.now())
        return
    with run.scope():
        services.finish(run_id=run_id, now=timezone.now())


@job_handler(on_dead="exports.undoing.fail")
def undo(run: JobRun) -> None:
    """Take an import back, portion by portion; killed half way, the next attempt goes on behind the last line done."""
    while undoing.go_on(run):
        run.pause_if_long()


@job_handler(queue="exports", lease=timedelta(seconds=60), on_dead="exports.running.dead", retry_by_hand=False)
def write(run: JobRun) -> None:
    """Write an export's file and bring it to its place; a person tries again on the run's page."""
    runner.work(run)


@job_handler(on_dead="exports.defining.missed")
def start_due(run: JobRun) -> None:
    """Start an export whose time has come, and put down its next time; both or neither."""
    with run.scope():
        # The job's row before the definition's: whoever calls the job off takes them in this order too.
        run.progress(run.done_rows)
        export_id, turn = uuid.UUID(run.payload["export"]), int(run.payload["turn"])
        defining.start_due(export_id=export_id, turn=turn, now=timezone.now())
        run.finish()
