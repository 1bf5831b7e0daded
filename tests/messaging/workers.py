"""Workers as processes of their own, to be killed."""

import contextlib
import os

from django.db import connections

from jobs import bell, runner


def start_worker(**faults: str) -> int:
    """Start a worker process that runs until nothing is due; return its number."""
    # A thread that rings may be importing: the child would wait for the lock of it for ever.
    assert bell.ringer.flush(30)
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            for connection in connections.all():
                # The parent's sockets are not ours to close.
                connection.connection = None
            os.environ.update(faults)
            runner.run_due(seconds=120)
            os._exit(0)
        os._exit(70)
    return pid


def end_of(pid: int) -> int:
    """Wait for a worker; return 0, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def run_worker(**faults: str) -> int:
    """Run a worker process until nothing is due; return 0, or minus the signal that ended it."""
    return end_of(start_worker(**faults))
