"""Working through one run: write the file in one view of the data, keep it, bring it to its place.

Killed anywhere, the next attempt begins the file again, or goes on with a whole one. Nothing here runs inside a
transaction but the reading itself.
"""

import uuid
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from exports import running, store
from exports.datasets.fields import Moment
from exports.destinations import DeliveryRefused, Manifest
from exports.destinations import open as way_to
from exports.errors import NotAllowed, NotUnderstood
from exports.export_states import ExportState
from exports.formats.columns import Dialect
from exports.formats.kinds import Format
from exports.models import Destination, ExportRun
from exports.rows import count, listed, question
from exports.running import Written
from exports.snapshot import Bounds, bounds, one_view
from exports.watch import Watch
from exports.words import error_of
from exports.writing import write
from jobs.errors import GiveUp
from jobs.faults import fault
from jobs.leases import backoff
from jobs.run import JobRun
from tenancy.models import Merchant

# A receiver that is away comes back after minutes rather than seconds: five attempts within a quarter of an hour.
AWAY = 60.0


def work(job: JobRun) -> None:
    """Do one attempt at a run. Raises GiveUp where no further attempt can succeed; the run says why in words."""
    try:
        _work(job)
    except (NotUnderstood, NotAllowed) as refusal:
        _give_up(job, str(refusal), type(refusal).__name__)
    except SoftTimeLimitExceeded:
        _give_up(job, error_of("too_long"), "too_long")
    except DeliveryRefused as refusal:
        if not refusal.again or job.is_last_attempt:
            _give_up(job, refusal.words, "delivery")
        job.retry_later(backoff(job.attempt, base=AWAY).total_seconds(), "delivery")


def _work(job: JobRun) -> None:
    run_id = uuid.UUID(job.payload["run"])
    with job.scope():
        run = running.begin(run_id=run_id, job_id=job.job_id, attempt=job.attempt, now=timezone.now())
        merchant = Merchant.objects.get(id=job.merchant_id)
    if run is None:
        return
    if run.state != ExportState.DELIVERING or not store.is_whole(job.merchant_id, run.id, run.size):
        run = _make_file(job, run, merchant)
    fault("export.noted")
    where = _deliver(job, run, merchant)
    fault("export.delivered")
    with job.scope():
        # The job's row before the run's: whoever calls either off takes them in this order too.
        job.progress(job.done_rows)
        running.finish(run_id=run.id, delivered_to=where, now=timezone.now())
        job.finish(rows=run.rows)


def _make_file(job: JobRun, run: ExportRun, merchant: Merchant) -> ExportRun:
    with store.draft(job.merchant_id, run.id) as file:
        rows, within = _write(job, run, merchant, file)
        fault("export.written")
        kept = store.keep(file, merchant_id=job.merchant_id, run_id=run.id)
    fault("export.kept")
    with job.scope():
        # Only whoever still holds the job may say that the file is there.
        job.progress(rows, rows)
        upto = within.upto if within else None
        return running.note_file(run_id=run.id, written=Written(rows, kept, upto), now=timezone.now())


def _write(job: JobRun, run: ExportRun, merchant: Merchant, file: Any) -> tuple[int, Bounds | None]:
    wanted, zone = run.wanted, ZoneInfo(merchant.time_zone)
    names = ("separator", "decimal_sign", "bom", "harmless")
    dialect = Dialect(**{name: wanted[name] for name in names}, zone=merchant.time_zone)
    with (
        timezone.override(zone),
        translation.override(merchant.locale.replace("_", "-").lower()),
        Watch(job) as watch,
        one_view(job.merchant_id),
    ):
        watch.guard(connection.connection)
        fault("export.looking")
        asked = question(name=run.dataset, keys=wanted["columns"], query=wanted["query"], sort=wanted["sort"])
        moment = Moment(timezone.now(), zone)
        within = bounds(run.since or 0) if wanted["changed_only"] and asked.dataset.changes else None
        watch.total = count(listed(asked, moment, within))
        rows = write(
            asked,
            format=Format(run.format),
            dialect=dialect,
            moment=moment,
            target=file,
            progress=watch,
            bounds=within,
        )
    return rows, within


def _deliver(job: JobRun, run: ExportRun, merchant: Merchant) -> str:
    """Bring the file to its destination and say where it lies; a download stays where it is."""
    if run.export.destination_id is None:
        return ""
    with job.scope():
        destination = Destination.objects.get(id=run.export.destination_id)
    if destination.archived_at is not None:
        raise DeliveryRefused(_("The destination “%(name)s” was archived.") % {"name": destination.name}, again=False)
    link = f"{settings.BASE_URL}{reverse('exports:run', args=[merchant.slug, run.id])}"
    manifest = Manifest(
        rows=run.rows,
        sha256=run.sha256,
        size=run.size,
        made_at=_made_at(run),
        run_id=run.id,
        dataset=run.dataset,
        title=run.name,
        link=link,
    )
    path = store.path_of(job.merchant_id, run.id)
    with Watch(job) as watch:
        # In thousands: what a job counts is smaller than the bytes of a large file.
        watch.total = max(run.size // 1024, 1)
        return way_to(destination).deliver(
            path,
            name=run.file_name,
            manifest=manifest,
            attempt=job.attempt,
            progress=lambda sent: watch(sent // 1024),
        )


def _made_at(run: ExportRun) -> datetime:
    # The file says it by itself, at each attempt the same: how long files are kept may have been changed meanwhile.
    return datetime.fromtimestamp(store.path_of(run.merchant_id, run.id).stat().st_mtime, tz=UTC)


def _give_up(job: JobRun, words: str, code: str) -> None:
    with job.scope():
        running.refuse(run_id=uuid.UUID(job.payload["run"]), words=words, code=code, now=timezone.now())
    raise GiveUp(code)
