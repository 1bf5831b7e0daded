"""A worker is killed with SIGKILL in the middle: nothing is lost, and nothing is doubled by our fault."""

import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from jobs.models import Job
from jobs.states import State
from messaging.models import Message
from messaging.states import Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.messaging.workers import run_worker

Queue = Callable[..., Message]
POINTS = [
    "jobs.claimed",
    "message.prepared",
    "message.before_send",
    "message.after_send",
    "message.before_record",
    "message.recorded",
    "jobs.handled",
]
MAILS = 5


def let_time_pass(merchant: Merchant) -> None:
    """Let leases and pauses be over."""
    past = timezone.now() - timedelta(minutes=5)
    with merchant_scope(merchant):
        Job.objects.filter(state=State.RUNNING).update(lease_until=past)
        Job.objects.filter(state=State.DUE).update(next_at=past)
        Message.objects.filter(sending_at__isnull=False).update(sending_at=past)


def statuses(merchant: Merchant) -> Counter[str]:
    """How many messages stand where."""
    with merchant_scope(merchant):
        return Counter(Message.objects.values_list("status", flat=True))


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_kill_loses_nothing_and_doubles_nothing(
    transactional_db: None, queue: Queue, merchant: Merchant, tmp_path: Path, point: str
) -> None:
    folder = tmp_path / "mail"
    for number in range(MAILS):
        queue(f"customer{number}@example.com")

    nth = 2 if point in ("message.before_send", "message.after_send") else 1
    killed = run_worker(**{f"FAULT_{point.replace('.', '_')}": f"sigkill@{nth}"})
    let_time_pass(merchant)
    ended = run_worker()

    assert (killed, ended) == (-signal.SIGKILL, 0)
    assert len([path for path in folder.iterdir() if path.suffix == ".eml"]) == MAILS
    assert statuses(merchant).keys() <= {Status.SENT, Status.DELIVERED}
    with merchant_scope(merchant):
        assert set(Job.objects.filter(kind="message.send").values_list("state", flat=True)) == {State.DONE}


@pytest.mark.slow
@pytest.mark.parametrize("point", ["message.prepared", "message.after_send", "message.before_record"])
def test_kill_over_smtp_sends_each_once_or_twice(
    transactional_db: None, queue: Queue, merchant: Merchant, sink: Any, point: str
) -> None:
    for number in range(MAILS):
        queue(f"customer{number}@example.com")

    killed = run_worker(**{f"FAULT_{point.replace('.', '_')}": "sigkill@1"})
    let_time_pass(merchant)
    run_worker()

    assert killed == -signal.SIGKILL
    assert statuses(merchant) == {Status.SENT: MAILS}
    received = Counter(envelope.rcpt_tos[0] for envelope in sink.taken)
    assert len(received) == MAILS
    assert max(received.values()) <= 2
    ids = {line for envelope in sink.taken for line in envelope.content.split(b"\r\n") if b"Message-ID" in line}
    assert len(ids) == MAILS
