"""Holding a job while its handler writes for minutes: a second connection renews the lease and tells how far it is."""

import contextlib
import threading
from types import TracebackType
from typing import Any, Self

import psycopg
from django.db import DatabaseError, connections

from jobs.errors import LeaseLost
from jobs.run import JobRun

# Between two reports, in seconds; the page that shows them looks as often.
EVERY = 2.0


class Watch:
    """Renews a job's lease from a thread of its own; one that was called off stops the query that is being read.

    Call it with the number of rows so far: it raises LeaseLost once the job belongs to somebody else, or to nobody.
    """

    def __init__(self, run: JobRun) -> None:
        self.run = run
        self.done = 0
        self.total: int | None = None
        self.lost = False
        self._over = threading.Event()
        self._reading: psycopg.Connection[Any] | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True, name="export-watch")

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End; whatever the query raised because it was stopped becomes LeaseLost."""
        self._over.set()
        self._thread.join()
        if self.lost:
            raise LeaseLost from error

    def __call__(self, done: int) -> None:
        """Note how many rows there are so far."""
        self.done = done
        if self.lost:
            raise LeaseLost

    def guard(self, connection: psycopg.Connection[Any]) -> None:
        """Stop what this connection is doing once the job is lost."""
        self._reading = connection

    def _watch(self) -> None:
        try:
            while not self._over.wait(EVERY):
                self._report()
        finally:
            connections.close_all()

    def _report(self) -> None:
        try:
            self.run.progress(self.done, self.total)
        except LeaseLost:
            self.lost = True
            self._over.set()
            if self._reading is not None:
                with contextlib.suppress(psycopg.Error):
                    self._reading.cancel_safe()
        except DatabaseError:
            # Away for a moment: the lease lasts longer than that, and what is finished is fenced.
            return
