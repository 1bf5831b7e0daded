"""The demo's imports: the reports that brought the orders in, one that was refused, and one that waits for a look.

The second merchant has shops too: a real chain's members and what they bought in the last weeks came in as files.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo.base import Stage
from config.demo.orders import Books
from config.demo.stories import FIRST_NAMES, LAST_NAMES, NORTH
from config.history.files import SLICE, rows, write
from exports import files, lines, naming, services
from exports.importers import importer
from exports.models import ImportRun
from jobs.models import Job
from offers.models import OfferResponse
from offers.states import Status
from tenancy.actors import Actor

# The day after the chain's last purchase, and how far back the demo's shops look.
CHAIN_ENDS, SHOP_DAYS = date(2018, 1, 2), 60

NO_DATE = (
    b"order_number,marketplace,ordered_at,sku\n"
    b"114-0000001-0000001,amazon,2026-10-03,BB-KET-09\n"
    b"114-0000002-0000002,amazon,third of October,BB-KET-09\n"
)


def import_books(stage: Stage, books: Books) -> None:
    """Bring the books' reports in as the merchant's admin would, and show each state that an import can have."""
    _bring(stage, "orders", "all-orders.txt", books.amazon_report(), stage.now - timedelta(days=1, hours=3))
    if books.plain:
        _bring(stage, "orders", "other-marketplaces.csv", books.plain_report(), stage.now - timedelta(hours=22))
    _upload(stage, "orders", "october-by-hand.csv", NO_DATE, stage.now - timedelta(hours=21))
    _upload(stage, "orders", "yesterday.txt", _later_report(stage), stage.now - timedelta(minutes=35))


def import_shops(stage: Stage) -> None:
    """Bring the shops' members and purchases in, where the merchant has shops; leave a sheet of responses for a look."""
    if stage.story.slug == NORTH.slug:
        with TemporaryDirectory() as folder:
            today = stage.now.date()
            shift = timedelta(days=(today - CHAIN_ENDS).days)
            since = today - timedelta(days=SHOP_DAYS)
            made = write(SLICE, Path(folder), currency=stage.story.currency, today=today, shift=shift, since=since)
            cards = [row["card_number"] for row in rows(made.members)]
            members = _table(("card_number", "first_name", "last_name"), (_named(stage, card) for card in cards))
            _bring(stage, "members", "shop-members.csv", members, stage.now - timedelta(hours=20))
            bought = made.purchases.read_bytes()
            _bring(stage, "purchases", "shop-purchases.csv", bought, stage.now - timedelta(hours=19, minutes=40))
    waiting = OfferResponse.objects.filter(status=Status.PENDING, needs_clip=False, usage_to=None, expires_at=None)
    edited = [(row.id, row.version, Status.CLIPPED.value) for row in waiting.order_by("-issued_at", "-id")[:3]]
    if edited:
        sheet = _table(("id", "version", "status"), edited)
        _upload(stage, "responses", "responses-edited.csv", sheet, stage.now - timedelta(minutes=20))


def _named(stage: Stage, card: str) -> tuple[str, str, str]:
    return card, stage.dice.choice(FIRST_NAMES), stage.dice.choice(LAST_NAMES)


def _table(header: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *lines])
    return text.getvalue().encode()


def _bring(stage: Stage, dataset: str, name: str, content: bytes, at: datetime) -> None:
    run = _upload(stage, dataset, name, content, at)
    by = Actor.user(stage.staff["admin"])
    services.start(run_id=run.id, actor=by, now=at)
    path = files.path_of(stage.merchant.id, run.id)
    facts: dict[str, Any] = {"origin_id": run.id, "file_name": name}
    facts |= {"naming": run.naming, "note": partial(lines.note, run_id=run.id)}
    importer(dataset).apply(path, merchant_id=stage.merchant.id, actor=by, now=stage.now, **facts)
    services.finish(run_id=run.id, now=at + timedelta(seconds=3))


def _upload(stage: Stage, dataset: str, name: str, content: bytes, at: datetime) -> ImportRun:
    file = SimpleUploadedFile(name, content)
    run = services.upload(dataset=dataset, file=file, user=stage.staff["admin"], now=at)
    head = naming.head_of(run)
    if head is not None:
        # As whoever looks at the columns and finds all of them guessed.
        said, by = naming.meanings_of(run, head), Actor.user(stage.staff["admin"])
        run = naming.choose(run_id=run.id, meanings=said, fixed={}, actor=by, now=at)
    if run.job_id:
        Job.objects.filter(id=run.job_id).update(created_at=at)
    return run


def _later_report(stage: Stage) -> bytes:
    """Return a report that nobody has applied yet: two more orders of today."""
    books = Books(stage)
    for listing in [one for one in stage.listings if one.marketplace == "amazon"][:2]:
        books.sell(stage.people[0], listing, stage.now - timedelta(hours=9))
    return books.amazon_report()
