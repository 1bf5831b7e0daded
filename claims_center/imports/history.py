"""Where an order came from and what later imports changed on it, for its page."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from claims_center.models import Order, OrderBatch, OrderChange, OrderStatus
from tenancy.selectors import actor_names
from ui import cells
from ui.timeline import TimelineItem

SHOWN = 50
LABELS = {
    "number": _lazy("Order number"),
    "ordered_at": _lazy("Ordered"),
    "status": _lazy("Status"),
    "status_text": _lazy("Status in the report"),
    "currency": _lazy("Currency"),
    "amount": _lazy("Amount"),
    "item_count": _lazy("Items"),
}


def history_of(order: Order, *, merchant_slug: str, may_open: bool) -> list[TimelineItem]:
    """Return the imports that brought and changed an order, the latest first; ``may_open``: with links to their runs."""
    changes = list(OrderChange.objects.filter(order_id=order.id).order_by("-at", "-id")[:SHOWN])
    ids = {change.batch for change in changes} | ({order.first_batch} if order.first_batch else set())
    batches = {batch.id: batch for batch in OrderBatch.objects.filter(id__in=ids)}
    names = actor_names({batch.actor for batch in batches.values()})

    def item(batch_id: uuid.UUID | None, at: Any, icon: str, title: str, detail: str) -> TimelineItem:
        batch = batches.get(batch_id) if batch_id else None
        source = _source(batch, merchant_slug=merchant_slug, may_open=may_open)
        text = SafeString(" · ".join(filter(None, (cells.esc(detail) if detail else "", source))))
        return TimelineItem(icon, "", title, text, at, names.get(batch.actor, _("System")) if batch else "")

    found = [item(one.batch, one.at, "pencil", _("Changed"), _in_words(one.changes)) for one in changes]
    return [*found, item(order.first_batch, order.imported_at, "upload", _("Imported"), "")]


def _source(batch: OrderBatch | None, *, merchant_slug: str, may_open: bool) -> str:
    if batch is None:
        return ""
    name = " · ".join(filter(None, (batch.file_name, batch.format_name)))
    if batch.origin_id is None or not may_open:
        return cells.esc(name)
    return cells.link(reverse("exports:import", args=[merchant_slug, batch.origin_id]), name)


def _in_words(changes: Mapping[str, Any]) -> str:
    found = [
        f"{LABELS[name]}: {_said(name, pair[0])} → {_said(name, pair[1])}"
        for name, pair in changes.items()
        if name in LABELS
    ]
    if "buyer" in changes:
        found.append(_("what is known of the buyer"))
    if "items" in changes:
        found.append(_("the items"))
    return ", ".join(found)


def _said(name: str, value: Any) -> str:
    if value in (None, ""):
        return "—"
    return str(OrderStatus(value).label) if name == "status" else str(value)
