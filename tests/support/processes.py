"""The real web server and the real worker, as processes on the test's own database, queue and folder.

What they are to see must be committed: all fixtures here bring `transactional_db` along.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from config.embedded import process
from config.embedded.ports import LOOPBACK, free_port

# Only a machine with much else to do takes so long.
SECONDS = 90
WEB = ["-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--log-level", "warning"]
WORKER = [
    "-m",
    "celery",
    "--quiet",
    "-A",
    "config",
    "worker",
    "--concurrency",
    "2",
    "--without-gossip",
    "--without-mingle",
]

# What the server of pages and calls is called among the database's connections.
WEB_NAME = "tests-web"

StartWorker = Callable[..., subprocess.Popen[bytes]]


def start(name: str, arguments: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a Python program as the application would be: without the owner's address."""
    hidden = {"DATABASE_OWNER_URL", "TEST_SUPERUSER_URL"}
    seen = {key: value for key, value in os.environ.items() if key not in hidden}
    with log_of(name).open("ab") as log:
        return process.start(
            [sys.executable, *arguments],
            death_signal=signal.SIGKILL,
            env=seen | {"DJANGO_SETTINGS_MODULE": "config.settings.test"} | env,
            output=log,
        )


def log_of(name: str) -> Path:
    """The file with what a process said."""
    return Path(os.environ["DATA_DIR"]) / f"{name}.log"


def wait_until(check: Callable[[], bool], child: subprocess.Popen[bytes], name: str) -> None:
    """Go on when `check` holds; fail with the process's last words when it ended or took too long."""
    deadline = time.monotonic() + SECONDS
    while not check():
        if child.poll() is not None or time.monotonic() > deadline:
            process.end(child, first=signal.SIGKILL, seconds=1)
            pytest.fail(f"The {name} did not come up:\n{log_of(name).read_text()[-4000:]}")
        time.sleep(0.05)


def answers(address: str) -> bool:
    """Whether somebody answers there, whatever the answer."""
    try:
        with urllib.request.urlopen(address, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def web_process(django_db_setup: None) -> Iterator[str]:
    """The web server of this run, started when first asked for; its address."""
    port = free_port()
    arguments = [*WEB, "--host", LOOPBACK, "--port", str(port), "config.wsgi:application"]
    child = start("web", arguments, {"PORT": str(port), "PGAPPNAME": WEB_NAME})
    wait_until(lambda: answers(f"http://{LOOPBACK}:{port}/healthz"), child, "web")
    yield f"http://{LOOPBACK}:{port}"
    process.end(child, first=signal.SIGTERM, seconds=10)


@pytest.fixture
def live(web_process: str, transactional_db: None) -> str:
    """The address of a real web server on the test's database."""
    return web_process


@pytest.fixture
def start_worker(transactional_db: None) -> Iterator[StartWorker]:
    """Start real Celery workers: `start_worker(FAULTS="...")` returns the process; ended after the test.

    The queue is emptied before, so that no earlier test's bell is heard.
    """
    children: list[subprocess.Popen[bytes]] = []
    queue = Redis.from_url(os.environ["REDIS_URL"])
    queue.flushdb()

    def start_one(**env: str) -> subprocess.Popen[bytes]:
        name = f"worker-{len(children)}"
        child = start(name, [*WORKER, "--hostname", f"{name}@%h"], env)
        children.append(child)
        # It listens once it waits on its queues.
        wait_until(lambda: listeners(queue) >= running(children), child, name)
        return child

    yield start_one
    for child in children:
        # At once, with its children: the test is over, and nothing that is still at work matters any more.
        process.end(child, first=signal.SIGKILL, seconds=10)


def listeners(queue: Redis) -> int:
    """How many clients wait for a task on this database of the queue's server."""
    number = str(queue.connection_pool.connection_kwargs["db"])
    return sum(client["db"] == number and client["cmd"] == "brpop" for client in queue.client_list())


def running(children: list[subprocess.Popen[bytes]]) -> int:
    """How many of them have not ended."""
    return sum(child.poll() is None for child in children)


@pytest.fixture
def worker(start_worker: StartWorker) -> subprocess.Popen[bytes]:
    """One real Celery worker on the test's database and queue."""
    return start_worker()


@pytest.fixture
def mail_dir() -> Path:
    """The folder of outgoing mail of the real processes, empty at the start of the test."""
    folder = Path(os.environ["DATA_DIR"]) / "mail"
    for old in folder.glob("**/*.eml"):
        with contextlib.suppress(FileNotFoundError):
            old.unlink()
    return folder
