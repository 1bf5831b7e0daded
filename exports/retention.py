"""Removing uploaded files when their time is over; what became of them stays in the runs."""

from datetime import datetime, timedelta

from exports import files
from tenancy.scope import current_merchant_id

KEPT = timedelta(days=30)


def remove_old_files(*, now: datetime, limit: int) -> int:
    """Remove the merchant's uploads older than 30 days, at most so many; return how many."""
    removed = 0
    for path in files.older_than(current_merchant_id(), (now - KEPT).timestamp()):
        if removed == limit:
            break
        path.unlink(missing_ok=True)
        removed += 1
    return removed
