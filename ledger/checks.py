"""Prove a merchant's books: everything adds up, and could have come about in the order in which it was written."""

import contextlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from ledger import sums
from ledger.findings import Finding, Report
from ledger.models import LedgerCheck
from ledger.replay import replay
from tenancy.ids import new_id
from tenancy.scope import merchant_scope


def run(merchant_id: uuid.UUID) -> Report:
    """Check one merchant's books, the document rooms' own checks included, and return what was found.

    Opens the merchant's scope itself. Called outside a transaction, all of it reads one and the same snapshot, so
    that work going on meanwhile does not look like an error.
    """
    outermost = not connection.in_atomic_block
    checked_at = timezone.now()
    with merchant_scope(merchant_id):
        if outermost:
            _read_one_snapshot()
        with _whole_tables():
            counts = sums.counts()
            findings = [finding for check in sums.CHECKS for finding in sums.find(check)]
            findings += replay()
        findings += [finding for check in _checks_of_rooms() for finding in check(merchant_id)]
    return Report(merchant_id, checked_at, findings, counts)


def run_and_keep(merchant_id: uuid.UUID) -> Report:
    """Check one merchant's books and keep the result for `last`."""
    report = run(merchant_id)
    values = {
        "checked_at": report.checked_at,
        "ok": report.ok,
        "findings": [asdict(finding) for finding in report.findings],
        "counts": report.counts,
    }
    with merchant_scope(merchant_id):
        if not LedgerCheck.objects.update(**values):
            LedgerCheck.objects.bulk_create([LedgerCheck(id=new_id(), **values)], ignore_conflicts=True)
    return report


def last() -> LedgerCheck | None:
    """Return the last result that was kept for the merchant in scope."""
    found: LedgerCheck | None = LedgerCheck.objects.first()
    return found


def _read_one_snapshot() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = '30min'")


@contextlib.contextmanager
def _whole_tables() -> Iterator[None]:
    # Everything of a merchant is compared with everything: never row by row, whatever the planner expects to find.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


def _checks_of_rooms() -> list[Callable[[uuid.UUID], list[Finding]]]:
    where = getattr(settings, "LEDGER_CHECKS", "")
    return [import_string(path) for path in (import_string(where) if where else ())]
