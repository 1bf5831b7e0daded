"""One view of the data for a whole file, and which rows have changed since an earlier one.

Every document keeps the number of the transaction that wrote it last. A reader takes what is below the oldest
transaction that is still running: what is written from there on may not be visible yet, and belongs to the next run.
So nothing is missed and nothing is sent twice, whatever the clocks say.
"""

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q

from tenancy.scope import merchant_scope

# Longer than this nobody reads: the worker's own limit ends first.
LONGEST_MS = 600_000
BOUNDS = """
SELECT pg_snapshot_xmin(one)::text::bigint, pg_snapshot_xmax(one)::text::bigint FROM pg_current_snapshot() AS one
"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Transactions from `since` until before `upto`; `ahead` is the first number that nobody had when we looked."""

    since: int
    upto: int
    ahead: int

    def condition(self, column: str) -> Q:
        """Return the condition on a row's transaction number.

        A number from `ahead` on was given by a server from whose dump this one was restored. Such a row has not been
        written since, so it belongs to what begins anew, and to no later run.
        """
        between = Q(**{f"{column}__gte": self.since, f"{column}__lt": self.upto})
        return between if self.since else between | Q(**{f"{column}__gte": self.ahead})


@contextlib.contextmanager
def one_view(merchant_id: uuid.UUID) -> Iterator[None]:
    """Open the merchant's scope on one unchanging view of the data, to read only and for as long as a file takes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(f"SET LOCAL statement_timeout = {LONGEST_MS}")
        with merchant_scope(merchant_id):
            yield


def bounds(since: int) -> Bounds:
    """Return the bounds of this view, from where the last run ended."""
    with connection.cursor() as cursor:
        cursor.execute(BOUNDS)
        upto, ahead = cursor.fetchone()
    # A number that this server has not reached yet is another's (see also `running.begin`): begin anew.
    return Bounds(0 if since > upto else since, upto, ahead)
