"""`make run`: the whole product on one machine, in the foreground, until Ctrl-C.

    python -m config.run [--with-parent]

With `--with-parent` it also stops when the process that started it (make) is killed.
"""

import contextlib
import fcntl
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.embedded import demo, process
from config.embedded.errors import CannotStart
from config.embedded.launch import PR_SET_PDEATHSIG, prctl
from config.embedded.plan import DATABASE, Plan
from config.embedded.supervisor import Stopped, Supervisor
from config.fingerprint import SCHEMA, STATIC, fingerprint

READY_SECONDS = 90


def main(arguments: list[str]) -> int:
    """Start everything and stay; return the exit code."""
    if "--with-parent" in arguments and sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    os.chdir(Path(__file__).resolve().parents[1])
    folder = Plan(os.environ).data
    try:
        with data_folder(folder) as lock:
            run(Plan(os.environ, lock))
    except CannotStart as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command line's own words
        return 1
    except Stopped:
        print("Stopped before everything was up.", file=sys.stderr)  # noqa: T201 - as above
        return 130
    return 0


def run(plan: Plan) -> None:
    """Server, set-up, applications, in this order; then watches them until asked to stop."""
    began = time.monotonic()
    plan.check_port()
    with Supervisor(say=say, on_change=lambda pids: demo.write(plan, pids)) as supervisor:
        start_servers(plan, supervisor)
        prepare(plan, supervisor)
        for program in plan.applications():
            supervisor.keep(program)
        probe = Probe(plan.base_url)
        try:
            supervisor.wait_for(probe, seconds=READY_SECONDS, what="Readiness")
        except CannotStart as error:
            raise CannotStart(f"{error} {probe.address} last said: {probe.said}") from None
        say(demo.greeting(plan, time.monotonic() - began))
        supervisor.watch()
        say("Stopping.")


def start_servers(plan: Plan, supervisor: Supervisor) -> None:
    """Start what is not given from outside, and make roles and database where they are missing."""
    for program in plan.servers():
        supervisor.keep(program)
    cluster, valkey = plan.cluster, plan.valkey
    if cluster is not None:
        supervisor.wait_for(
            lambda: cluster.is_ready(supervisor.pid_of("postgres") or 0), seconds=60, what="The start of the database"
        )
        cluster.prepare(DATABASE)
    if valkey is not None:
        supervisor.wait_for(valkey.is_ready, seconds=60, what="The start of the queue")


def prepare(plan: Plan, supervisor: Supervisor) -> None:
    """Migrate, load the demo once and collect static files, each only where something has changed.

    A database that is given from outside may have been changed from outside: there the migrations always run.
    """
    schema, static = (
        Mark(plan.marks / "migrated", fingerprint(SCHEMA)),
        Mark(plan.data / "collected", fingerprint(STATIC)),
    )
    loaded = Mark(plan.marks / "demo", "loaded")
    steps = [] if schema.stands() and plan.cluster is not None else ["migrate"]
    steps += [] if loaded.stands() and demo.merchants(plan) else ["demo"]
    programs = [plan.preparation(*steps)] if steps else []
    programs += [] if static.stands() else [plan.preparation("static")]
    supervisor.finish(programs)
    for mark in (schema, static, loaded):
        mark.make()


@dataclass(frozen=True)
class Mark:
    """A file that says which state of the code something was made from."""

    path: Path
    state: str

    def stands(self) -> bool:
        """Whether it was made from this state."""
        return self.path.exists() and self.path.read_text() == self.state

    def make(self) -> None:
        """Say that it is made from this state now."""
        self.path.write_text(self.state)


class Probe:
    """Asks the site whether it is ready, and remembers what it said."""

    def __init__(self, base_url: str) -> None:
        self.address = base_url + "/readyz"
        self.said = "nothing"

    def __call__(self) -> bool:
        """Whether the site says that it is ready."""
        try:
            with urllib.request.urlopen(self.address, timeout=2):  # noqa: S310 - our own address
                return True
        except urllib.error.HTTPError as error:
            self.said = error.read(2000).decode(errors="replace")
        except OSError as error:
            self.said = str(error)
        return False


@contextlib.contextmanager
def data_folder(folder: Path) -> Iterator[int]:
    """Make the folder and hold its lock, which the servers inherit. Raises CannotStart when it is in use.

    A supervisor that was killed leaves servers that are just stopping: those are waited for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for private in ("mail", "media"):
        (folder / private).mkdir(mode=0o700, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        take(lock, folder)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield lock
    finally:
        os.close(lock)


def take(lock: int, folder: Path) -> None:
    """Lock the file, waiting only for what a dead supervisor left behind."""
    deadline = time.monotonic() + 20
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        holder = os.pread(lock, 20, 0).decode() or "0"
        if int(holder) and process.is_alive(int(holder)):
            message = (
                f"Already running in {folder} (process {holder}). Stop that one, or choose another DATA_DIR and PORT."
            )
            raise CannotStart(message)
        if time.monotonic() > deadline:
            message = f"Servers of an earlier start still use {folder} and do not stop."
            raise CannotStart(message)
        time.sleep(0.1)


def say(line: str) -> None:
    """Print a line at once; whoever stopped reading is no reason to stop."""
    with contextlib.suppress(BrokenPipeError):
        print(line, flush=True)  # noqa: T201 - what everything here is shown by


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
