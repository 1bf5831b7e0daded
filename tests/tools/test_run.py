"""`make run` for real: up, refused twice, healed, stopped, up again with its data, two side by side."""

import json
import os
import signal
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
from config.embedded.ports import free_port
from config.fingerprint import ROOT

SECONDS = 120
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


def all_gone(pids: dict[str, int]) -> bool:
    return all(process.wait_until_gone(pid, 20) for pid in pids.values())


@pytest.mark.slow
def test_whole_house_starts_heals_stops_and_keeps_its_data(houses: list[House]) -> None:
    one, two = houses
    one.start()
    two.start()
    first, other = one.wait_until_up(), two.wait_until_up()

    assert first["base_url"] == f"http://127.0.0.1:{one.port}"
    assert set(first["merchants"]) == {"brew-bloom", "north-trail"}
    assert (status(first, "/readyz"), status(other, "/readyz")) == (200, 200)
    assert not set(first["pids"].values()) & set(other["pids"].values())
    with psycopg.connect(first["database_url"]) as connection:
        assert connection.execute("SELECT current_user::text").fetchone() == ("app_rw",)
        connection.execute("UPDATE tenancy_merchant SET name = 'Kept' WHERE slug = 'brew-bloom'")

    second_start = subprocess.run(
        [sys.executable, "-m", "config.run"], cwd=ROOT, env=one.env, capture_output=True, text=True, check=False
    )
    assert second_start.returncode == 1
    assert "Already running in" in second_start.stderr
    assert "Traceback" not in second_start.stderr

    os.kill(first["pids"]["worker"], signal.SIGKILL)
    deadline = time.monotonic() + 30
    while one.demo()["pids"]["worker"] in {None, first["pids"]["worker"]}:
        assert time.monotonic() < deadline
        time.sleep(0.05)

    healed = one.demo()["pids"]
    assert one.stop() == 0
    assert all_gone(healed)
    assert two.stop(signal.SIGKILL) == -signal.SIGKILL
    assert all_gone(other["pids"])

    one.start()
    again = one.wait_until_up()
    assert again["database_url"] == first["database_url"]
    assert again["merchants"] == first["merchants"]
    with psycopg.connect(again["database_url"]) as connection:
        found = connection.execute("SELECT name FROM tenancy_merchant WHERE slug = 'brew-bloom'").fetchone()
    assert found == ("Kept",)
    assert one.stop(signal.SIGINT) == 0
    assert all_gone(again["pids"])


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"PORT": "no"}, "PORT is 'no'"),
        ({"DATABASE_URL": "postgresql://app_rw@127.0.0.1/x"}, "DATABASE_OWNER_URL is not"),
    ],
)
def test_start_is_refused_with_a_plain_sentence(houses: list[House], given: dict[str, str], sentence: str) -> None:
    command = [sys.executable, "-m", "config.run"]

    done = subprocess.run(
        command, cwd=ROOT, env=houses[0].env | given, capture_output=True, text=True, check=False, timeout=30
    )

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_start_is_refused_where_the_port_is_taken(houses: list[House]) -> None:
    listener = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(houses[0].port), "--bind", "127.0.0.1"], stderr=subprocess.DEVNULL
    )
    try:
        while not _listens(houses[0].port):
            time.sleep(0.05)
        done = subprocess.run(
            [sys.executable, "-m", "config.run"],
            cwd=ROOT,
            env=houses[0].env,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        listener.kill()
        listener.wait()

    assert done.returncode == 1
    assert f"Port {houses[0].port} on 127.0.0.1 is taken" in done.stderr


def _listens(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1):
            return True
    except OSError:
        return False
