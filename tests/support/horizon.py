"""How far a journal may be read, as a test wants it: by the transactions of its own database alone.

The server's horizon minds every database, and so the open transactions of tests that other workers run at the moment.
"""

import pytest

OWN = """
(SELECT coalesce(min(backend_xid::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
FROM pg_stat_activity WHERE datname = current_database())
"""


@pytest.fixture
def own_horizon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let triggers and exports read up to the oldest open transaction of this test's own database."""
    monkeypatch.setattr("ledger.feed.HORIZON", f"({OWN})::text::xid8")
    monkeypatch.setattr(
        "exports.snapshot.BOUNDS", f"SELECT {OWN}, pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    )
