"""Several callers at the same moment, each with a database connection and commits of its own."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass
class Outcome:
    """What one caller got: a value, or the error that was raised."""

    value: Any = None
    error: Exception | None = None


def run_together(
    function: Callable[..., Any], calls: Sequence[tuple[Any, ...]], *, seconds: float = 60
) -> list[Outcome]:
    """Call `function(*args)` for all `calls` in threads that start from one barrier; outcomes in order."""
    barrier = threading.Barrier(len(calls))
    outcomes = [Outcome() for _ in calls]

    def run(outcome: Outcome, args: tuple[Any, ...]) -> None:
        try:
            barrier.wait(seconds)
            outcome.value = function(*args)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs into the outcome
            outcome.error = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(outcome, args), daemon=True)
        for outcome, args in zip(outcomes, calls, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
        assert not thread.is_alive(), f"A caller did not come back within {seconds} seconds."
    return outcomes
