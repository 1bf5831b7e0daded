"""Bells are rung beside the requests, together where many come at once, and by every process for itself."""

import os
import threading
import uuid
from collections.abc import Callable
from typing import Any

from jobs.models import Job
from jobs.ringer import Ringer

WHO, OTHER = uuid.uuid4(), uuid.uuid4()


class Bells:
    """Rings that wait until they are let go."""

    def __init__(self) -> None:
        self.heard: list[tuple[uuid.UUID, str, list[uuid.UUID]]] = []
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self, merchant_id: uuid.UUID, kind: str, job_ids: list[uuid.UUID]) -> None:
        """Hear it once it may be heard; a kind of its own breaks."""
        if kind == "test.broken":
            raise RuntimeError
        self.begun.set()
        self.let_go.wait(10)
        self.heard.append((merchant_id, kind, job_ids))


def test_nobody_waits_for_a_broker_that_hangs() -> None:
    bells = Bells()
    ringer = Ringer(bells)

    ringer.later(WHO, "test.note", [uuid.uuid4()])

    assert bells.begun.wait(10)
    assert bells.heard == []
    assert not ringer.flush(0.01)
    bells.let_go.set()
    assert ringer.flush(10)
    assert len(bells.heard) == 1


def test_bells_that_come_meanwhile_are_rung_together() -> None:
    bells = Bells()
    ringer = Ringer(bells)
    ringer.later(WHO, "test.note", [uuid.uuid4()])
    assert bells.begun.wait(10)

    jobs = [uuid.uuid4() for _number in range(100)]
    for job in jobs:
        ringer.later(WHO, "test.note", [job])
    ringer.later(OTHER, "test.note", [jobs[0]])
    bells.let_go.set()

    assert ringer.flush(10)
    assert bells.heard[1:] == [(WHO, "test.note", jobs), (OTHER, "test.note", [jobs[0]])]


def test_child_of_a_fork_rings_for_itself() -> None:
    bells = Bells()
    bells.let_go.set()
    ringer = Ringer(bells)
    ringer.later(WHO, "test.note", [uuid.uuid4()])
    assert ringer.flush(10)

    child = os.fork()
    if child == 0:
        ringer.later(WHO, "test.note", [uuid.uuid4()])
        os._exit(0 if ringer.flush(10) and len(bells.heard) == 2 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_committed_job_is_rung_for(transactional_db: None, put_down: Callable[..., Job], monkeypatch: Any) -> None:
    bells = Bells()
    bells.let_go.set()
    ringer = Ringer(bells)
    monkeypatch.setattr("jobs.bell.ringer", ringer)

    job = put_down()

    assert ringer.flush(10)
    assert bells.heard == [(job.merchant_id, job.kind, [job.id])]


def test_bell_that_breaks_does_not_silence_the_next() -> None:
    bells = Bells()
    bells.let_go.set()
    ringer = Ringer(bells)

    ringer.later(WHO, "test.broken", [])
    ringer.later(WHO, "test.note", [])

    assert ringer.flush(10)
    assert [kind for _merchant, kind, _jobs in bells.heard] == ["test.note"]
