"""Tills that all send at once: so many connections that stay open, each with its next request as soon as it has an answer.

One loop without threads, so that sending costs next to nothing beside what is measured.
"""

import selectors
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlsplit

CHUNK = 65_536
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the body, and how many milliseconds it took to its last byte."""

    status: int
    body: bytes
    milliseconds: float


@dataclass(slots=True)
class _Line:
    """One connection: which request it waits for, since when, and what has come so far."""

    socket: socket.socket
    place: int = -1
    began: float = 0.0
    held: bytearray = field(default_factory=bytearray)


def request(address: str, path: str, *, body: bytes = b"", method: str = "POST", **headers: str) -> bytes:
    """Return the bytes of a request, whose answer has to say how long it is; underscores in the names of headers stand for hyphens."""
    given = {"Host": urlsplit(address).netloc, "Content-Length": str(len(body)), "Content-Type": "application/json"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def send(address: str, requests: Sequence[bytes], *, parallel: int) -> list[Reply]:
    """Send requests over so many connections, and return the answers in the order of the requests.

    Raises ConnectionError where a connection breaks, TimeoutError where nothing comes for a minute.
    """
    parts = urlsplit(address)
    waiting, replies = iter(enumerate(requests)), [Reply(0, b"", 0.0)] * len(requests)
    with selectors.DefaultSelector() as chosen:
        lines = [_Line(socket.create_connection((parts.hostname or "", parts.port or 80))) for _ in range(parallel)]
        try:
            open_lines = 0
            for line in lines:
                line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                chosen.register(line.socket, selectors.EVENT_READ, line)
                open_lines += _next(line, waiting)
            while open_lines:
                for line in _ready(chosen):
                    reply = _read(line)
                    if reply is not None:
                        replies[line.place] = reply
                        open_lines -= not _next(line, waiting)
        finally:
            for line in lines:
                line.socket.close()
    return replies


def _ready(chosen: selectors.BaseSelector) -> list[_Line]:
    found = [key.data for key, _ in chosen.select(SECONDS)]
    if not found:
        raise TimeoutError("Nothing comes back.")
    return found


def _next(line: _Line, waiting: Iterator[tuple[int, bytes]]) -> bool:
    """Send the next request; False where there is none."""
    for line.place, content in waiting:
        line.held.clear()
        line.began = perf_counter()
        line.socket.sendall(content)
        return True
    return False


def _read(line: _Line) -> Reply | None:
    """Read what is there; return the answer once it is whole."""
    found = line.socket.recv(CHUNK)
    if not found:
        raise ConnectionError(f"The connection ended after {bytes(line.held[:200])!r}.")
    line.held += found
    end = line.held.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(line.held[:end])
    length = next(
        (int(one.split(b":")[1]) for one in head.split(b"\r\n") if one.lower().startswith(b"content-length:")), 0
    )
    body = bytes(line.held[end + 4 :])
    if len(body) < length:
        return None
    return Reply(int(head.split(b" ", 2)[1]), body, (perf_counter() - line.began) * 1000)
