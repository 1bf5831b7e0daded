"""Ports on the loopback address, the same at every start of a data folder where possible."""

import json
import secrets
import socket
from pathlib import Path

from config.embedded.errors import CannotStart

LOOPBACK = "127.0.0.1"
# Below the range from which systems take the ports of outgoing connections.
LOWEST, HIGHEST = 20_000, 32_000


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Some port that nobody listens on."""
    for _ in range(1000):
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        if is_free(port):
            return port
    message = f"No free port between {LOWEST} and {HIGHEST} on {LOOPBACK}."
    raise CannotStart(message)


def remembered_port(memory: Path, name: str) -> int:
    """The port that `name` had at the last start, another one if that is taken; kept in the file `memory`."""
    ports: dict[str, int] = json.loads(memory.read_text()) if memory.exists() else {}
    port = ports.get(name)
    if port is None or not is_free(port):
        ports[name] = port = free_port()
        memory.write_text(json.dumps(ports, indent=2) + "\n")
    return port
