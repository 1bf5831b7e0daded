"""The journal in the order of its writing, for those who tell others of it: nothing twice, nothing left out.

Entries are read by the number of the transaction that wrote them (`change_xid`), and only below the number of the
oldest one that is still open: what is read then is all that can ever appear there. What becomes of a reader's place on
a server that was restored from a dump: see `tenancy.places`.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from tenancy.places import SERVER, Place, Sight, Stretch
from tenancy.scope import current_merchant_id

NOBODY = uuid.UUID(int=0)
HORIZON = "pg_snapshot_xmin(pg_current_snapshot())"
LOOK = """
WITH high AS MATERIALIZED (SELECT {horizon} AS xid, GREATEST(pg_snapshot_xmax(pg_current_snapshot()), {horizon}) AS newest)
SELECT {server}, high.xid::text::bigint, high.newest::text::bigint, clock_timestamp(),
    (SELECT max(recorded_at) FROM ledger.entries
        WHERE merchant_id = %(merchant)s AND change_xid >= GREATEST(high.newest, %(xid)s::text::xid8))
FROM high
"""
# The bounds of a stretch, of entries `e`.
WITHIN = """
    AND e.change_xid < %(below)s::text::xid8
    AND e.recorded_at > %(after)s::timestamptz AND e.recorded_at <= %(until)s::timestamptz
"""
READ = f"""
SELECT e.id, e.event, e.customer_id, e.origin_id, e.occurred_at, e.recorded_at, e.change_xid::text::bigint
FROM ledger.entries AS e
WHERE e.merchant_id = %(merchant)s AND (e.change_xid, e.id) > (%(xid)s::text::xid8, %(entry)s) {WITHIN}
    AND (%(events)s::text[] IS NULL OR e.event = ANY (%(events)s::text[]))
ORDER BY e.change_xid, e.id LIMIT %(limit)s
"""  # noqa: S608 - put together from the constant above


class Written(NamedTuple):
    """One entry: what happened to which document of whom, when, when it was written down, by which transaction."""

    id: uuid.UUID
    event: str
    customer_id: uuid.UUID
    origin_id: uuid.UUID
    occurred_at: datetime
    recorded_at: datetime
    xid: int


def look(*, xid: int) -> Sight:
    """Return what the server says of itself at this moment, and of what the merchant's journal has behind `xid`.

    A transaction that stays open, any database's of this server, holds the horizon back: what came later waits for it.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOOK.format(horizon=HORIZON, server=SERVER), {"merchant": current_merchant_id(), "xid": xid})
        return Sight(*cursor.fetchone())


def stretch_of(place: Place) -> Stretch:
    """Return what a reader is to read next from its place, which notices a restored server in memory only."""
    return place.next_stretch(look(xid=getattr(place, place.NUMBER)))


def read(stretch: Stretch, *, events: Iterable[str] | None, limit: int) -> list[Written]:
    """Return the merchant's next entries of these events (of all, for None) in a stretch, in the order of writing.

    One query in the merchant's scope, without a limit of time where it begins to read a restored server's own entries:
    what the former one wrote under the same numbers is passed over then, once.
    """
    values = bounds_of(stretch) | {"events": None if events is None else list(events), "limit": limit}
    with connection.cursor() as cursor:
        if stretch.after is not None and stretch.xid == 0:
            cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(READ, values)
        return [Written(*row) for row in cursor.fetchall()]


def bounds_of(stretch: Stretch) -> dict[str, Any]:
    """Return a stretch as the values of a query that has WITHIN, or the place, in it."""
    return {
        "merchant": current_merchant_id(),
        "xid": stretch.xid,
        "entry": stretch.entry_id or NOBODY,
        "below": stretch.below,
        "after": stretch.after or "-infinity",
        "until": stretch.until or "infinity",
    }
