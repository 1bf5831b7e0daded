"""The journal in the order of its writing, for those who tell others of it: nothing twice, nothing left out.

Entries are read by the number of the transaction that wrote them (`change_xid`), and only below the number of the
oldest one that is still open: what is read then is all that can ever appear there.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tenancy.scope import current_merchant_id

NOBODY = uuid.UUID(int=0)
HORIZON = "pg_snapshot_xmin(pg_current_snapshot())"
READ = """
WITH high AS MATERIALIZED (SELECT {horizon} AS xid, GREATEST(pg_snapshot_xmax(pg_current_snapshot()), {horizon}) AS newest)
SELECT high.xid::text::bigint, high.newest::text::bigint, e.id, e.event, e.origin_id, e.occurred_at, e.recorded_at, e.change_xid::text::bigint
FROM high LEFT JOIN LATERAL (
    SELECT * FROM ledger.entries
    WHERE merchant_id = %(merchant)s AND (change_xid, id) > (%(xid)s::text::xid8, %(entry)s)
        AND change_xid < high.xid AND (%(events)s::text[] IS NULL OR event = ANY (%(events)s::text[]))
    ORDER BY change_xid, id LIMIT %(limit)s) AS e ON true
"""


class Written(NamedTuple):
    """One entry: what happened to which document, when, when it was written down, and by which transaction."""

    id: uuid.UUID
    event: str
    origin_id: uuid.UUID
    occurred_at: datetime
    recorded_at: datetime
    xid: int


class Page(NamedTuple):
    """Entries in the order of their writing, the number below which every transaction is over, and the end of all."""

    entries: list[Written]
    horizon: int
    newest: int


def written_after(*, xid: int, entry_id: uuid.UUID | None, events: Iterable[str] | None, limit: int) -> Page:
    """Return the merchant's next entries of these events (of all, for None) behind a place in the order of writing.

    The place is that of an entry (its transaction's number and its id), or, without an id, the beginning of a
    transaction. One query in the merchant's scope. A transaction that stays open, any database's of this server,
    holds the horizon back: what came later waits for it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            READ.format(horizon=HORIZON),
            {
                "merchant": current_merchant_id(),
                "xid": xid,
                "entry": entry_id or NOBODY,
                "events": None if events is None else list(events),
                "limit": limit,
            },
        )
        rows = cursor.fetchall()
    return Page([Written(*row[2:]) for row in rows if row[2] is not None], rows[0][0], rows[0][1])
