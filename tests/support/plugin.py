"""Starts the servers before the first test and stops them after the last (loaded by tests/conftest.py)."""

import gc
import os
import socketserver
from pathlib import Path

import pytest
from django.conf import settings

from config.embedded import ports
from config.embedded.errors import CannotStart
from tests.support.servers import RunServers

SERVERS = pytest.StashKey[RunServers]()
# So many objects are made before it is looked which of them nobody needs: they are few, and the look takes its time.
OBJECTS = 20_000
# A small server in a thread of a test hears after so many seconds that the test is over; of itself after half a second.
PATIENCE = 0.02


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the process that distributes the tests; workers inherit their addresses."""
    if config.option.help or config.option.version:
        return
    socketserver.BaseServer.serve_forever.__defaults__ = (PATIENCE,)
    if not hasattr(config, "workerinput"):
        servers = RunServers()
        config.stash[SERVERS] = servers
        try:
            servers.start()
        except CannotStart as error:
            servers.stop()
            pytest.exit(str(error), returncode=4)
    settle_down(os.environ.get("PYTEST_XDIST_WORKER", "gw0"))


def settle_down(worker: str) -> None:
    """Give this worker a folder, a queue and ports of its own, for itself and for the processes it starts.

    Settings were read before the servers were there.
    """
    folder = Path(os.environ["DATA_DIR"]) / worker
    folder.mkdir()
    number = int(worker.removeprefix("gw"))
    queue = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{number}"
    # A port that is chosen is open a moment later: no other worker takes it meanwhile.
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    share = (ports.HIGHEST - ports.LOWEST) // workers
    ports.LOWEST += number % workers * share
    ports.HIGHEST = ports.LOWEST + share
    os.environ |= {"DATA_DIR": str(folder), "REDIS_URL": queue}
    settings.REDIS_URL = settings.CELERY_BROKER_URL = queue
    settings.DATA_DIR = folder
    settings.MAIL_DIR = folder / "mail"
    settings.MEDIA_ROOT = folder / "media"


def pytest_collection_finish() -> None:
    """Leave what was imported and collected alone: it stays, and to look for garbage in it again and again takes time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started."""
    if SERVERS in config.stash:
        config.stash[SERVERS].stop()
