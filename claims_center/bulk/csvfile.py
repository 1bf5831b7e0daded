"""The results of a bulk act as a file, written while it is sent, some thousand rows in memory at a time."""

import csv
import uuid
from collections.abc import Iterator
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from claims_center.bulk.acts import ACTS
from claims_center.bulk.outcomes import DONE
from claims_center.models import BulkAct, BulkRow
from claims_center.states import Status
from jobs.bulk.csvfile import Line, safe
from tenancy.scope import merchant_scope

PORTION = 2_000
COLUMNS = (
    "claim__customer_name",
    "claim__customer_email",
    "claim__order_number",
    "claim__product_title",
    "claim__submitted_at",
    "claim__status",
)


def lines(*, merchant_id: uuid.UUID, bulk: BulkAct, language: str, zone: Any) -> Iterator[str]:
    """Yield the file's lines, the header first; opens the merchant's scope for each portion by itself.

    The words are in `language`, times in `zone`: who iterates is outside the request by then.
    """
    writer = csv.writer(Line())
    with translation.override(language):
        yield "\ufeff" + writer.writerow([str(word) for word in _head()])
    position = 0
    while True:
        with merchant_scope(merchant_id), translation.override(language), timezone.override(zone):
            rows = list(_rows(bulk, position))
            text = "".join(writer.writerow([safe(cell) for cell in _cells(bulk, row)]) for row in rows)
        if not rows:
            return
        position = rows[-1]["position"]
        yield text


def _head() -> list[Any]:
    return [
        _("Claim"),
        _("Customer"),
        _("E-mail"),
        _("Order number"),
        _("Product"),
        _("Submitted"),
        _("Status now"),
        _("Result"),
        _("Reason"),
    ]


def _rows(bulk: BulkAct, position: int) -> Any:
    rows = BulkRow.objects.filter(bulk_id=bulk.id, position__gt=position).order_by("position")
    return rows.values("position", "claim_id", "outcome", "reason", *COLUMNS)[:PORTION]


def _cells(bulk: BulkAct, row: dict[str, Any]) -> list[Any]:
    name, email, number, product, at, status = (row[column] for column in COLUMNS)
    is_done = row["outcome"] == DONE
    reason = "" if is_done else row["reason"] or ACTS[bulk.act].words(row["outcome"])
    when = timezone.localtime(at).isoformat(sep=" ", timespec="minutes")
    result = _("Done") if is_done else _("Skipped")
    return [row["claim_id"], name, email, number, product, when, Status(status).label, result, reason]
