"""Who rings the bells: a thread of its own in each process, so that no request ever waits for the broker.

Bells that come while it is ringing are rung together, the same ones once: a hundred redemptions in a moment cost a
handful of messages. What is not rung when a process dies is found by the beat's poke.
"""

import atexit
import logging
import os
import queue
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable

log = logging.getLogger(__name__)

Ring = Callable[[uuid.UUID, str, list[uuid.UUID]], None]

AT_EXIT_SECONDS = 2.0
# Between two rounds: nobody sees a tenth of a second, and tills at work ring ten times a second instead of hundreds.
REST_SECONDS = 0.1


class Ringer:
    """A queue of bells and the thread that empties it, started by the first bell."""

    _thread: threading.Thread | None

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._begin()
        # A thread does not survive a fork; the parent rings what was put down before.
        os.register_at_fork(after_in_child=self._begin)
        atexit.register(self.flush, AT_EXIT_SECONDS)

    def later(self, merchant_id: uuid.UUID, kind: str, job_ids: list[uuid.UUID]) -> None:
        """Have a bell rung soon; returns at once."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="ringer", daemon=True)
                self._thread.start()
        self._waiting.put((merchant_id, kind, job_ids))

    def flush(self, seconds: float) -> bool:
        """Wait until everything put down is rung, so long at most; say whether it is."""
        deadline = time.monotonic() + seconds
        with self._waiting.all_tasks_done:
            while self._waiting.unfinished_tasks:
                if not self._waiting.all_tasks_done.wait(max(0.0, deadline - time.monotonic())):
                    return False
        return True

    def _begin(self) -> None:
        self._waiting: queue.Queue[tuple[uuid.UUID, str, list[uuid.UUID]]] = queue.Queue()
        self._lock = threading.Lock()
        self._thread = None

    def _work(self) -> None:
        while True:
            bells = [self._waiting.get()]
            while not self._waiting.empty():
                bells.append(self._waiting.get())
            together: dict[tuple[uuid.UUID, str], list[uuid.UUID]] = defaultdict(list)
            for merchant_id, kind, job_ids in bells:
                together[merchant_id, kind] += job_ids
            for (merchant_id, kind), job_ids in together.items():
                self._ring_one(merchant_id, kind, job_ids)
            for _bell in bells:
                self._waiting.task_done()
            time.sleep(REST_SECONDS)

    def _ring_one(self, merchant_id: uuid.UUID, kind: str, job_ids: list[uuid.UUID]) -> None:
        try:
            self._ring(merchant_id, kind, job_ids)
        except Exception:
            # The thread lives on: one bell that cannot be rung must not silence those to come.
            log.exception("A bell could not be rung", extra={"kind": kind})
