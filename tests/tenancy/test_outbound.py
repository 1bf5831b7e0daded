"""The way out: where it leads, how far, how much, how long."""

import http.server
import socket
import threading
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from tenancy import outbound
from tenancy.outbound import OutboundError, check_address, fetch, is_public


class Pages(http.server.BaseHTTPRequestHandler):
    """A small web: a picture, a long one, one that leads on, one that never ends."""

    seen: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        """Answer by the path."""
        Pages.seen.append({name.lower(): value for name, value in self.headers.items()} | {"path": self.path})
        if self.path.startswith("/hop"):
            number = int(self.path.removeprefix("/hop"))
            self.answer(302, b"", Location=f"/hop{number - 1}" if number else "/picture")
        elif self.path == "/away":
            self.answer(302, b"", Location="http://169.254.169.254/latest/meta-data/")
        elif self.path == "/file":
            self.answer(302, b"", Location="file:///etc/passwd")
        elif self.path == "/long":
            self.answer(200, b"x" * 5000)
        elif self.path == "/packed":
            self.answer(200, b"packed", **{"Content-Encoding": "gzip"})
        elif self.path == "/busy":
            self.answer(503, b"")
        elif self.path == "/gone":
            self.answer(404, b"")
        else:
            self.answer(200, b"picture", **{"Content-Type": "image/png"})

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        """Send it."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Be quiet."""


@pytest.fixture
def web(settings: Any) -> Iterator[str]:
    settings.OUTBOUND_ALLOW_PRIVATE = True
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Pages.seen.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def get(url: str, most_bytes: int = 1000) -> bytes:
    return fetch(url, most_bytes=most_bytes, accept="image/*").content


def test_fetch_what_is_there_and_say_little_of_ourselves(web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert get(f"{web}/picture") == b"picture"
    assert Pages.seen[0]["user-agent"] == "ClaimsCenter"
    assert not {"cookie", "authorization", "referer"} & set(Pages.seen[0])


def test_follow_three_redirects_and_no_more(web: str) -> None:
    assert get(f"{web}/hop2") == b"picture"
    with pytest.raises(OutboundError, match="leads on and on"):
        get(f"{web}/hop4")


@pytest.mark.parametrize(
    ("path", "words", "again"),
    [("/long", "too large", False), ("/gone", "error 404", False), ("/busy", "error 503", True)],
)
def test_say_what_is_wrong(web: str, path: str, words: str, again: bool) -> None:
    with pytest.raises(OutboundError, match=words) as refusal:
        get(f"{web}{path}")
    assert refusal.value.again is again


def test_unpack_nothing(web: str) -> None:
    assert get(f"{web}/packed") == b"packed"


def test_stop_what_takes_too_long(web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "LONGEST", -1.0)
    with pytest.raises(OutboundError, match="too slowly"):
        get(f"{web}/picture")


def test_follow_no_redirect_to_another_kind_of_address(web: str) -> None:
    with pytest.raises(OutboundError):
        get(f"{web}/file")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png",
        "https://example.com:8443/a.png",
        "ftp://example.com/a",
        "https://user:secret@example.com/",
        "https:///a.png",
        "https://exa mple.com/",
        "https://example.com:port/",
        "javascript:alert(1)",
        "",
    ],
)
def test_refuse_an_address_by_its_looks(url: str) -> None:
    with pytest.raises(OutboundError):
        check_address(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",  # noqa: S104 - nothing is bound here
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[fc00::1]",
        "2130706433",
        "0x7f000001",
        "127.1",
        "224.0.0.1",
    ],
)
def test_reach_nothing_private_however_it_is_written(host: str) -> None:
    with pytest.raises(OutboundError):
        get(f"https://{host}/")


def test_connect_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is public when it is looked at, and ours a moment later, leads to the first answer."""
    answers = iter(["93.184.216.34", "127.0.0.1", "127.0.0.1"])
    asked: list[str] = []

    def resolve(host: str, port: int, *_args: Any, **_more: Any) -> list[Any]:
        asked.append(host)
        address = next(answers) if host == "rebind.example" else host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    reached: list[str] = []

    def connect(address: tuple[str, int], *_args: Any, **_more: Any) -> Any:
        reached.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    with pytest.raises(OutboundError, match="could not be reached"):
        get("https://rebind.example/a.png")
    assert asked.count("rebind.example") == 1
    assert reached == ["93.184.216.34"]


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_know_a_public_address(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address", ["::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1", "fec0::1", "::", "240.0.0.1"]
)
def test_know_one_that_is_not(address: str) -> None:
    assert not is_public(address)
