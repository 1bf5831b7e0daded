"""`make run` for real: up, refused twice, healed, stopped, up again with its data, two side by side."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.embedded import process
from config.embedded.ports import LOOPBACK, free_port
from config.fingerprint import ROOT

SECONDS = 240
GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "TEST_SUPERUSER_URL")


class House:
    """One data folder and port, started as often as asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.port = free_port()
        self.env = {name: value for name, value in os.environ.items() if name not in GIVEN}
        self.env |= {"DATA_DIR": str(folder / "data"), "PORT": str(self.port)}
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start without waiting."""
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "config.run"]
            self.running = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)

    def run(self, **given: str) -> subprocess.CompletedProcess[str]:
        """Start and wait for the end, for starts that are refused."""
        command = [sys.executable, "-m", "config.run"]
        return subprocess.run(
            command, cwd=ROOT, env=self.env | given, capture_output=True, text=True, check=False, timeout=60
        )

    def wait_for_new(self, name: str, old: int) -> dict[str, Any]:
        """Return demo.json as soon as a program has another process than before."""
        deadline = time.monotonic() + 60
        while self.demo()["pids"][name] in {None, old}:
            assert time.monotonic() < deadline, self.log.read_text()[-4000:]
            time.sleep(0.05)
        return self.demo()

    def wait_until_up(self) -> dict[str, Any]:
        """Return demo.json as soon as the start has been announced."""
        assert self.running is not None
        deadline = time.monotonic() + SECONDS
        while "Claims Center is up" not in self.log.read_text():
            assert self.running.poll() is None, self.log.read_text()[-4000:]
            assert time.monotonic() < deadline, self.log.read_text()[-4000:]
            time.sleep(0.05)
        return self.demo()

    def demo(self) -> dict[str, Any]:
        """What the start says about itself."""
        found: dict[str, Any] = json.loads((self.folder / "data" / "demo.json").read_text())
        return found

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop and return its exit code."""
        assert self.running is not None
        self.running.send_signal(number)
        return self.running.wait(60)


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[list[House]]:
    """Two data folders, as of two checkouts."""
    made = [House(tmp_path / name) for name in ("one", "two")]
    for house in made:
        house.folder.mkdir()
    yield made
    for house in made:
        if house.running is not None:
            house.running.kill()
            house.running.wait()


def status(demo: dict[str, Any], path: str) -> int:
    with urllib.request.urlopen(demo["base_url"] + path, timeout=10) as answer:
        return int(answer.status)


def left_of(pids: dict[str, int]) -> list[str]:
    """The names of those that are still there after a while."""
    return [name for name, pid in pids.items() if not process.wait_until_gone(pid, 30)]


def rename(demo: dict[str, Any], name: str) -> None:
    with psycopg.connect(demo["database_url"]) as connection:
        connection.execute("UPDATE tenancy_merchant SET name = %s WHERE slug = 'brew-bloom'", [name])


def name_of(demo: dict[str, Any]) -> str:
    with psycopg.connect(demo["database_url"]) as connection:
        row = connection.execute("SELECT name FROM tenancy_merchant WHERE slug = 'brew-bloom'").fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.slow
def test_whole_house_starts_heals_stops_and_keeps_its_data(houses: list[House]) -> None:
    one, two = houses

    # From nothing.
    one.start()
    first = one.wait_until_up()
    assert first["base_url"] == f"http://127.0.0.1:{one.port}"
    assert set(first["merchants"]) == {"brew-bloom", "north-trail"}
    assert status(first, "/readyz") == 200
    assert "//app_rw:" in first["database_url"]
    rename(first, "Kept")

    # The same data folder again, while it runs.
    refused = one.run()
    assert refused.returncode == 1
    assert "Already running in" in refused.stderr
    assert "Traceback" not in refused.stderr

    # A child that dies.
    os.kill(first["pids"]["worker"], signal.SIGKILL)
    healed = one.wait_for_new("worker", first["pids"]["worker"])
    assert one.stop() == 0
    assert left_of(healed["pids"]) == []

    # With what was kept, and another house with a copy of it beside.
    subprocess.run(["cp", "-a", one.folder / "data", two.folder / "data"], check=True)
    one.start()
    again = one.wait_until_up()
    two.start()
    beside = two.wait_until_up()
    rename(beside, "Another")
    assert again["database_url"] == first["database_url"]
    assert (again["merchants"], name_of(again)) == (first["merchants"], "Kept")
    assert (status(again, "/readyz"), status(beside, "/readyz")) == (200, 200)

    # Ctrl-C, and a supervisor that is killed.
    assert one.stop(signal.SIGINT) == 0
    assert left_of(again["pids"]) == []
    assert two.stop(signal.SIGKILL) == -signal.SIGKILL
    assert left_of(beside["pids"]) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"PORT": "no"}, "PORT is 'no'"),
        ({"DATABASE_URL": "postgresql://app_rw@127.0.0.1/x"}, "DATABASE_OWNER_URL is not"),
    ],
)
def test_start_is_refused_with_a_plain_sentence(houses: list[House], given: dict[str, str], sentence: str) -> None:
    done = houses[0].run(**given)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_start_is_refused_where_the_port_is_taken(houses: list[House]) -> None:
    with socket.create_server((LOOPBACK, houses[0].port)):
        done = houses[0].run()

    assert done.returncode == 1
    assert f"Port {houses[0].port} on 127.0.0.1 is taken" in done.stderr
