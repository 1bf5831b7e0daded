"""The Python client on a network that answers for others."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from claims_till import NoAnswer, Refused, Till, sending

PAGE = (200, "text/html", b"<html>Welcome to the mall's network</html>")
ELSEWHERE = (302, "text/html", b"")
DONE = (200, "application/json", json.dumps({"id": "1", "status": "completed"}).encode())


class Network:
    """Answers with what stands in `answers`, the last one for ever; `keys` are the Idempotency-Keys that came."""

    def __init__(self) -> None:
        self.address = ""
        self.answers: list[tuple[int, str, bytes]] = [DONE]
        self.keys: list[str] = []


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """A network between the till and nobody; nothing is waited for."""
    found = Network()
    monkeypatch.setattr(sending, "_pause", lambda *_: 0.0)

    class Hop(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            found.keys.append(self.headers["Idempotency-Key"])
            status, kind, content = found.answers.pop(0) if len(found.answers) > 1 else found.answers[0]
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hop)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    found.address = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    server.server_close()


def test_ask_again_where_somebody_else_has_answered(network: Network) -> None:
    network.answers = [PAGE, ELSEWHERE, DONE]
    assert Till(network.address, "pk_x").redeem("1")["status"] == "completed"
    assert len(network.keys) == 3
    assert len(set(network.keys)) == 1


@pytest.mark.parametrize("answer", [PAGE, ELSEWHERE])
def test_say_that_nothing_came_back_from_the_api(network: Network, answer: tuple[int, str, bytes]) -> None:
    network.answers = [answer]
    with pytest.raises(NoAnswer) as error:
        Till(network.address, "pk_x", attempts=2).redeem("1", key="mine")
    assert (error.value.key, network.keys) == ("mine", ["mine", "mine"])


def test_say_what_was_refused_by_whom(network: Network) -> None:
    network.answers = [(403, "text/html", b"<html>No</html>")]
    with pytest.raises(Refused) as error:
        Till(network.address, "pk_x").redeem("1")
    assert (error.value.status, error.value.code) == (403, "")
