"""A PayTM on this machine: transfer, status query and signed callbacks, over HTTP.

How an order goes is chosen by the last digit of the phone number:

0 paid at once · 1 refused · 2 pending, paid at the second query · 3 received, but the answer never comes · 4 paid, with
the callback sent twice · 5 paid, under the HTTP status 500 · 6 pending, then a callback says paid · 7 an answer that
nobody can read, but paid · 8 nothing arrives: the connection breaks before · 9 pending for ever
"""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.request import Request, urlopen

from loyalty.cashback.checksum import is_signed, sign
from loyalty.cashback.paytm import QUERY, SIGNATURE, TRANSFER

Told = dict[str, Any]
PAID, REFUSED, PENDING = (
    ("SUCCESS", "DE_001", "Paid"),
    ("FAILURE", "DE_602", "Wallet is blocked"),
    (
        "PENDING",
        "DE_101",
        "Waiting for the bank",
    ),
)
ACCEPTED = ("ACCEPTED", "DE_002", "Request accepted")


@dataclass
class Entry:
    """An order as the provider knows it."""

    body: Told
    status: tuple[str, str, str]
    queries: int = 0


@dataclass
class FakePayTM:
    """The provider: `with FakePayTM(key=...) as paytm` serves at `paytm.url` until the block ends."""

    key: str
    orders: dict[str, Entry] = field(default_factory=dict)
    transfers: list[str] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        """Return the address that an account names."""
        return f"http://127.0.0.1:{self.port}"

    def transfer(self, body: Told) -> tuple[int, bytes | None]:
        """Take an order in; return HTTP status and answer, None for a connection that breaks."""
        order_id, mode = body["orderId"], int(str(body["beneficiaryPhoneNo"])[-1])
        self.transfers.append(order_id)
        if mode == 8:  # noqa: PLR2004 - the modes stand in the module's docstring
            return 0, None
        if order_id in self.orders:
            return 200, self.told(order_id, ("FAILURE", "DE_039", "Duplicate order id"))
        paid = mode in (0, 3, 4, 5, 7)
        self.orders[order_id] = Entry(body, PAID if paid else REFUSED if mode == 1 else PENDING)
        if mode in (4, 6):
            threading.Thread(target=self._report, args=(order_id, 2 if mode == 4 else 1), daemon=True).start()  # noqa: PLR2004
        answers: dict[int, Callable[[], tuple[int, bytes | None]]] = {
            3: lambda: (0, None),
            5: lambda: (500, self.told(order_id, PAID)),
            7: lambda: (200, b"<html>We are sorry</html>"),
        }
        return answers.get(mode, lambda: (200, self.told(order_id, self._first(order_id))))()

    def query(self, body: Told) -> tuple[int, bytes | None]:
        """Tell what has become of an order."""
        entry = self.orders.get(body["orderId"])
        if entry is None:
            return 200, self.told(body["orderId"], ("FAILURE", "DE_040", "Order does not exist"))
        entry.queries += 1
        if str(entry.body["beneficiaryPhoneNo"]).endswith("2") and entry.queries > 1:
            entry.status = PAID
        return 200, self.told(body["orderId"], entry.status)

    def told(self, order_id: str, status: tuple[str, str, str]) -> bytes:
        """Return a body as PayTM writes it."""
        result = {"orderId": order_id, "paytmOrderId": f"PTM{order_id[-12:]}" if status == PAID else ""}
        body = {"status": status[0], "statusCode": status[1], "statusMessage": status[2], "result": result}
        return json.dumps(body).encode()

    def _first(self, order_id: str) -> tuple[str, str, str]:
        status = self.orders[order_id].status
        return ACCEPTED if status == PENDING else status

    def _report(self, order_id: str, times: int) -> None:
        entry = self.orders[order_id]
        entry.status = PAID
        text = self.told(order_id, PAID)
        for _time in range(times):
            headers = {SIGNATURE: sign(text.decode(), self.key), "Content-Type": "application/json"}
            try:
                urlopen(Request(entry.body["callbackUrl"], text, headers), timeout=5).close()  # noqa: S310 - our own
            except OSError:
                return


def _handler(paytm: FakePayTM) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers requests that are signed with the merchant's key."""

        def do_POST(self) -> None:
            """Find the call by its path."""
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if not is_signed(text, paytm.key, self.headers.get(SIGNATURE, "")):
                self._answer(200, b'{"status":"FAILURE","statusCode":"DE_403","statusMessage":"Invalid checksum"}')
                return
            call = {TRANSFER: paytm.transfer, QUERY: paytm.query}[self.path]
            status, content = call(json.loads(text))
            if content is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self._answer(status, content)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
