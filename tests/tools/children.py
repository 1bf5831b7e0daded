"""Small programs to be supervised, and a supervisor to be killed."""

import signal
import sys
import time
from pathlib import Path

from config.embedded.program import Program
from config.embedded.supervisor import Supervisor

# Says its name and the number of a grandchild that would outlive it, and stays.
FAMILY = """
import os, subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("family", os.getpid(), grandchild.pid, flush=True)
time.sleep(600)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("stubborn", flush=True)
time.sleep(600)
"""


def program(name: str, code: str, **options: object) -> Program:
    """A Python program of these lines."""
    return Program(name=name, command=[sys.executable, "-c", code], **options)  # type: ignore[arg-type]


def main(folder: Path) -> None:
    """Supervise a family and a stubborn child until told to stop; their words go into a file."""
    said = (folder / "said").open("a", buffering=1)
    with Supervisor(say=lambda line: print(line, file=said)) as supervisor:
        supervisor.keep(program("family", FAMILY))
        supervisor.keep(program("stubborn", STUBBORN, stop_seconds=1, death_signal=signal.SIGKILL, stage=0))
        supervisor.watch()
        print("stopped", time.monotonic(), file=said)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
