"""The results of a bulk act as a file, written while it is sent, some thousand rows in memory at a time."""

import csv
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from jobs.bulk.kit import Kit
from jobs.bulk.outcomes import DONE
from tenancy.scope import merchant_scope

PORTION = 2_000
# A sheet would take a cell that begins like this for a formula: a sign, full-width ones too, behind what readers pass
# over; or a control character.
FORMULA = re.compile(r"[ \u00a0\u200b\u3000\ufeff]*[=+@%|\uff1d\uff0b\uff0d\uff20\-\x00-\x1f\x7f]")


class Line:
    """A file that hands back what is written to it, for `csv`."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def lines(*, kit: Kit, merchant_id: uuid.UUID, bulk: Any, language: str, zone: Any) -> Iterator[str]:
    """Yield the file's lines, the header first; opens the merchant's scope for each portion by itself.

    The words are in `language`, times in `zone`: who iterates is outside the request by then.
    """
    writer = csv.writer(Line())
    with translation.override(language):
        head = [*(str(label) for label, _lookup in kit.columns()), _("Result"), _("Reason")]
        yield "\ufeff" + writer.writerow(head)
    position = 0
    while True:
        with merchant_scope(merchant_id), translation.override(language), timezone.override(zone):
            rows = list(_rows(kit, bulk, position))
            text = "".join(writer.writerow([safe(cell) for cell in _cells(kit, bulk, row)]) for row in rows)
        if not rows:
            return
        position = rows[-1]["position"]
        yield text


def safe(value: Any) -> str:
    """Return a cell's text, led by an apostrophe where a sheet would take it for a formula."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).isoformat(sep=" ", timespec="minutes")
    text = "" if value is None else str(value)
    return f"'{text}" if FORMULA.match(text) else text


def _rows(kit: Kit, bulk: Any, position: int) -> Any:
    rows = kit.row_model.objects.filter(bulk_id=bulk.id, position__gt=position).order_by("position")
    return rows.values("position", "outcome", "reason", *(lookup for _label, lookup in kit.columns()))[:PORTION]


def _cells(kit: Kit, bulk: Any, row: dict[str, Any]) -> list[Any]:
    is_done = row["outcome"] == DONE
    reason = "" if is_done else row["reason"] or kit.words_of(bulk.act, row["outcome"])
    known = [row[lookup] for _label, lookup in kit.columns()]
    return [*known, _("Done") if is_done else _("Skipped"), reason]
