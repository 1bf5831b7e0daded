"""Several callers at the same moment, each with a database connection and commits of its own."""

import contextvars
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from django.db import connections

# So many threads stay, with their connections open, for the next call: to connect takes longer than most calls.
KEPT = 10
Work = Callable[[], None]


@dataclass
class Outcome:
    """What one caller got: a value, or the error that was raised."""

    value: Any = None
    error: Exception | None = None


class Caller(threading.Thread):
    """A thread that does one piece of work after the other, until it is given none."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.work: SimpleQueue[tuple[Work, threading.Event] | None] = SimpleQueue()
        self.start()

    def run(self) -> None:
        """Work, each time in a context of its own: no scope, no language, no time zone is left from the last."""
        while (given := self.work.get()) is not None:
            work, done = given
            contextvars.Context().run(work)
            done.set()
        connections.close_all()

    def begin(self, work: Work) -> threading.Event:
        """Begin with this; return what is set when it is done."""
        done = threading.Event()
        self.work.put((work, done))
        return done


_waiting: list[Caller] = []


def run_together(
    function: Callable[..., Any], calls: Sequence[tuple[Any, ...]], *, seconds: float = 180
) -> list[Outcome]:
    """Call `function(*args)` for all `calls` in threads that start from one barrier; outcomes in order."""
    barrier = threading.Barrier(len(calls))
    outcomes = [Outcome() for _ in calls]

    def run(outcome: Outcome, args: tuple[Any, ...]) -> None:
        try:
            settle_connections()
            barrier.wait(seconds)
            outcome.value = function(*args)
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs into the outcome
            outcome.error = error  # type: ignore[assignment]
            connections.close_all()

    callers = [_waiting.pop() if _waiting else Caller() for _ in calls]
    begun = [
        caller.begin(lambda outcome=outcome, args=args: run(outcome, args))  # type: ignore[misc]
        for caller, outcome, args in zip(callers, outcomes, calls, strict=True)
    ]
    for done in begun:
        assert done.wait(seconds), f"A caller did not come back within {seconds} seconds."
    dismiss(callers)
    return outcomes


def settle_connections() -> None:
    """Have what is open looked at as at the start of a request: a connection that has gone bad is opened anew."""
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()


def dismiss(callers: Sequence[Caller]) -> None:
    """Let some wait for the next time; the others close their connections and end."""
    for caller in callers:
        if len(_waiting) < KEPT:
            _waiting.append(caller)
        else:
            caller.work.put(None)
            caller.join()
