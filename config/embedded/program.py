"""What the supervisor knows about a program, and about one run of it."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config.embedded.account import Account


def nothing() -> None:
    """The preparation of a program that needs none."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """How to start a program, and how to ask it to stop."""

    name: str
    command: Sequence[str | Path]
    env: Mapping[str, str] | None = None
    account: Account | None = None
    before_start: Callable[[], None] = nothing
    stop_signal: int = signal.SIGTERM
    # Sent by the kernel when the supervisor is gone and nobody would wait for a slow goodbye.
    death_signal: int = signal.SIGTERM
    stop_seconds: float = 15
    # Ended from the highest stage to the lowest: what leans on a server ends before the server.
    stage: int = 1
    inherits: tuple[int, ...] = ()


@dataclass(kw_only=True)
class Child:
    """One run of a program."""

    program: Program
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    is_kept: bool
    started: float = field(default_factory=time.monotonic)
    unfinished_line: bytes = b""


@dataclass
class Patience:
    """How long to wait before a program that died is started again: doubled with each quick death."""

    first: float = 0.25
    longest: float = 30.0
    healthy_after: float = 30.0
    deaths: int = 0

    def next_wait(self, lived: float) -> float:
        """The wait after a run that lasted `lived` seconds."""
        self.deaths = 0 if lived >= self.healthy_after else self.deaths
        wait = min(self.first * 2**self.deaths, self.longest)
        self.deaths += 1
        return wait
