"""Taking imported purchases back, with the points that they earned, as far as those are all there.

A purchase stays in the books as one of which everything was returned; its reference is not free again.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from loyalty.models import Purchase
from loyalty.services import purchase_files
from tenancy.actors import Actor
from tenancy.imports.contract import Line


def refusals(lines: Sequence[Line], *, now: datetime) -> dict[uuid.UUID, str]:
    """Return the purchases that stay, and why."""
    return _judged(lines, _rows(lines), now)


def take_back(lines: Sequence[Line], *, actor: Actor, now: datetime, reason: str) -> dict[uuid.UUID, str]:
    """Take back the purchases of whose points nobody has spent any; return the others, and why they stay.

    1. Locks the purchases by id, as whoever records a return does. 2. Reverses their entries, each on its own lot: the
    ledger looks at the lots once more behind its own lock, and refuses all of them (NotReversible) where one was
    spent in between.
    """
    rows = _rows(lines, lock=True)
    stay = _judged(lines, rows, now)
    going = [row for row in rows.values() if row.id not in stay]
    purchase_files.undo(purchases=going, actor=actor, now=now, reason=reason)
    return stay


def _rows(lines: Sequence[Line], *, lock: bool = False) -> dict[uuid.UUID, Purchase]:
    rows: Any = Purchase.objects.filter(id__in=[line.document for line in lines]).order_by("id")
    return {row.id: row for row in (rows.select_for_update(no_key=True) if lock else rows)}


def _judged(lines: Sequence[Line], rows: dict[uuid.UUID, Purchase], now: datetime) -> dict[uuid.UUID, str]:
    gone = {line.document: _("It is no longer there.") for line in lines if line.document not in rows}
    return gone | purchase_files.kept(purchases=rows, now=now)
