"""This room's jobs."""

import uuid
from datetime import timedelta

from django.utils import timezone

from jobs.errors import RetryLater
from jobs.faults import fault
from jobs.kinds import job_handler
from jobs.poller import as_poller
from jobs.run import JobRun
from loyalty import coupons
from loyalty.cashback.provider import Answer, Verdict, provider_for
from loyalty.models import CashbackPayment
from loyalty.services.cashback import Turn, next_turn, not_sent, settle
from tenancy.outbound import NoAnswer, NotSent

# How long to wait before a status is asked for again, or an order tried again, by how long ago it went out first.
PAUSES = (
    (timedelta(minutes=5), 30),
    (timedelta(hours=1), 300),
    (timedelta(hours=6), 1800),
    (timedelta(days=2), 3 * 3600),
)
LONG_PAUSE = 24 * 3600
NO_ANSWER = Answer(Verdict.PENDING, "TIMEOUT", "No answer yet")

# Coupons whose stored label has to change.
DUE = """
SELECT DISTINCT merchant_id FROM loyalty_redeemedreward
WHERE coupon_status = 'inactive' AND active_from <= now()
   OR coupon_status IN ('inactive', 'active') AND expires_at <= now()
"""


def merchants_with_due_coupons() -> list[uuid.UUID]:
    """Return the merchants who have coupons to activate or to end."""
    with as_poller() as cursor:
        cursor.execute(DUE)
        return [merchant_id for (merchant_id,) in cursor.fetchall()]


@job_handler(lease=timedelta(seconds=180))
def settle_cashback(run: JobRun) -> None:
    """Send a payment's order, or ask about the one that is out, until it is paid or has failed."""
    payment_id = uuid.UUID(run.payload["payment"])
    with run.scope():
        turn = next_turn(payment_id=payment_id, now=timezone.now())
    if turn is None:
        return
    answer = _answer(payment_id, turn, run)
    with run.scope():
        if answer.verdict == Verdict.UNKNOWN:
            not_sent(payment_id=payment_id)
        elif settle(payment_id=payment_id, answer=answer, now=timezone.now()):
            run.finish(code=answer.code)
            return
        pause = _pause(payment_id)
    raise RetryLater(pause, "pending", counts=False)


def _pause(payment_id: uuid.UUID) -> float:
    """Return for how many seconds an open payment is left alone."""
    times = CashbackPayment.objects.values_list("sent_at", "created_at")
    sent_at, created_at = times.get(id=payment_id)
    age = timezone.now() - (sent_at or created_at)
    return next((pause for limit, pause in PAUSES if age < limit), LONG_PAUSE)


def _answer(payment_id: uuid.UUID, turn: Turn, run: JobRun) -> Answer:
    """Call the provider, outside every transaction; what is in doubt is pending."""
    provider = provider_for(turn.account.provider, turn.account)
    fault("cashback.turned")
    try:
        answer = provider.query(turn.order.order_id) if turn.is_sent else provider.transfer(turn.order)
    except NotSent as error:
        with run.scope():
            if not turn.is_sent:
                not_sent(payment_id=payment_id)
            pause = _pause(payment_id)
        raise RetryLater(pause, "not_reached") from error
    except NoAnswer:
        return NO_ANSWER
    fault("cashback.answered")
    return answer


@job_handler()
def sweep_coupons(run: JobRun) -> None:
    """Bring the labels of coupons up to date, and let the vouchers of ended ones expire, batch after batch."""
    done = run.done_rows
    for step in (coupons.activate_due, coupons.expire_coupons, coupons.expire_vouchers):
        while True:
            with run.scope():
                rows = step(now=timezone.now())
                done += rows
                run.progress(done)
                fault("coupons.worked")
            fault("coupons.committed")
            run.pause_if_long()
            if rows < coupons.BATCH:
                break
    with run.scope():
        run.finish(rows=done)
