"""Taking imported members back: those whom nobody has touched since are forgotten, the others stay.

A member is never deleted: the journal holds that they joined, and numbers stay true. Forgetting blanks the row; the same
person can then be brought in anew.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.imports.member_rows import blank
from customers.models import Customer
from tenancy.actors import Actor
from tenancy.imports.contract import Became, Line
from tenancy.scope import current_merchant_id
from triggers.states import Occasion

# What somebody can have done, the first that is found; a member is looked up in each by an index of its own.
WORDS = {
    "entry": gettext_lazy("The member has points, offers or rewards, or had some."),
    "link": gettext_lazy("The member has asked for a link to sign in."),
    "session": gettext_lazy("The member has signed in."),
    "message": gettext_lazy("The member was written to."),
    "adjustment": gettext_lazy("Points of the member wait for approval."),
    "claim": gettext_lazy("The member has a claim."),
}
ACTIVE = """
SELECT one.id, one.what FROM (
    SELECT m.id, CASE
        WHEN EXISTS (SELECT FROM ledger.entries AS t WHERE t.merchant_id = %(merchant)s AND t.customer_id = m.id
            AND t.event <> %(joined)s) THEN 'entry'
        WHEN EXISTS (SELECT FROM claims_center_claim AS t WHERE t.merchant_id = %(merchant)s AND t.customer_id = m.id)
            THEN 'claim'
        WHEN EXISTS (SELECT FROM loyalty_pointadjustment AS t WHERE t.merchant_id = %(merchant)s
            AND t.customer_id = m.id) THEN 'adjustment'
        WHEN EXISTS (SELECT FROM messaging_message AS t WHERE t.merchant_id = %(merchant)s AND t.customer_id = m.id)
            THEN 'message'
        WHEN EXISTS (SELECT FROM cockpit_signinlink AS t WHERE t.merchant_id = %(merchant)s AND t.customer_id = m.id)
            THEN 'link'
        WHEN EXISTS (SELECT FROM cockpit_clientsession AS t WHERE t.merchant_id = %(merchant)s
            AND t.customer_id = m.id) THEN 'session'
    END AS what FROM unnest(%(ids)s::uuid[]) AS m (id)
) AS one WHERE one.what IS NOT NULL
"""


def refusals(lines: Sequence[Line], *, now: datetime) -> dict[uuid.UUID, str]:
    """Return the members who stay, and why: whoever was known before, or has been changed or done anything since."""
    return _judged(lines, _rows(lines))


def take_back(lines: Sequence[Line], *, actor: Actor, now: datetime, reason: str) -> dict[uuid.UUID, str]:
    """Forget the members whom nobody has touched since; return the others, and why they stay.

    1. Locks them by id: what comes in at the same moment waits, or is seen.
    2. Blanks whom nothing refers to but the note that they joined. What was done is audited for the import as a whole.
    """
    rows = _rows(lines, lock=True)
    stay = _judged(lines, rows)
    blank(customers=[row for row in rows.values() if row.id not in stay], now=now)
    return stay


def _rows(lines: Sequence[Line], *, lock: bool = False) -> dict[uuid.UUID, Customer]:
    rows: Any = Customer.objects.filter(id__in=[line.document for line in lines]).order_by("id")
    rows = rows.only("merchant", "erased_at", "change_xid")
    # Whoever writes a row that refers to a customer asks for this lock, too; so nothing new can appear.
    return {row.id: row for row in (rows.select_for_update() if lock else rows)}


def _judged(lines: Sequence[Line], rows: dict[uuid.UUID, Customer]) -> dict[uuid.UUID, str]:
    ids = [line.document for line in lines if line.became == Became.ADDED]
    active = _active(ids)
    found: dict[uuid.UUID, str] = {}
    for line in lines:
        row = rows.get(line.document)
        if line.became != Became.ADDED:
            found[line.document] = _("The member was known before this file, and what the file replaced is not kept.")
        elif row is None or row.erased_at is not None:
            found[line.document] = _("The member is not there any more.")
        elif line.document in active:
            found[line.document] = active[line.document]
        elif row.change_xid != line.mark:
            found[line.document] = _("The member was changed since.")
    return found


def _active(ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return who has done anything since, and what; one query."""
    values: dict[str, Any] = {"merchant": current_merchant_id(), "joined": Occasion.ENROLLED.value, "ids": ids}
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE, values)
        return {customer: str(WORDS[what]) for customer, what in cursor.fetchall()}
