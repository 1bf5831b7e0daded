"""The jobs of webhooks: telling the journal, and delivering what was told."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from jobs.faults import fault
from jobs.kinds import job_handler
from jobs.poller import as_poller
from jobs.run import JobRun
from messaging.webhooks import services
from messaging.webhooks.announcing import BATCH, announce, has_news
from messaging.webhooks.sending import prepare, record, send_all
from tenancy.scope import merchant_scope


def merchants_with_news() -> list[uuid.UUID]:
    """Return the merchants with an active endpoint and something in their journal that it was not told."""
    with as_poller() as cursor:
        cursor.execute("SELECT DISTINCT merchant_id FROM messaging_webhookendpoint WHERE is_active")
        found = [merchant_id for (merchant_id,) in cursor.fetchall()]
    return [merchant_id for merchant_id in found if _has_news(merchant_id)]


def _has_news(merchant_id: uuid.UUID) -> bool:
    with merchant_scope(merchant_id):
        return has_news()


@job_handler(lease=timedelta(minutes=5))
def tell(run: JobRun) -> None:
    """Take the merchant's news into the outbox, some hundred in a short transaction each, until none is left."""
    done = run.done_rows
    while True:
        with run.scope():
            count = announce(now=timezone.now())
            done += count
            run.progress(done)
            fault("webhook.told")
        if count < BATCH:
            return
        run.pause_if_long()


# As many at once as are waited for at once: no delivery waits for the time-out of another one's receiver.
@job_handler(batch=10, lease=timedelta(seconds=120), on_dead="messaging.webhooks.handlers.gave_up", retry_by_hand=False)
def deliver(runs: list[JobRun]) -> None:
    """Deliver a merchant's webhooks, all of a batch at the same time."""
    outgoing = prepare(runs)
    record(outgoing, send_all(outgoing))


def gave_up(*, payload: dict[str, Any], code: str, now: Any) -> None:
    """Show a delivery whose job was given up as failed."""
    services.give_up(delivery_id=uuid.UUID(payload["delivery"]), code=code, now=now)
