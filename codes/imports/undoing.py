"""Taking imported codes back: those that nobody ever had go from their pool, so that they can be brought in anew."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from codes.models import Code
from codes.states import CodeState
from tenancy.actors import Actor
from tenancy.imports.contract import Line
from tenancy.models import AuditEvent
from tenancy.scope import current_merchant_id

# Whatever refers to a code keeps it, and the database says so.
REMOVE = "DELETE FROM codes_code WHERE merchant_id = %s AND id = ANY (%s::uuid[]) AND state = 'free'"
# After these somebody has seen the code, or had it.
SEEN = ("code.revealed", "code.put_back")


def refusals(lines: Sequence[Line], *, now: datetime) -> dict[uuid.UUID, str]:
    """Return the codes that stay, and why."""
    return _judged(lines, _rows(lines))


def take_back(lines: Sequence[Line], *, actor: Actor, now: datetime, reason: str) -> dict[uuid.UUID, str]:
    """Take free codes out of their pools; return the others, and why they stay.

    Locks them by id: whoever takes a code at this moment steps around it, or has it already and is seen.
    """
    rows = _rows(lines, lock=True)
    stay = _judged(lines, rows)
    going = [row_id for row_id in rows if row_id not in stay]
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [current_merchant_id(), going])
    return stay


def _rows(lines: Sequence[Line], *, lock: bool = False) -> dict[uuid.UUID, Code]:
    rows: Any = Code.objects.filter(id__in=[line.document for line in lines]).order_by("id")
    return {row.id: row for row in (rows.select_for_update() if lock else rows)}


def _judged(lines: Sequence[Line], rows: dict[uuid.UUID, Code]) -> dict[uuid.UUID, str]:
    events = AuditEvent.objects.filter(target_type="code", target_id__in=list(rows), action__in=SEEN)
    seen = set(events.values_list("target_id", flat=True))
    found: dict[uuid.UUID, str] = {}
    for line in lines:
        row = rows.get(line.document)
        if row is None:
            found[line.document] = _("It is no longer there.")
        elif row.state == CodeState.TAKEN:
            found[line.document] = _("The code was given to somebody.")
        elif row.state == CodeState.BURNT:
            found[line.document] = _("The code was burnt.")
        elif row.id in seen:
            found[line.document] = _("Somebody has seen the code.")
    return found
