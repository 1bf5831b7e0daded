"""A real receiver of webhooks on this machine, and endpoints that lead to it."""

import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from ledger import feed
from messaging.webhooks import services
from messaging.webhooks.models import WebhookEndpoint
from messaging.webhooks.signing import sign
from tenancy.actors import Actor

BY = Actor.system()
ALL = ("response.issued", "response.clipped", "response.completed", "reward.redeemed", "reward.used")
# The test's own transaction counts as over: what it wrote is told at once.
OWN_HORIZON = "(pg_current_xact_id()::text::bigint + 1)::text::xid8"


@dataclass
class Taken:
    """One request: its headers in small letters, and the body."""

    headers: dict[str, str]
    body: bytes
    path: str = "/"

    def is_signed_with(self, secret: str) -> bool:
        """Say whether one of its signatures is by this secret, as a receiver checks it."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), tz=UTC)
        wanted = sign(secret=secret, message_id=self.headers["webhook-id"], at=at, body=self.body)
        return wanted in self.headers["webhook-signature"].split()


@dataclass
class Receiver:
    """What came, and what is answered: the statuses in turn, the last one for ever."""

    url: str
    taken: list[Taken] = field(default_factory=list)
    statuses: list[int] = field(default_factory=lambda: [200])
    hold: threading.Event | None = None

    def next_status(self) -> int:
        """Return what to answer now."""
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


def run_receiver() -> Iterator[Receiver]:
    """Run one."""
    receiver = Receiver("")

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            head = {name.lower(): value for name, value in self.headers.items()}
            receiver.taken.append(Taken(head, body, self.path))
            if receiver.hold is not None:
                receiver.hold.wait(60)
            said = b"thanks\x00"
            self.send_response(receiver.next_status())
            self.send_header("Content-Length", str(len(said)))
            self.send_header("Set-Cookie", "secret=1")
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield receiver
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A receiver that may be reached although it is on this machine."""
    settings.OUTBOUND_ALLOW_PRIVATE = True
    yield from run_receiver()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what the test's own transaction wrote be told."""
    monkeypatch.setattr(feed, "HORIZON", OWN_HORIZON)


def endpoint(url: str = "https://hooks.example.com/", events: tuple[str, ...] = ALL) -> WebhookEndpoint:
    """Return an endpoint of the merchant in scope."""
    made, _secret = services.create_endpoint(name="Shop", url=url, events=events, actor=BY, now=timezone.now())
    return made
