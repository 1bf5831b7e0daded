"""The jobs of imports: reading a big file, applying a file."""

import uuid

from django.utils import timezone

from exports import files, services
from exports.importers import FileRefused, importer
from exports.models import ImportRun
from jobs.kinds import job_handler
from jobs.run import JobRun
from tenancy.actors import Actor


@job_handler(on_dead="exports.services.fail")
def read(run: JobRun) -> None:
    """Read a file and say what importing it would do."""
    with run.scope():
        services.read(run_id=uuid.UUID(run.payload["run"]), now=timezone.now())


@job_handler(on_dead="exports.services.fail")
def apply(run: JobRun) -> None:
    """Import a file portion by portion; killed half way, the next attempt finds what is written and goes on."""
    run_id, now = uuid.UUID(run.payload["run"]), timezone.now()
    with run.scope():
        dataset = ImportRun.objects.values_list("dataset", flat=True).get(id=run_id)
    path, actor = files.path_of(run.merchant_id, run_id), Actor.parse(run.payload["actor"])
    work = importer(dataset).apply
    try:
        outcome = work(path, merchant_id=run.merchant_id, actor=actor, now=now, progress=run.progress)
    except FileRefused as refusal:
        with run.scope():
            services.refuse(run_id=run_id, refusal=refusal, now=timezone.now())
        return
    with run.scope():
        services.finish(run_id=run_id, outcome=outcome, again=run.attempt > 1, now=timezone.now())
