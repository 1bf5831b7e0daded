"""The supervisor with small children: shows, starts again, stops, leaves nobody behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.embedded import process
from config.embedded.errors import CannotStart
from config.embedded.program import Patience
from config.embedded.supervisor import Supervisor
from config.fingerprint import ROOT
from tests.tools.children import program

SECONDS = 30


def eventually(check: Callable[[], bool], seconds: float = SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A supervisor in a process of its own, with its children up."""
    child = subprocess.Popen([sys.executable, "-m", "tests.tools.children", str(tmp_path)], cwd=ROOT)
    assert eventually(lambda: {"family", "stubborn"} <= {line.split()[2] for line in said(tmp_path)})
    yield child
    child.kill()
    child.wait()
    for pid in family(tmp_path):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def silent(line: str) -> None:
    """Where the words of children go that nobody asks about."""


def said(folder: Path) -> list[str]:
    file = folder / "said"
    return [line for line in file.read_text().splitlines() if len(line.split()) > 2] if file.exists() else []


def family(folder: Path) -> list[int]:
    """Process ids of the last family: parent and grandchild."""
    last = [line for line in said(folder) if line.split()[2] == "family"][-1]
    return [int(word) for word in last.split()[3:5]]


def gone(pids: list[int]) -> bool:
    return not any(process.is_alive(pid) for pid in pids)


def test_shows_each_line_with_the_name_of_its_program() -> None:
    lines: list[str] = []

    with Supervisor(say=lines.append) as supervisor:
        supervisor.finish([program("one", "print('a'); print('b', end='')"), program("two", "print('c')")])

    assert sorted(lines) == ["one      | a", "one      | b", "two      | c"]


def test_refuses_to_go_on_after_a_failed_step() -> None:
    with (
        Supervisor(say=silent) as supervisor,
        pytest.raises(CannotStart, match="'step' failed"),
    ):
        supervisor.finish([program("step", "raise SystemExit(3)")])


def test_gives_up_waiting_for_what_does_not_happen() -> None:
    with (
        Supervisor(say=silent) as supervisor,
        pytest.raises(CannotStart, match="The moon did not happen within 0 seconds"),
    ):
        supervisor.wait_for(lambda: False, seconds=0.1, what="The moon")


def test_starts_a_child_again_and_tells_its_new_number() -> None:
    seen: list[dict[str, int]] = []

    with Supervisor(say=silent, on_change=seen.append) as supervisor:
        supervisor.keep(program("child", "import time; time.sleep(600)"))
        first = seen[-1]["child"]
        os.kill(first, signal.SIGKILL)
        supervisor.wait_for(lambda: seen[-1].get("child", first) != first, seconds=SECONDS, what="A second life")
        second = seen[-1]["child"]

    assert gone([first, second])


def test_waits_longer_after_each_early_death() -> None:
    patience = Patience()

    waits = [patience.next_wait(lived=1) for _ in range(9)]

    assert waits[:4] == [0.25, 0.5, 1, 2]
    assert waits[-1] == 30
    assert patience.next_wait(lived=31) == 0.25


def test_killed_child_takes_its_own_children_along(supervised: subprocess.Popen[bytes], tmp_path: Path) -> None:
    first = family(tmp_path)

    os.kill(first[0], signal.SIGKILL)

    assert eventually(lambda: family(tmp_path) != first)
    assert eventually(lambda: gone(first))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_everything_when_asked(supervised: subprocess.Popen[bytes], tmp_path: Path, number: int) -> None:
    supervised.send_signal(number)

    assert supervised.wait(SECONDS) == 0
    assert eventually(lambda: gone(family(tmp_path)))


def test_second_signal_does_not_wait(tmp_path: Path) -> None:
    lines: list[str] = []
    # Asked to stop, the child has the second signal sent and goes on.
    code = (
        "import os, signal, time; "
        f"signal.signal(15, lambda *_: os.kill({os.getpid()}, 15)); print('up', flush=True); time.sleep(600)"
    )

    with Supervisor(say=lines.append) as supervisor:
        supervisor.keep(program("child", code, stop_seconds=600))
        supervisor.wait_for(lambda: bool(lines), seconds=SECONDS, what="A sign of life")

    assert supervisor.children == []


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells children of their parent's death.")
def test_killed_supervisor_leaves_no_child(supervised: subprocess.Popen[bytes], tmp_path: Path) -> None:
    parent = family(tmp_path)[0]

    supervised.kill()

    assert eventually(lambda: gone([parent]))
