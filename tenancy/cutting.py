"""Cutting off an answer that takes too long as a whole, however steadily it comes.

A socket's time-out is for each piece that arrives: whoever sends a byte now and then is waited for without an end.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import requests
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Watch:
    """How long the answers to the requests of one block may take, each from its request's end to its own.

    `is_over` once one of them has taken longer: its connection was cut off, and what came of it is not to be trusted.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self._timers: list[threading.Timer] = []

    def begin(self, connection: socket.socket) -> None:
        """Let the time of an answer on this connection run."""
        timer = threading.Timer(self.seconds, self._cut, [connection])
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def end(self) -> None:
        """Watch no longer."""
        for timer in self._timers:
            timer.cancel()

    def _cut(self, connection: socket.socket) -> None:
        self.is_over = True
        with suppress(OSError):
            # Below TLS: whoever waits for a piece at this moment finds the end.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def answers_within(seconds: float) -> Iterator[Watch]:
    """Cut off what takes longer to answer a request that is made inside, over a session of `watched`."""
    watch = Watch(seconds)
    token = _watch.set(watch)
    try:
        yield watch
    finally:
        watch.end()
        _watch.reset(token)


def watched(session: requests.Session) -> requests.Session:
    """Return the session, whose connections are watched from now on; its adapters are those that it has by now."""
    for adapter in session.adapters.values():
        pools: Any = adapter
        pools.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return session


class _Plain(HTTPConnection):
    def getresponse(self) -> Any:
        """Begin to watch where the answer is waited for."""
        _begin(self.sock)
        return super().getresponse()


class _Secure(HTTPSConnection):
    def getresponse(self) -> Any:
        """Begin to watch where the answer is waited for."""
        _begin(self.sock)
        return super().getresponse()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


def _begin(connection: Any) -> None:
    watch = _watch.get()
    if watch is not None and connection is not None:
        watch.begin(connection)
