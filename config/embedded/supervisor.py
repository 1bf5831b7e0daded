"""Keeps programs running in the foreground: one thread, one loop, nothing left behind.

Every child is a process group of its own. What a child says is shown with its name in front. A child that
dies is started again, after a longer wait each time it dies young. SIGINT and SIGTERM end all children, what
leans on a server before the server; a second signal ends them without waiting. Should the supervisor itself be
killed, the kernel tells the children.
"""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable
from types import FrameType, TracebackType
from typing import IO, Self, cast

from config.embedded import process
from config.embedded.errors import CannotStart
from config.embedded.program import Child, Patience, Program

NAME_WIDTH = 8
TURN_SECONDS = 0.5
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop. Not an Exception: nothing on the way may swallow it."""


class Supervisor:
    """A context manager; leaving it ends every child."""

    def __init__(
        self, *, say: Callable[[str], None], on_change: Callable[[dict[str, int]], None] | None = None
    ) -> None:
        self.say = say
        self.on_change = on_change
        self.children: list[Child] = []
        self._due: list[tuple[float, Program]] = []
        self._patience: dict[str, Patience] = {}
        self._signals = 0
        self._selector = selectors.DefaultSelector()
        self._handlers: dict[int, object] = {}

    def __enter__(self) -> Self:
        self._awake, self._alarm = socket.socketpair()
        for end in (self._awake, self._alarm):
            end.setblocking(False)  # noqa: FBT003 - its only parameter
        self._selector.register(self._awake, selectors.EVENT_READ)
        self._old_alarm = signal.set_wakeup_fd(self._alarm.fileno(), warn_on_full_buffer=False)
        # Whoever started us with nohup wants us to stay when the terminal goes.
        ignored = {signal.SIGHUP} if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else set()
        for number in {*STOPPING, signal.SIGCHLD} - ignored:
            self._handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop_all()
        finally:
            signal.set_wakeup_fd(self._old_alarm)
            for number, handler in self._handlers.items():
                signal.signal(number, handler)  # type: ignore[arg-type]
            self._selector.close()
            self._awake.close()
            self._alarm.close()

    def keep(self, program: Program) -> None:
        """Start a program, and start it again whenever it ends."""
        self._patience.setdefault(program.name, Patience())
        self._start(program, is_kept=True)

    def finish(self, programs: Iterable[Program]) -> None:
        """Run programs beside each other until all have ended; raises CannotStart if one failed."""
        waiting = [self._start(program, is_kept=False) for program in programs]
        while any(child.process.returncode is None for child in waiting):
            self._turn(TURN_SECONDS)
        for child in waiting:
            if child.process.returncode != 0:
                message = f"'{child.program.name}' failed; what it said stands above."
                raise CannotStart(message)

    def wait_for(self, check: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Go on until `check` holds; raises CannotStart when that takes too long."""
        deadline = time.monotonic() + seconds
        pause = 0.01
        while not check():
            if time.monotonic() > deadline:
                message = f"{what} did not happen within {seconds:.0f} seconds."
                raise CannotStart(message)
            # A turn ends early when a child says something; a check may cost that child some work.
            again = time.monotonic() + pause
            while (left := again - time.monotonic()) > 0:
                self._turn(left)
            pause = min(pause * 1.5, 0.4)

    def watch(self) -> None:
        """Go on until asked to stop."""
        with contextlib.suppress(Stopped):
            while True:
                self._turn(TURN_SECONDS)

    def pid_of(self, name: str) -> int | None:
        """The process that runs this program now."""
        return next((child.process.pid for child in self.children if child.program.name == name), None)

    def stop_all(self) -> None:
        """End all children: those of the highest stage together, then the next; never raises Stopped."""
        self._due.clear()
        while self.children:
            stage = max(child.program.stage for child in self.children)
            self._stop([child for child in self.children if child.program.stage == stage])

    def _stop(self, children: list[Child]) -> None:
        signals_before = self._signals
        for child in children:
            if child.process.poll() is None:
                child.process.send_signal(child.program.stop_signal)
        deadline = time.monotonic() + max(child.program.stop_seconds for child in children)
        while any(child.process.poll() is None for child in children):
            if time.monotonic() > deadline or self._signals > signals_before:
                break
            self._listen(0.1)
        for child in children:
            process.signal_group(child.process, signal.SIGKILL)
            child.process.wait()
            self._forget(child)

    def _start(self, program: Program, *, is_kept: bool) -> Child:
        program.before_start()
        started = process.start(
            program.command,
            death_signal=program.death_signal,
            account=program.account,
            env=program.env,
            output=subprocess.PIPE,
            inherits=program.inherits,
        )
        child = Child(program=program, process=started, output=cast("IO[bytes]", started.stdout), is_kept=is_kept)
        os.set_blocking(child.output.fileno(), False)
        self._selector.register(child.output, selectors.EVENT_READ, child)
        self.children.append(child)
        if is_kept:
            self._tell()
        return child

    def _turn(self, seconds: float) -> None:
        """One round: listen, bury the dead, start again what is due. Raises Stopped when asked to stop."""
        now = time.monotonic()
        if self._due:
            seconds = min(seconds, max(0.0, min(at for at, _ in self._due) - now))
        self._listen(seconds)
        if self._signals:
            raise Stopped
        for child in [child for child in self.children if child.process.poll() is not None]:
            self._bury(child)
        ready = [entry for entry in self._due if entry[0] <= time.monotonic()]
        for entry in ready:
            self._due.remove(entry)
            self._start(entry[1], is_kept=True)

    def _bury(self, child: Child) -> None:
        process.signal_group(child.process, signal.SIGKILL)
        self._forget(child)
        if child.is_kept:
            wait = self._patience[child.program.name].next_wait(time.monotonic() - child.started)
            self._show(child.program.name, f"ended ({describe(child.process.returncode)}); again in {wait:.1f} s")
            self._due.append((time.monotonic() + wait, child.program))
            self._tell()

    def _forget(self, child: Child) -> None:
        self._read(child)
        if child.unfinished_line:
            self._show(child.program.name, child.unfinished_line.decode(errors="replace"))
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(child.output)
        child.output.close()
        self.children.remove(child)

    def _listen(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                with contextlib.suppress(BlockingIOError):
                    self._awake.recv(4096)
            elif not self._read(key.data):
                self._selector.unregister(key.fileobj)

    def _read(self, child: Child) -> bool:
        """Show what the child has said; False at the end of it."""
        try:
            while said := os.read(child.output.fileno(), 65536):
                *lines, child.unfinished_line = (child.unfinished_line + said).split(b"\n")
                for line in lines:
                    self._show(child.program.name, line.decode(errors="replace"))
        except BlockingIOError:
            return True
        return False

    def _show(self, name: str, line: str) -> None:
        self.say(f"{name:<{NAME_WIDTH}} | {line.rstrip()}")

    def _tell(self) -> None:
        if self.on_change is not None:
            self.on_change({child.program.name: child.process.pid for child in self.children if child.is_kept})

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self._signals += 1


def describe(returncode: int) -> str:
    """How a process ended, in words."""
    return f"exit {returncode}" if returncode >= 0 else f"killed by {signal.Signals(-returncode).name}"
