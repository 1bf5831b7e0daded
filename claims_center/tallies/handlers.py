"""The job that adds changes up."""

import uuid
from datetime import timedelta

from claims_center.tallies.folding import BATCH, fold
from jobs.kinds import job_handler
from jobs.poller import as_poller
from jobs.run import JobRun
from tenancy.models import Merchant


def merchants_with_changes() -> list[uuid.UUID]:
    """Return the merchants whose sums have changes to take in, or are not there, or are of another time zone."""
    with as_poller() as cursor:
        cursor.execute("SELECT DISTINCT merchant_id FROM claims_center_tallychange")
        changed = {merchant_id for (merchant_id,) in cursor.fetchall()}
        cursor.execute("SELECT merchant_id, zone FROM claims_center_tallystate WHERE generation > 0")
        zones = dict(cursor.fetchall())
    merchants = Merchant.objects.order_by("id").values_list("id", "time_zone")
    return [one for one, zone in merchants if one in changed or zones.get(one) != zone]


@job_handler(lease=timedelta(minutes=15))
def fold_changes(run: JobRun) -> None:
    """Add the merchant's changes to its sums, some thousand in a short transaction each, until none are left."""
    done = run.done_rows
    while True:
        with run.scope():
            count = fold()
            done += count
            run.progress(done)
        if count < BATCH:
            return
        run.pause_if_long()
