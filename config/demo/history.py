"""The demo's imports: the reports that brought the orders in, one that was refused, and one that waits for a look."""

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from claims_center.imports.orders import apply
from config.demo.base import Stage
from config.demo.orders import Books
from exports import files, services
from exports.models import ImportRun
from jobs.models import Job
from tenancy.actors import Actor

NO_DATE = (
    b"order_number,marketplace,ordered_at,sku\n"
    b"114-0000001-0000001,amazon,2026-10-03,BB-KET-09\n"
    b"114-0000002-0000002,amazon,third of October,BB-KET-09\n"
)


def import_books(stage: Stage, books: Books) -> None:
    """Bring the books' reports in as the merchant's admin would, and show each state that an import can have."""
    _bring(stage, "all-orders.txt", books.amazon_report(), stage.now - timedelta(days=1, hours=3))
    if books.plain:
        _bring(stage, "other-marketplaces.csv", books.plain_report(), stage.now - timedelta(hours=22))
    _upload(stage, "october-by-hand.csv", NO_DATE, stage.now - timedelta(hours=21))
    _upload(stage, "yesterday.txt", _later_report(stage), stage.now - timedelta(minutes=35))


def _bring(stage: Stage, name: str, content: bytes, at: datetime) -> None:
    run = _upload(stage, name, content, at)
    by = Actor.user(stage.staff["admin"])
    services.start(run_id=run.id, actor=by, now=at)
    path = files.path_of(stage.merchant.id, run.id)
    outcome = apply(path, merchant_id=stage.merchant.id, actor=by, now=stage.now, origin_id=run.id, file_name=name)
    services.finish(run_id=run.id, outcome=outcome, again=False, now=at + timedelta(seconds=3))


def _upload(stage: Stage, name: str, content: bytes, at: datetime) -> ImportRun:
    run = services.upload(dataset="orders", file=SimpleUploadedFile(name, content), user=stage.staff["admin"], now=at)
    if run.job_id:
        Job.objects.filter(id=run.job_id).update(created_at=at)
    return run


def _later_report(stage: Stage) -> bytes:
    """Return a report that nobody has applied yet: two more orders of today."""
    books = Books(stage)
    for listing in [one for one in stage.listings if one.marketplace == "amazon"][:2]:
        books.sell(stage.people[0], listing, stage.now - timedelta(hours=9))
    return books.amazon_report()
