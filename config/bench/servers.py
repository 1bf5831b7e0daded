"""The servers of a benchmark run: a database with its volume, which stays for the next run, a queue, and the site.

The database is made anew where the schema has changed; one in a folder of its own (VOLUME) is kept and brought up to
date. Addresses from outside (DATABASE_URL, DATABASE_OWNER_URL,
REDIS_URL) are used where they are given.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from config.embedded import process
from config.embedded.errors import CannotStart
from config.embedded.plan import DATABASE, Plan
from config.embedded.ports import LOOPBACK, free_port
from config.fingerprint import ROOT, SCHEMA, fingerprint

SECONDS = 60
GRANIAN = [
    "-m",
    "granian",
    "--interface",
    "wsgi",
    "--workers",
    "2",
    "--blocking-threads",
    "4",
    "--log-level",
    "warning",
]
CELERY = [
    "-m",
    "celery",
    "--quiet",
    "-A",
    "config",
    "worker",
    "--loglevel",
    "WARNING",
    "--without-gossip",
    "--without-mingle",
]
# No limit of requests is met, and nothing that a benchmark sends goes anywhere; lines are logged as in production.
FREE = {"RATE_LIMIT_FACTOR": "1000000", "LOG_FORMAT": "json"}


@contextlib.contextmanager
def servers(folder: Path, *, rows: int, kept: Path | None = None) -> Iterator[None]:
    """Start database and queue with their files in `folder`, migrate, and say in the environment where they are.

    Each volume has a database of its own; those of another schema are removed. With ``kept`` the files are there and
    nothing is removed.
    """
    home = kept or _home(folder, rows)
    home.mkdir(parents=True, exist_ok=True)
    plan = Plan({**os.environ, "DATA_DIR": str(home)})
    with ExitStack() as running:
        _start_database(plan, running)
        if plan.valkey:
            running.enter_context(_ended(plan.valkey.start(output=home / "valkey.log")))
        owner = plan.cluster.url("app_owner", DATABASE) if plan.cluster else os.environ["DATABASE_OWNER_URL"]
        os.environ.update(plan.env | FREE | {"DATABASE_OWNER_URL": owner})
        _finish("-m", "config.prepare", "migrate", "static")
        yield


def _home(folder: Path, rows: int) -> Path:
    schema = fingerprint(SCHEMA)
    home = folder / "servers" / f"{schema}-{rows}"
    for old in home.parent.iterdir() if home.parent.exists() else ():
        if not old.name.startswith(schema):
            shutil.rmtree(old, ignore_errors=True)
    return home


def _start_database(plan: Plan, running: ExitStack) -> None:
    if plan.cluster:
        plan.cluster.initialise()
        child = plan.cluster.start(output=plan.data / "postgres.log")
        running.enter_context(_ended(child, signal.SIGINT))
        plan.cluster.prepare(DATABASE)


@contextlib.contextmanager
def website(application: str, *, log: Path, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve a WSGI application as the product is served; yields its address. Raises CannotStart."""
    port = free_port()
    child = _start([*GRANIAN, "--host", LOOPBACK, "--port", str(port), application], log, env)
    with _ended(child):
        address = f"http://{LOOPBACK}:{port}"
        deadline = time.monotonic() + SECONDS
        while not _answers(address + "/healthz"):
            if child.poll() is not None or time.monotonic() > deadline:
                raise CannotStart(f"The site did not come up:\n{log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield address


@contextlib.contextmanager
def worker(*, processes: int, log: Path, env: Mapping[str, str]) -> Iterator[None]:
    """Run a Celery worker with so many processes."""
    child = _start([*CELERY, "--concurrency", str(processes), "--queues", "work"], log, env)
    with _ended(child):
        yield


def _start(arguments: list[str], log: Path, env: Mapping[str, str] | None) -> subprocess.Popen[bytes]:
    seen = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    with log.open("ab") as output:
        return process.start(
            [sys.executable, *arguments], death_signal=signal.SIGKILL, env=seen | FREE | dict(env or {}), output=output
        )


@contextlib.contextmanager
def _ended(child: subprocess.Popen[bytes], first: int = signal.SIGTERM) -> Iterator[None]:
    try:
        yield
    finally:
        process.end(child, first=first, seconds=30)


def _finish(*arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode:
        raise CannotStart(f"The set-up fails:\n{(done.stdout + done.stderr)[-4000:]}")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
