"""How far a journal may be read, in tests: by the transactions of their own database alone.

The server's horizon minds every database, and so the open transactions of tests that other workers run at the moment:
what a test has just written would go to the next run, as it should, but not on every day. Everything holds the horizon
back but what is known to belong to another database.
"""

from collections.abc import Iterator

import pytest

OWN = """
LEAST(
    pg_current_xact_id_if_assigned(),
    (SELECT min(one) FROM pg_snapshot_xip(pg_current_snapshot()) AS one WHERE one::xid NOT IN (
        SELECT backend_xid FROM pg_stat_activity WHERE datname <> current_database() AND backend_xid IS NOT NULL
    )),
    pg_snapshot_xmax(pg_current_snapshot())
)
"""


@pytest.fixture(autouse=True, scope="session")
def own_horizon() -> Iterator[None]:
    """Let triggers and exports read up to the oldest open transaction of this worker's own database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.feed.HORIZON", OWN)
        patch.setattr(
            "exports.snapshot.BOUNDS",
            f"SELECT {OWN}::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
        )
        yield
