"""The importer of orders; see `claims_center.imports.contract`."""

import uuid
import zoneinfo
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims_center.imports.contract import SAMPLE, FileRefused, Outcome, Preview, Progress, SampleRow
from claims_center.imports.reading import ReadFile, read_orders
from claims_center.imports.rows import ReadOrder
from claims_center.imports.store import Known, known_orders, store
from claims_center.models import OrderStatus
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.models import Merchant
from tenancy.scope import current_merchant_id, merchant_scope

PORTION = 500


def preview(path: Path, *, now: datetime) -> Preview:
    """Return what importing this file would do; changes nothing. Runs in the merchant's scope.

    A refused file is answered with its problems, not raised.
    """
    try:
        found = _read(path, current_merchant_id(), now=now)
    except FileRefused as refused:
        return Preview(refused=refused.refused, problems=refused.problems)
    added = changed = 0
    sample: list[SampleRow] = []
    for portion in _portions(found):
        stored = known_orders(portion)
        for order in portion:
            known = stored.get(order.key)
            if known is not None and not known.differs(order):
                continue
            added, changed = (added + 1, changed) if known is None else (added, changed + 1)
            if len(sample) < SAMPLE:
                sample.append(_sample(order, known))
    skipped = len(found.orders) + found.left_out - added - changed
    return Preview(found.format_name, added, changed, skipped, sample=sample, notes=_notes(found))


def apply(
    path: Path, *, merchant_id: uuid.UUID, actor: Actor, now: datetime, progress: Progress | None = None
) -> Outcome:
    """Import a file of orders: every order of it, or, for a file with a single bad line, nothing.

    Writes portions of 500 orders, each in a transaction of its own unless the caller has one open; each portion puts
    down the job that checks claims again. The same file again changes nothing. Leaves one audit event where anything
    changed. Raises FileRefused.
    """
    found = _read(path, merchant_id, now=now)
    added = changed = done = 0
    for portion in _portions(found):
        with merchant_scope(merchant_id):
            more, other = store(portion, now=now)
        added, changed, done = added + more, changed + other, done + len(portion)
        if progress is not None:
            progress(done, len(found.orders))
    if added or changed:
        with merchant_scope(merchant_id):
            audit(
                action="orders.imported",
                actor=actor,
                target=("merchant", merchant_id),
                after={"format": found.format_name, "added": added, "changed": changed},
            )
    return Outcome(added, changed, len(found.orders) + found.left_out - added - changed)


def _read(path: Path, merchant_id: uuid.UUID, *, now: datetime) -> ReadFile:
    zone = zoneinfo.ZoneInfo(Merchant.objects.values_list("time_zone", flat=True).get(id=merchant_id))
    return read_orders(path, now=now, zone=zone)


def _portions(found: ReadFile) -> Iterator[list[ReadOrder]]:
    orders = list(found.orders.values())
    for start in range(0, len(orders), PORTION):
        yield orders[start : start + PORTION]


def _sample(order: ReadOrder, known: Known | None) -> SampleRow:
    status = str(OrderStatus(order.status).label)
    if known is not None and known.status != order.status:
        status = f"{OrderStatus(known.status).label} → {status}"
    facts = {
        str(_("Ordered")): f"{order.ordered_at:%Y-%m-%d}",
        str(_("Products")): ", ".join(item.title or item.sku or item.listing_id for item in order.items.values())[:200],
        str(_("Status")): status,
    }
    return SampleRow("added" if known is None else "changed", order.number, facts)


def _notes(found: ReadFile) -> list[str]:
    if not found.left_out:
        return []
    text = ngettext(
        "%(count)s row is left out: it was not sold on Amazon.",
        "%(count)s rows are left out: they were not sold on Amazon.",
        found.left_out,
    )
    return [text % {"count": found.left_out}]
