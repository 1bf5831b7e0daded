"""What counts as a running process."""

import os
import time

from config.embedded import process


def test_process_that_ended_unnoticed_is_gone() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    try:
        deadline = time.monotonic() + 5
        while process.is_alive(child) and time.monotonic() < deadline:
            time.sleep(0.01)
        # Nobody has waited for it: the number is still taken.
        os.kill(child, 0)
        assert not process.is_alive(child)
    finally:
        os.waitpid(child, 0)


def test_process_that_runs_is_alive() -> None:
    assert process.is_alive(os.getpid())
    assert process.is_alive(1)
