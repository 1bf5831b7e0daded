"""A mail server that takes everything and keeps nothing, in a process of its own."""

import asyncio
import contextlib
import multiprocessing
import socket
import threading
from collections.abc import Iterator

from config.embedded.ports import LOOPBACK, free_port


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """Run the sink; yields its port."""
    port = free_port()
    child = multiprocessing.get_context("spawn").Process(target=_serve, args=(port,), daemon=True)
    child.start()
    try:
        _wait(port)
        yield port
    finally:
        child.terminate()
        child.join()


def _wait(port: int) -> None:
    pause = threading.Event()
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        pause.wait(0.05)
    raise TimeoutError("The mail sink did not start.")


def _serve(port: int) -> None:
    asyncio.run(_listen(port))


async def _listen(port: int) -> None:
    server = await asyncio.start_server(_talk, LOOPBACK, port)
    await server.serve_forever()


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink ESMTP\r\n")
    answers = {b"EHLO": b"250-sink\r\n250 PIPELINING\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        while line := await reader.readline():
            verb = line[:4].upper().strip()
            writer.write(answers.get(verb, b"250 ok\r\n"))
            if verb == b"DATA":
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
            if verb == b"QUIT":
                break
    with contextlib.suppress(ConnectionError):
        await writer.drain()
        writer.close()
