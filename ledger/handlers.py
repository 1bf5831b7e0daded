"""The ledger's work behind the scenes: the nightly check and the sweep of points."""

import logging
import uuid
from datetime import timedelta

from django.utils import timezone

from jobs.faults import fault
from jobs.kinds import job_handler
from jobs.poller import as_poller
from jobs.run import JobRun
from ledger import checks
from ledger.hours import fold
from ledger.services import expire_due as expire_some
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.scope import merchant_scope

logger = logging.getLogger(__name__)

BATCH = 2000

# Vouchers expire together with the document that they belong to, in its own room; lots of points expire here.
DUE = """
SELECT DISTINCT merchant_id FROM ledger.grants
WHERE unit = 'POINT' AND is_open AND expires_at <= now()
"""


def merchants_with_due_grants() -> list[uuid.UUID]:
    """Return the merchants who have points past their end."""
    with as_poller() as cursor:
        cursor.execute(DUE)
        return [merchant_id for (merchant_id,) in cursor.fetchall()]


@job_handler(lease=timedelta(minutes=5))
def expire_due(run: JobRun) -> None:
    """Expire the merchant's points that are past their end, batch by batch, each in a short transaction."""
    done = run.done_rows
    while True:
        with run.scope():
            swept = expire_some(unit=Unit.POINT, actor=Actor.system(), now=timezone.now(), limit=BATCH)
            done += swept.grants
            run.progress(done)
            fault("expiry.worked")
        fault("expiry.committed")
        if swept.grants < BATCH:
            return
        run.pause_if_long()


@job_handler(lease=timedelta(hours=1))
def check(run: JobRun) -> None:
    """Add up what the sums by the hour lack, check the merchant's books and keep the result for the dashboard.

    A finding is an error in the log.
    """
    with merchant_scope(run.merchant_id):
        fold()
    report = checks.run_and_keep(run.merchant_id)
    run.result |= {"ok": report.ok, "findings": len(report.findings)}
    if not report.ok:
        kinds = sorted({finding.check for finding in report.findings})
        logger.error("The ledger of merchant %s does not add up: %s", run.merchant_id, ", ".join(kinds))
