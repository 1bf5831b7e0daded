"""Real Celery workers: the bell wakes them, and without a queue the clock finds the work."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis

from jobs import bell, tasks
from messaging.models import Message
from messaging.states import Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.support.processes import StartWorker

Queue = Callable[..., Message]
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.messaging.worker_settings"}


def all_went_out(merchant: Merchant, seconds: float = 60) -> bool:
    """Wait until no message waits any more."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with merchant_scope(merchant):
            if not Message.objects.exclude(status__in=[Status.SENT, Status.DELIVERED]).exists():
                return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
def test_bell_wakes_a_worker(start_worker: StartWorker, mail_dir: Path, merchant: Merchant, queue: Queue) -> None:
    start_worker(**SETTINGS)

    for number in range(3):
        queue(f"customer{number}@example.com")

    assert all_went_out(merchant)
    assert len(list(mail_dir.glob("*.eml"))) == 3


@pytest.mark.slow
def test_flushed_queue_loses_nothing(
    start_worker: StartWorker, mail_dir: Path, merchant: Merchant, queue: Queue
) -> None:
    broker = Redis.from_url(os.environ["REDIS_URL"])
    for number in range(5):
        queue(f"customer{number}@example.com")
    assert bell.ringer.flush(5)
    assert broker.llen("work") > 0
    broker.flushdb()
    start_worker(**SETTINGS)
    assert not all_went_out(merchant, seconds=0.5)

    tasks.poke()

    assert all_went_out(merchant)
    assert len(list(mail_dir.glob("*.eml"))) == 5
