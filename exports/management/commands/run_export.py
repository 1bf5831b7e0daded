"""Run an export now, in this process."""

import shutil
import sys
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from exports import running, store
from exports.export_states import Cause, ExportState
from exports.models import Export, ExportRun
from jobs.runner import run_one
from tenancy.models import Merchant
from tenancy.scope import merchant_scope


class Command(BaseCommand):
    """`run_export --merchant SLUG EXPORT [--to FILE]`: EXPORT is a definition's name or id, FILE may be `-`.

    Prints the number of rows and the SHA-256; ends with 1 and the reason where the run fails. It runs in its owner's
    name, as ever.
    """

    help = "Run an export now and wait for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--merchant", required=True, metavar="SLUG")
        parser.add_argument("--to", metavar="FILE", default="", help="Copy the file there; - for standard output.")
        parser.add_argument("export", metavar="EXPORT", help="The name or the id of a definition.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it, say what came of it, copy the file where that was asked for."""
        merchant = Merchant.objects.filter(slug=options["merchant"]).first()
        if merchant is None:
            raise CommandError(f"There is no merchant “{options['merchant']}”.")
        with merchant_scope(merchant):
            export = _found(options["export"])
            run = running.ask(export_id=export.id, cause=Cause.COMMAND, user=None, now=timezone.now())
        if run.job_id is not None:
            run_one(merchant.id, run.job_id)
        with merchant_scope(merchant):
            run = ExportRun.objects.get(id=run.id)
        if run.state != ExportState.DONE:
            raise CommandError(run.error or f"The run is {run.state}: a worker goes on with it.")
        self.stderr.write(f"{run.rows} rows, {run.size} bytes, sha256 {run.sha256}, {run.file_name}")
        if options["to"]:
            _copy(run, options["to"])


def _found(asked: str) -> Export:
    try:
        wanted = Q(id=uuid.UUID(asked))
    except ValueError:
        wanted = Q(name=asked)
    found = list(Export.objects.filter(wanted, archived_at__isnull=True)[:2])
    if len(found) != 1:
        raise CommandError(f"There is no export “{asked}”." if not found else f"Several exports are called “{asked}”.")
    return found[0]


def _copy(run: ExportRun, target: str) -> None:
    with store.path_of(run.merchant_id, run.id).open("rb") as file:
        if target == "-":
            shutil.copyfileobj(file, sys.stdout.buffer)
            return
        with open(target, "wb") as copy:  # noqa: PTH123 - as the person named it
            shutil.copyfileobj(file, copy)
