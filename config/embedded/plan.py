"""What `make run` starts, read from the environment and the data folder."""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from config.embedded.errors import CannotStart
from config.embedded.ports import LOOPBACK, is_free, remembered_port
from config.embedded.postgres import Cluster, environment
from config.embedded.program import Program
from config.embedded.secrets_file import load_secrets
from config.embedded.valkey import Valkey
from config.fingerprint import ROOT

DATABASE = "claims_center"
# On a machine where only root works, there is nobody else to run the worker.
ROOT_IS_FINE = "ignore:You're running the worker with superuser privileges"
WEB = (
    "--interface wsgi --workers 2 --blocking-threads 4 --blocking-threads-idle-timeout 600"
    " --workers-kill-timeout 10 --respawn-failed-workers --log-level warning"
)
WORKER = "--loglevel WARNING --without-gossip --without-mingle"
HIGHEST_PORT = 65535
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - to be recognised, not to be listened on
# The embedded server is for one machine: safe at every commit, modest in memory.
CLUSTER_SETTINGS = {
    "max_connections": "150",
    "shared_buffers": "256MB",
    "max_wal_size": "1GB",
    "log_checkpoints": "off",
    # What customers typed stays out of the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True)
class Plan:
    """Where everything is, and the programs to keep running."""

    given: Mapping[str, str]
    lock: int = field(default=-1)

    @cached_property
    def data(self) -> Path:
        """The folder of everything that is kept between starts."""
        return Path(self.given.get("DATA_DIR") or ROOT / ".data").resolve()

    @property
    def marks(self) -> Path:
        """The folder of what was done to the database: beside the embedded one, so that they go together."""
        return self.cluster.folder if self.cluster else self.data

    @property
    def host(self) -> str:
        """The address the web server listens on."""
        return self.given.get("HOST") or LOOPBACK

    @property
    def port(self) -> int:
        """The port the web server listens on. Raises CannotStart when it is none, or taken."""
        text = self.given.get("PORT") or "8000"
        if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
            message = f"PORT is '{text}'; a number between 1 and {HIGHEST_PORT} is needed."
            raise CannotStart(message)
        return int(text)

    @property
    def base_url(self) -> str:
        """The address to open in a browser."""
        host = LOOPBACK if self.host in EVERYWHERE else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def check_port(self) -> None:
        """Raise CannotStart when somebody else listens on our port."""
        if not is_free(self.port, self.host):
            message = (
                f"Port {self.port} on {self.host} is taken by another program: choose one with PORT=8001 or the like."
            )
            raise CannotStart(message)

    @cached_property
    def cluster(self) -> Cluster | None:
        """The embedded database server, unless addresses of another one are given."""
        if self.given.get("DATABASE_URL"):
            if not self.given.get("DATABASE_OWNER_URL"):
                message = (
                    "DATABASE_URL is given, DATABASE_OWNER_URL is not: set-up and migrations need the owner's role."
                )
                raise CannotStart(message)
            return None
        return Cluster(
            folder=self.data / "postgres",
            port=remembered_port(self.data / "ports.json", "postgres"),
            passwords=load_secrets(self.data / "passwords.json"),
            settings=CLUSTER_SETTINGS,
        )

    @cached_property
    def valkey(self) -> Valkey | None:
        """The embedded queue, unless the address of another one is given."""
        if self.given.get("REDIS_URL"):
            return None
        return Valkey(
            folder=self.data / "valkey",
            port=remembered_port(self.data / "ports.json", "valkey"),
            password=load_secrets(self.data / "passwords.json")["valkey"],
        )

    @property
    def database_url(self) -> str:
        """The application's own role."""
        return self.cluster.url("app_rw", DATABASE) if self.cluster else self.given["DATABASE_URL"]

    @property
    def redis_url(self) -> str:
        """The queue."""
        return self.valkey.url if self.valkey else self.given["REDIS_URL"]

    @cached_property
    def env(self) -> dict[str, str]:
        """What web, worker and beat see: never the owner's address."""
        env = {name: value for name, value in self.given.items() if name != "DATABASE_OWNER_URL"}
        env.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
        env.setdefault("BASE_URL", self.base_url)
        if self.host not in EVERYWHERE:
            env.setdefault("ALLOWED_HOSTS", f"127.0.0.1,localhost,[::1],{self.host}")
        return env | {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "DATA_DIR": str(self.data),
            "HOST": self.host,
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
        }

    def servers(self) -> list[Program]:
        """The embedded servers. They hold the data folder's lock, so that no second start meets them alive."""
        programs = []
        if self.cluster is not None:
            self.cluster.initialise()
            programs.append(
                Program(
                    name="postgres",
                    command=self.cluster.command(),
                    env=environment(),
                    account=self.cluster.account,
                    before_start=self.cluster.clear_leftovers,
                    stop_signal=signal.SIGINT,
                    death_signal=signal.SIGINT,
                    inherits=(self.lock,),
                    stage=0,
                )
            )
        if self.valkey is not None:
            self.valkey.initialise()
            programs.append(
                Program(name="valkey", command=self.valkey.command(), env={}, inherits=(self.lock,), stage=0)
            )
        return programs

    def preparation(self, *steps: str) -> Program:
        """A run of `config.prepare`, the only one that is told the owner's address."""
        owner = self.cluster.url("app_owner", DATABASE) if self.cluster else self.given["DATABASE_OWNER_URL"]
        return Program(
            name="static" if steps == ("static",) else "prepare",
            command=[sys.executable, "-m", "config.prepare", *steps],
            env=self.env | {"DATABASE_OWNER_URL": owner},
        )

    def applications(self) -> list[Program]:
        """Web, worker and beat."""
        python = [sys.executable, "-W", ROOT_IS_FINE, "-m"]
        cores = min(4, os.cpu_count() or 2)
        commands = {
            "web": f"granian {WEB} --host {self.host} --port {self.port} config.wsgi:application",
            "worker": f"celery --quiet -A config worker {WORKER} --concurrency {cores}",
            "beat": "celery --quiet -A config beat --loglevel WARNING --pidfile= --schedule",
        }
        programs = {name: [*python, *command.split()] for name, command in commands.items()}
        programs["beat"].append(str(self.data / "beat-schedule"))
        # Nothing has changed since the preparation ran Django's checks; twice more would double the start.
        env = self.env | {"CELERY_SKIP_CHECKS": "1"}
        return [Program(name=name, command=command, env=env) for name, command in programs.items()]
