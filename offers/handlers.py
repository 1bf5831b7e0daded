"""This room's jobs."""

import uuid
from collections.abc import Callable

from django.utils import timezone

from jobs.kinds import job_handler
from jobs.poller import as_poller
from jobs.run import JobRun
from offers import expiry

# Responses whose validity has ended, and reservations whose time is over.
DUE = "SELECT DISTINCT merchant_id FROM offers_offerresponse WHERE status IN ('pending', 'clipped') AND expires_at <= now()"
LAPSED = "SELECT DISTINCT merchant_id FROM offers_offerresponse WHERE reserved_until <= now()"


def merchants_with_due_responses() -> list[uuid.UUID]:
    """Return the merchants who have responses to expire."""
    return _merchants(DUE)


def merchants_with_lapsed_reservations() -> list[uuid.UUID]:
    """Return the merchants who have reservations to release."""
    return _merchants(LAPSED)


@job_handler()
def expire_responses(run: JobRun) -> None:
    """Expire the merchant's responses that are past their end, batch after batch."""
    _sweep(run, expiry.expire_due)


@job_handler()
def release_reservations(run: JobRun) -> None:
    """Clear the merchant's reservations that have lapsed, batch after batch."""
    _sweep(run, expiry.release_lapsed)


def _merchants(statement: str) -> list[uuid.UUID]:
    with as_poller() as cursor:
        cursor.execute(statement)
        return [merchant_id for (merchant_id,) in cursor.fetchall()]


def _sweep(run: JobRun, step: Callable[..., int]) -> None:
    done, rows = run.done_rows, expiry.BATCH
    while rows == expiry.BATCH:
        with run.scope():
            rows = step(now=timezone.now())
            done += rows
            run.progress(done)
        run.pause_if_long()
    with run.scope():
        run.finish(rows=done)
