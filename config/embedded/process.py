"""Starting a program that dies with us, and ending it with all that it started."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from config.embedded.account import Account

LAUNCHER = Path(__file__).with_name("launch.py")


def start(
    program: Sequence[str | Path],
    *,
    death_signal: int,
    account: Account | None = None,
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    inherits: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own; `death_signal` reaches it when this process dies."""
    command = [sys.executable, "-I", "-S", str(LAUNCHER)]
    command += ["--parent", str(os.getpid()), "--death-signal", str(int(death_signal))]
    if account is not None:
        command += account.options()
    command += ["--", *(str(part) for part in program)]
    return subprocess.Popen(
        command,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=inherits,
    )


def signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to the program and to what it started; nothing happens if all are gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def end(process: subprocess.Popen[bytes], *, first: int, seconds: float) -> None:
    """Ask the program to stop, wait, and kill whatever is left of its group."""
    if process.poll() is None:
        process.send_signal(first)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    signal_group(process, signal.SIGKILL)
    process.wait()


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs, whoever owns it.

    One that has ended and only waits for its parent to take note counts as gone: in a container the first
    process may take its time with orphans.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not is_zombie(pid)


def is_zombie(pid: int) -> bool:
    """Whether a process has ended and nobody has asked how; never known where there is no /proc."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    # The name stands in brackets and may hold anything; the state is the first word behind it.
    return told.rpartition(")")[2].split()[0] == "Z"


def wait_until_gone(pid: int, seconds: float) -> bool:
    """Whether a process that is not our child ended within that time."""
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
