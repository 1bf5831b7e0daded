"""A run's figures in a file, the machine's facts beside them, and two runs compared."""

import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from config.bench.figures import Line


def machine() -> dict[str, Any]:
    """Return what the figures depend on: cores, load, versions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('shared_buffers')")
        version, buffers = cursor.fetchone()
    return {
        "cores": os.cpu_count(),
        "load_average": [round(one, 2) for one in os.getloadavg()],
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "postgresql": version,
        "shared_buffers": buffers,
    }


def keep(folder: Path, *, rows: int, before: dict[str, Any], lines: Sequence[Line]) -> Path:
    """Write the run into the folder, named by its time in UTC, and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    at = datetime.now(UTC)
    run = {
        "at": at.isoformat(timespec="seconds"),
        "rows": rows,
        "machine": before | {"load_average_after": [round(one, 2) for one in os.getloadavg()]},
        "lines": [line.as_json() for line in lines],
    }
    path = folder / f"{at:%Y-%m-%dT%H%M%SZ}.json"
    path.write_text(json.dumps(run, indent=1) + "\n")
    return path


def compare(older: Path, newer: Path) -> list[str]:
    """Return one line for each measurement of both runs: the ratios to the floor, and how they have changed.

    Ratios are compared and not times: machine and moment are in both halves of a ratio.
    """
    then, now = (dict(_ratios(path)) for path in (older, newer))
    both = [name for name in now if name in then]
    found = [f"{'':52}  {'then':>8}  {'now':>8}  change"]
    for name in both:
        change = now[name] / then[name] - 1 if then[name] else 0
        found.append(f"{name:52}  {then[name]:8.2f}  {now[name]:8.2f}  {change:+.0%}")
    return found + _missing("only then", then.keys() - now.keys()) + _missing("only now", now.keys() - then.keys())


def _ratios(path: Path) -> Iterator[tuple[str, float]]:
    for line in json.loads(path.read_text())["lines"]:
        yield f"{line['bench']}: {line['name']}", line["ratio"] or line["value"]


def _missing(when: str, names: Iterable[str]) -> list[str]:
    return [f"{name:52}  {when}" for name in sorted(names)]
