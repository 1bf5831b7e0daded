"""Receivers that keep us waiting, a byte at a time: they are given up on, and hold up nobody else."""

import socket
import threading
from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from django.utils import timezone

from jobs.runner import run_due
from messaging.webhooks import services
from messaging.webhooks.models import WebhookAttempt, WebhookDelivery
from messaging.webhooks.states import Status
from tenancy import outbound
from tenancy.models import Merchant
from tests.messaging.hooking import BY, Receiver, endpoint, receiver

__all__ = ["receiver"]

# Seconds; whoever answers at once does it within, on a busy machine too.
PATIENCE = 2.0
# What each kind of slow receiver says at once, and what it says again and again, a piece at a time.
SLOW = {
    "head": (b"HTTP/1.1 200 OK\r\n", b"X-Slow: yes\r\n"),
    "line": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"y"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1500\r\n\r\n", b"z"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nz\r\n"),
}


class Dripping:
    """A receiver that answers a piece every tenth of a second; `heard_out` once somebody has listened for too long."""

    def __init__(self, kind: str) -> None:
        self.first, self.piece = SLOW[kind]
        self.heard_out = threading.Event()
        self.stop = threading.Event()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}/hook"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _address = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(caller,), daemon=True).start()

    def _answer(self, caller: socket.socket) -> None:
        with caller:
            caller.recv(65_536)
            try:
                caller.sendall(self.first)
                for number, _turn in enumerate(cycle("x")):
                    if self.stop.wait(0.1):
                        return
                    caller.sendall(self.piece)
                    if number > 100:
                        self.heard_out.set()
            except OSError:
                return


@pytest.fixture
def dripping() -> Iterator[Callable[[str], Dripping]]:
    """Opens slow receivers."""
    opened: list[Dripping] = []

    def opens(kind: str) -> Dripping:
        opened.append(Dripping(kind))
        return opened[-1]

    yield opens
    for one in opened:
        one.stop.set()
        one.listening.close()


@pytest.mark.parametrize("kind", SLOW)
def test_wait_for_a_whole_answer_only_so_long(
    scope: Merchant,
    receiver: Receiver,
    dripping: Callable[[str], Dripping],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setattr(outbound, "LONGEST", PATIENCE)
    slow, now = dripping(kind), timezone.now()
    # Both go out in one batch, and are written down together.
    made, other = (
        services.send_test(endpoint_id=endpoint(url).id, actor=BY, now=now) for url in (slow.url, receiver.url)
    )
    run_due(limit=2)
    assert not slow.heard_out.is_set()
    told = WebhookDelivery.objects.get(id=made.id)
    assert (told.status, told.last_error, told.attempts) == (Status.WAITING, "no_answer", 1)
    assert WebhookDelivery.objects.get(id=other.id).status == Status.DELIVERED
    assert WebhookAttempt.objects.filter(delivery=made).count() == 1
