"""A second server, and what a logical dump of this test's database becomes on it."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from django.db import connections

from config.embedded import process
from config.embedded.ports import free_port
from config.embedded.postgres import SUPERUSER, Cluster, environment, programs
from tests.support.database import address
from tests.support.servers import SETTINGS

ROLES = {SUPERUSER: "TEST_SUPERUSER_URL", "app_owner": "DATABASE_OWNER_URL", "app_rw": "DATABASE_URL"}
BURN = """
DO $$ BEGIN
    WHILE pg_snapshot_xmax(pg_current_snapshot())::text::bigint < {upto} LOOP
        PERFORM pg_current_xact_id();
        COMMIT;
    END LOOP;
END $$
"""


class OtherServer:
    """A server that numbers its transactions from its own beginning; passwords are those of the test's server."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def restore(self, dump: bytes, name: str) -> None:
        """Make a database and restore a dump into it, as the guide for operators says."""
        self.cluster.prepare(name)
        command = [str(programs() / "pg_restore"), "--clean", "--if-exists", "--single-transaction", "--exit-on-error"]
        where = self.cluster.url(SUPERUSER, name)
        done = subprocess.run(
            [*command, f"--dbname={where}"], input=dump, env=environment(), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()

    @contextmanager
    def connected(self, name: str) -> Iterator[None]:
        """Turn Django's connections to one of its databases for a while."""
        known = {alias: dict(connections.settings[alias]) for alias in ("default", "aside")}
        try:
            _turn({alias: {"PORT": str(self.cluster.port), "NAME": name} for alias in known})
            yield
        finally:
            _turn(known)

    def newest(self) -> int:
        """The number that its next transaction gets."""
        with psycopg.connect(self.cluster.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            row = connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()
        assert row is not None
        return int(row[0])

    def burn(self, upto: int) -> None:
        """Let transactions go by until this number has been given."""
        with psycopg.connect(self.cluster.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            connection.execute(BURN.format(upto=upto + 1).encode())


def dump() -> bytes:
    """Return a logical dump of this test's database, as `pg_dump` makes it."""
    name = connections.settings["default"]["NAME"]
    command = [str(programs() / "pg_dump"), "--format=custom", "--compress=0"]
    where = address("TEST_SUPERUSER_URL", name)
    return subprocess.run([*command, where], env=environment(), capture_output=True, check=True).stdout


@contextmanager
def other_server() -> Iterator[OtherServer]:
    """A fresh server for the time of a test."""
    folder = Path(os.environ["DATA_DIR"]) / "other-server"
    passwords = {role: unquote(urlsplit(os.environ[name]).password or "") for role, name in ROLES.items()}
    cluster = Cluster(folder=folder / "postgres", port=free_port(), passwords=passwords, settings=SETTINGS)
    folder.mkdir(exist_ok=True)
    cluster.initialise("--wal-segsize=4")
    child = cluster.start(output=folder / "postgres.log")
    try:
        yield OtherServer(cluster)
    finally:
        process.end(child, first=signal.SIGQUIT, seconds=5)
        shutil.rmtree(folder)


def _turn(wanted: dict[str, dict[str, object]]) -> None:
    for alias, values in wanted.items():
        connections[alias].close()
        connections.settings[alias].update(values)
