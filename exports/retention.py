"""Removing files when their time is over; what became of them stays in the runs."""

import uuid
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from exports import files, store
from exports.models import ExportRun, ImportRow, ImportRun
from exports.states import RunState, UndoState
from tenancy.keeping import kept_for
from tenancy.scope import current_merchant_id

# A day longer than their links lead to them.
LONGER = timedelta(days=1)


def remove_old_files(*, now: datetime, limit: int) -> int:
    """Remove the merchant's uploads past its period, at most so many; return how many."""
    removed = 0
    for path in files.older_than(current_merchant_id(), (now - kept_for("import_days")).timestamp()):
        if removed == limit:
            break
        path.unlink(missing_ok=True)
        removed += 1
    return removed


def remove_old_lines(*, now: datetime, limit: int) -> int:
    """Remove what became of the lines of imports past the merchant's period, at most so many lines; return how many.

    From then on such an import cannot be taken back.
    """
    removed = 0
    old = ImportRun.objects.filter(has_rows=True, uploaded_at__lt=now - kept_for("import_days")).exclude(
        undo_state=UndoState.RUNNING
    )
    for run_id in list(old.exclude(state=RunState.APPLYING).values_list("id", flat=True)[:limit]):
        found = list(ImportRow.objects.filter(run_id=run_id).values_list("id", flat=True)[: limit - removed])
        ImportRow.objects.filter(id__in=found).delete()
        removed += len(found)
        if removed == limit:
            break
        ImportRun.objects.filter(id=run_id).update(has_rows=False)
    return removed


def remove_old_exports(*, now: datetime, limit: int) -> int:
    """Remove the merchant's exported files, and drafts that were left, a day past their time; return how many."""
    removed = 0
    for path in store.older_than(current_merchant_id(), (now - kept_for("export_days") - LONGER).timestamp()):
        if removed == limit:
            break
        path.unlink(missing_ok=True)
        removed += 1
    return removed


# Nobody's name stands in these.
IMPERSONAL = ("offers", "rewards", "funnels")


def forget(*, customer_id: uuid.UUID) -> int:
    """Let go of every exported file that may hold a person who is erased; return how many there were.

    After the commit the files are removed; their runs stay, and running an export again makes a file without the person.
    """
    runs = ExportRun.objects.exclude(sha256="").exclude(dataset__in=IMPERSONAL)
    found = [run for run in runs.values_list("merchant_id", "id") if store.path_of(*run).exists()]
    for merchant_id, run_id in found:
        transaction.on_commit(partial(store.forget, merchant_id=merchant_id, run_id=run_id))
    return len(found)
