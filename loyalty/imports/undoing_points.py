"""Taking imported points back: each adjustment whose own lot is whole; what was spent stays with who spent it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from loyalty.models import PointAdjustment
from loyalty.services import point_files
from tenancy.actors import Actor
from tenancy.imports.contract import Line


def refusals(lines: Sequence[Line], *, now: datetime) -> dict[uuid.UUID, str]:
    """Return the adjustments that stay, and why."""
    return _judged(lines, _rows(lines), now)


def take_back(lines: Sequence[Line], *, actor: Actor, now: datetime, reason: str) -> dict[uuid.UUID, str]:
    """Take back what nobody has spent; return the others, and why they stay.

    1. Locks the adjustments by id, as whoever approves one does. 2. Reverses their entries, each on its own lot: the
    ledger looks at the lots once more behind its own lock, and refuses all of them (NotReversible) where one was
    spent in between. Nothing is ever taken from another lot.
    """
    rows = _rows(lines, lock=True)
    stay = _judged(lines, rows, now)
    point_files.undo(
        adjustments=[row for row in rows.values() if row.id not in stay], actor=actor, now=now, reason=reason
    )
    return stay


def _rows(lines: Sequence[Line], *, lock: bool = False) -> dict[uuid.UUID, PointAdjustment]:
    rows: Any = PointAdjustment.objects.filter(id__in=[line.document for line in lines]).order_by("id")
    return {row.id: row for row in (rows.select_for_update(no_key=True) if lock else rows)}


def _judged(lines: Sequence[Line], rows: dict[uuid.UUID, PointAdjustment], now: datetime) -> dict[uuid.UUID, str]:
    gone = {line.document: _("It is no longer there.") for line in lines if line.document not in rows}
    return gone | point_files.kept(adjustments=rows, now=now)
