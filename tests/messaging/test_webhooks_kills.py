"""A worker that tells or delivers webhooks is killed with SIGKILL: nothing is lost, and the log says what it knows."""

import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Job
from jobs.services import enqueue
from jobs.states import State
from messaging.webhooks.models import WebhookAttempt, WebhookDelivery
from messaging.webhooks.states import Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.messaging.hooking import Receiver, endpoint, receiver
from tests.messaging.workers import end_of, run_worker, start_worker
from tests.offers import factories as make

__all__ = ["receiver"]

pytestmark = pytest.mark.usefixtures("transactional_db")
EVENTS = 3


@pytest.fixture
def shop(merchant: Merchant, receiver: Receiver) -> Merchant:
    """A merchant whose endpoint is to hear of three responses, and the job that tells it."""
    with merchant_scope(merchant):
        endpoint(receiver.url, events=("response.issued",))
    with merchant_scope(merchant):
        for _number in range(EVENTS):
            make.give()
        enqueue(kind="webhooks.tell", payload={}, now=timezone.now())
    return merchant


def let_time_pass(merchant: Merchant) -> None:
    """Let leases and pauses be over."""
    past = timezone.now() - timedelta(minutes=5)
    with merchant_scope(merchant):
        Job.objects.filter(state=State.RUNNING).update(lease_until=past)
        Job.objects.filter(state=State.DUE).update(next_at=past)


def assert_all_told_once(merchant: Merchant, came: Receiver) -> None:
    """Hold that each event has one message, delivered, and came under no other id or body."""
    with merchant_scope(merchant):
        told = {one.message_id: one for one in WebhookDelivery.objects.all()}
        assert len({one.entry_id for one in told.values()}) == len(told) == EVENTS
        assert {one.status for one in told.values()} == {Status.DELIVERED}
        assert {one.sending_at for one in told.values()} == {None}
        assert set(Job.objects.values_list("state", flat=True)) == {State.DONE}
    assert {one.headers["webhook-id"]: one.body.decode() for one in came.taken} == {
        name: one.body for name, one in told.items()
    }


def cut_off(merchant: Merchant) -> int:
    """Return how many attempts of the log have no known end."""
    with merchant_scope(merchant):
        return int(WebhookAttempt.objects.filter(error="cut_off").count())


# The step, how often each message comes, and how many attempts the log knows to be cut off. A worker that was killed
# between the first look and the network has begun an attempt as well: nobody can tell it from one that was sent.
STEPS = [
    ("webhook.told", 1, 0),
    ("webhook.prepared", 1, EVENTS),
    ("webhook.before_record", 2, EVENTS),
    ("webhook.recorded", 1, 0),
]


@pytest.mark.slow
@pytest.mark.parametrize(("step", "times", "unknown"), STEPS)
def test_kill_at_every_step(shop: Merchant, receiver: Receiver, step: str, times: int, unknown: int) -> None:
    killed = run_worker(**{f"FAULT_{step.replace('.', '_')}": "sigkill"})
    let_time_pass(shop)
    assert (killed, run_worker()) == (-signal.SIGKILL, 0)
    assert_all_told_once(shop, receiver)
    assert (len(receiver.taken), cut_off(shop)) == (EVENTS * times, unknown)
    with merchant_scope(shop):
        answered = WebhookAttempt.objects.filter(status=200)
        # What was sent and never written down is the one that the log does not know of.
        assert answered.count() == EVENTS


@pytest.mark.slow
def test_kill_while_the_receiver_takes_its_time(shop: Merchant, receiver: Receiver) -> None:
    receiver.hold = threading.Event()
    pid = start_worker()
    end = time.monotonic() + 60
    while len(receiver.taken) < EVENTS and time.monotonic() < end:
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    assert end_of(pid) == -signal.SIGKILL
    receiver.hold.set()
    let_time_pass(shop)
    assert run_worker() == 0
    assert_all_told_once(shop, receiver)
    assert (len(receiver.taken), cut_off(shop)) == (EVENTS * 2, EVENTS)
    with merchant_scope(shop):
        assert set(WebhookDelivery.objects.values_list("attempts", flat=True)) == {2}
