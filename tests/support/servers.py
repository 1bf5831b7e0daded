"""The servers of one test run.

Each run has a PostgreSQL cluster and a Valkey of its own, so that any number of runs on one checkout do not
know each other. The cluster is a copy of one that the owner has migrated once for this state of the
migrations and this PostgreSQL (POSTGRES_BIN in the environment names another than the wheel's); all live in
`.data/test`, and what a killed run left there is swept away by the next.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO

from config.embedded import process
from config.embedded.errors import CannotStart
from config.embedded.ports import free_port
from config.embedded.postgres import SUPERUSER, Cluster, made_by, major, version
from config.embedded.secrets_file import load_secrets
from config.embedded.valkey import Valkey
from config.fingerprint import ROOT, SCHEMA, fingerprint

HOME = ROOT / ".data" / "test"
TEMPLATE = "claims_center_template"
KEEP_TEMPLATES = 3
# Nothing in these clusters is worth keeping.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    # A worker of many tests at once has more than a hundred, and a large machine has many workers.
    "max_connections": "2000",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "scram_iterations": "64",
}


class Queues(Valkey):
    """A Valkey with a database for each worker, however many cores the machine has: by itself it has sixteen."""

    def command(self) -> list[str | Path]:
        """The server's command line."""
        return [*super().command(), "--databases", "1024"]


class RunServers:
    """A PostgreSQL with the migrated template, and a Valkey, for the time of one run."""

    def __init__(self) -> None:
        self.folder = HOME / "runs" / token_hex(8)
        self.children: list[tuple[subprocess.Popen[bytes], int]] = []
        self.lock: IO[str] | None = None

    def start(self) -> None:
        """Start both servers and say in the environment where they are, for this process and its children."""
        (HOME / "runs").mkdir(parents=True, exist_ok=True)
        with locked(HOME / "lock"):
            sweep(HOME / "runs")
            self.folder.mkdir()
            self.lock = (self.folder / "lock").open("w")
            fcntl.flock(self.lock, fcntl.LOCK_EX)
            chosen = template()
            copy(chosen / "postgres", self.folder / "postgres")
            secrets = load_secrets(chosen / "secrets.json")
        cluster = Cluster(folder=self.folder / "postgres", port=free_port(), passwords=secrets, settings=SETTINGS)
        self.children.append((cluster.start(output=self.folder / "postgres.log"), signal.SIGQUIT))
        valkey = Queues(folder=self.folder / "valkey", port=free_port(), password=secrets["valkey"], durable=False)
        self.children.append((valkey.start(output=self.folder / "valkey.log"), signal.SIGTERM))
        os.environ["TEST_SUPERUSER_URL"] = cluster.url(SUPERUSER, "postgres")
        os.environ["DATABASE_OWNER_URL"] = cluster.url("app_owner", TEMPLATE)
        os.environ["DATABASE_URL"] = cluster.url("app_rw", TEMPLATE)
        os.environ["REDIS_URL"] = valkey.url
        os.environ["DATA_DIR"] = str(self.folder)

    def stop(self) -> None:
        """End the servers and remove all they wrote."""
        for child, number in reversed(self.children):
            process.end(child, first=number, seconds=5)
        if self.lock is not None:
            self.lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def sweep(runs: Path) -> None:
    """Remove the folders of runs whose process is gone (its lock is free)."""
    for folder in runs.iterdir():
        with contextlib.suppress(FileNotFoundError), (folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of that file against all other runs."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def copy(source: Path, target: Path) -> None:
    """Copy a cluster with its owners and rights."""
    subprocess.run(["cp", "-a", source, target], check=True)


def template() -> Path:
    """The folder of the cluster that holds the migrated template, made now if the migrations have changed.

    Raises CannotStart with what `migrate` said. With TEST_STALE_SCHEMA=1 the newest template that could be
    made is taken instead: for work while somebody else's migrations are in motion.
    """
    folder = HOME / "templates" / fingerprint(SCHEMA, version())
    if (folder / "ready").exists():
        os.utime(folder / "ready")
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        build(folder)
    except CannotStart as error:
        shutil.rmtree(folder, ignore_errors=True)
        older = [one for one in templates() if made_by(one / "postgres" / "data") == major()]
        if not older or os.environ.get("TEST_STALE_SCHEMA") != "1":
            raise
        warnings.warn(f"{error}\nUsing the newest schema that could be made.", stacklevel=2)
        return older[0]
    (folder / "ready").touch()
    for old in templates()[KEEP_TEMPLATES:]:
        shutil.rmtree(old, ignore_errors=True)
    return folder


def templates() -> list[Path]:
    """The finished templates, last used first."""
    markers = (HOME / "templates").glob("*/ready")
    return [path.parent for path in sorted(markers, key=lambda path: path.stat().st_mtime, reverse=True)]


def build(folder: Path) -> None:
    """Make a cluster with roles and one migrated database in `folder`."""
    secrets = load_secrets(folder / "secrets.json")
    cluster = Cluster(folder=folder / "postgres", port=free_port(), passwords=secrets, settings=SETTINGS)
    cluster.initialise("--wal-segsize=4")
    child = cluster.start(output=folder / "postgres.log")
    try:
        cluster.prepare(TEMPLATE)
        migrate(cluster)
    finally:
        process.end(child, first=signal.SIGINT, seconds=15)


def migrate(cluster: Cluster) -> None:
    """Run the migrations as the owner."""
    addresses = {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": cluster.url("app_rw", TEMPLATE),
        "DATABASE_OWNER_URL": cluster.url("app_owner", TEMPLATE),
    }
    command = [sys.executable, "-m", "tests.support.migrating"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **addresses}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        message = f"The migrations fail:\n{(done.stdout + done.stderr)[-4000:]}"
        raise CannotStart(message)
