"""How far a journal may be read, in tests: by the transactions of their own database alone.

The server's horizon minds every database, and so the open transactions of tests that other workers run at the moment:
what a test has just written would go to the next run, as it should, but not on every day. Everything holds the horizon
back but what is known to belong to another database.

What is open elsewhere is asked before the snapshot is taken. Whoever asks later finds a transaction gone that the
snapshot still has open, and takes it for one of its own; whoever begins after the question has a number above all that
is committed by then, and holds back nothing of it.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import connection

from exports import snapshot
from tests.support import database

ELSEWHERE = """
SELECT coalesce(array_agg(backend_xid), '{}')::text FROM pg_stat_activity
WHERE datname <> current_database() AND backend_xid IS NOT NULL
"""
OWN = """
LEAST(
    pg_current_xact_id_if_assigned(),
    (SELECT min(one) FROM pg_snapshot_xip(pg_current_snapshot()) AS one WHERE one::xid <> ALL (({elsewhere})::xid[])),
    pg_snapshot_xmax(pg_current_snapshot())
)
"""
# Where a view of the data keeps what was open elsewhere when it was about to begin.
KEPT = "tests.elsewhere"
BOUNDS = f"SELECT {OWN}::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint".format(
    elsewhere=f"coalesce(nullif(current_setting('{KEPT}', true), ''), '{{}}')"
)


def open_elsewhere() -> str:
    """Return the numbers of the transactions that are open in other databases, as an array."""
    here = connection.settings_dict
    if str(here["PORT"]) != str(urlsplit(os.environ["TEST_SUPERUSER_URL"]).port):
        # A server of the test's own.
        return "{}"
    row = database.sweeper(here["NAME"]).execute(ELSEWHERE).fetchone()
    assert row is not None
    return str(row[0])


class OwnHorizon:
    """The horizon of this worker's own database, asked for where a statement is put together."""

    def __format__(self, _spec: str) -> str:
        """Return it as SQL for a statement that is sent next."""
        return OWN.format(elsewhere=f"'{open_elsewhere()}'")


@contextmanager
def one_view(merchant_id: uuid.UUID) -> Iterator[None]:
    """Open the product's unchanging view of the data, and let it know what was open elsewhere before it."""
    elsewhere = open_elsewhere()
    with snapshot.one_view(merchant_id):
        connection.connection.execute(f"SET LOCAL {KEPT} = '{elsewhere}'")
        yield


@pytest.fixture(autouse=True, scope="session")
def own_horizon() -> Iterator[None]:
    """Let triggers, webhooks and exports read up to the oldest open transaction of this worker's own database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.feed.HORIZON", OwnHorizon())
        patch.setattr("exports.snapshot.BOUNDS", BOUNDS)
        patch.setattr("exports.runner.one_view", one_view)
        yield
