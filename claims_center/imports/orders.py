"""The importer of orders; see `tenancy.imports.contract`."""

import uuid
import zoneinfo
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from claims_center.imports import undoing
from claims_center.imports.plain import COLUMNS, FIELDS
from claims_center.imports.reading import ReadFile, head, read_orders
from claims_center.imports.rows import ReadOrder
from claims_center.imports.store import Known, Source, known_orders, store, whole_orders
from claims_center.models import Order, OrderStatus
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.imports.contract import (
    SAMPLE,
    Became,
    FileRefused,
    Named,
    Note,
    Outcome,
    Preview,
    Progress,
    Result,
    SampleRow,
)
from tenancy.imports.naming import Naming
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

PORTION = 500


__all__ = ["COLUMNS", "FIELDS", "UNDO", "apply", "head", "named", "preview"]

UNDO = undoing


def preview(
    path: Path,
    *,
    merchant_id: uuid.UUID,
    now: datetime,
    progress: Progress | None = None,
    naming: Naming | None = None,
) -> Preview:
    """Return what importing this file would do; changes nothing.

    Reads the file outside every transaction (unless the caller has one open), then looks portion by portion. A
    refused file is answered with its problems, not raised.
    """
    try:
        found = _read(path, merchant_id, progress, naming, now=now)
    except FileRefused as refused:
        return Preview(refused=refused.refused, problems=refused.problems)
    with closing(found):
        return _compared(found, merchant_id, progress)


def _compared(found: ReadFile, merchant_id: uuid.UUID, progress: Progress | None) -> Preview:
    added = changed = done = 0
    zone = _zone(merchant_id)
    sample: list[SampleRow] = []
    for portion in found.portions(PORTION):
        with merchant_scope(merchant_id):
            stored = known_orders(portion)
            whole = whole_orders(portion, stored)
        for order in whole.values():
            known = stored.get(order.key)
            if known is not None and not known.differs(order):
                continue
            added, changed = (added + 1, changed) if known is None else (added, changed + 1)
            if len(sample) < SAMPLE:
                sample.append(_sample(order, known, zone))
        done += len(portion)
        _tell(progress, done, found.count)
    skipped = found.count + found.left_out - added - changed
    return Preview(found.format_name, added, changed, skipped, sample=sample, notes=found.notes)


def apply(
    path: Path,
    *,
    merchant_id: uuid.UUID,
    actor: Actor,
    now: datetime,
    progress: Progress | None = None,
    origin_id: uuid.UUID | None = None,
    file_name: str = "",
    naming: Naming | None = None,
    note: Note | None = None,
) -> Outcome:
    """Import a file of orders: every order of it, or, for a file with a single bad line, nothing.

    Writes portions of 500 orders, each in a transaction of its own unless the caller has one open; each portion puts
    down the job that checks claims again. The same file again changes nothing. Leaves one audit event where anything
    changed. ``origin_id`` and ``file_name`` name the import run, for the orders' pages. ``note`` is told of each order
    at its first line, and of lines that are no orders. Raises FileRefused.
    """
    source = Source(actor=actor, file_name=file_name or path.name, origin_id=origin_id)
    with closing(_read(path, merchant_id, progress, naming, now=now)) as found:
        outcome = _write(found, merchant_id, replace(source, format_name=found.format_name), progress, note, now=now)
    if outcome.added or outcome.changed:
        after = {"format": found.format_name, "added": outcome.added, "changed": outcome.changed}
        with merchant_scope(merchant_id):
            audit(action="orders.imported", actor=actor, target=("merchant", merchant_id), after=after)
    return outcome


def named(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Named]:
    """Return the numbers of orders, and their pages."""
    rows = Order.objects.filter(id__in=ids).values_list("id", "number")
    return {row_id: Named(number, "claims:order", (row_id,)) for row_id, number in rows}


def titles() -> QuerySet[Any]:
    """Return the same numbers by query."""
    found: QuerySet[Any] = Order.objects.values(title=F("number"))
    return found


def _write(
    found: ReadFile,
    merchant_id: uuid.UUID,
    source: Source,
    progress: Progress | None,
    note: Note | None,
    *,
    now: datetime,
) -> Outcome:
    added = changed = done = 0
    if note is not None and found.left_out:
        reason = found.left_out_because
        with merchant_scope(merchant_id):
            note([Result(line, Became.SKIPPED, reason=reason) for line in found.lines_left_out])
    for portion in found.portions(PORTION):
        with merchant_scope(merchant_id):
            stored = store(portion, source=source, now=now)
            if note is not None:
                note(stored.results)
        added, changed, done = added + stored.added, changed + stored.changed, done + len(portion)
        _tell(progress, done, found.count)
    return Outcome(added, changed, found.count + found.left_out - added - changed)


def _read(
    path: Path, merchant_id: uuid.UUID, progress: Progress | None, naming: Naming | None, *, now: datetime
) -> ReadFile:
    seen: Callable[[int], None] | None = None if progress is None else lambda rows: progress(0, rows)
    return read_orders(path, now=now, zone=_zone(merchant_id), seen=seen, naming=naming)


def _zone(merchant_id: uuid.UUID) -> tzinfo:
    return zoneinfo.ZoneInfo(Merchant.objects.values_list("time_zone", flat=True).get(id=merchant_id))


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)


def _sample(order: ReadOrder, known: Known | None, zone: tzinfo) -> SampleRow:
    status = str(OrderStatus(order.status).label)
    if known is not None and known.status != order.status:
        status = f"{OrderStatus(known.status).label} → {status}"
    facts = {
        str(_("Ordered")): f"{order.ordered_at.astimezone(zone):%Y-%m-%d}" if order.ordered_at else "",
        str(_("Products")): ", ".join(item.title or item.sku or item.listing_id for item in order.items.values())[:200],
        str(_("Status")): status,
    }
    return SampleRow("added" if known is None else "changed", order.number, facts)
