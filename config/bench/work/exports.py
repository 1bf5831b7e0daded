"""Files of offer responses as the worker writes them, beside psql's own COPY of the same SELECT.

CSV of all of the list, with all of its columns, once for people and once for systems; a workbook of 100,000 rows with
fifteen columns; and how far the process grows while it writes.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from config.bench.figures import Line, spread
from config.bench.stage import LARGE, Stage
from config.embedded.postgres import programs
from exports.catalogue import dataset
from exports.datasets.fields import Moment
from exports.formats.columns import Dialect
from exports.formats.kinds import Format
from exports.formats.rows import write as write_rows
from exports.rows import Question, as_sql, listed, question
from exports.snapshot import one_view
from exports.writing import write

ROUNDS = 3
BOOK_ROWS, BOOK_COLUMNS = 100_000, 15
# At most, in megabytes beyond what the process held before, and in seconds.
MOST_GROWTH, MOST_SECONDS = 80.0, 60.0
GOAL = 0.5


def measure(stage: Stage) -> Iterator[Line]:
    """Write each file some times, in turns with psql, so that both see the same weather."""
    merchant = stage.merchant(LARGE)
    zone = ZoneInfo(merchant.time_zone)
    asked = question(name="offer_responses", keys=dataset("offer_responses").keys, query="", sort="")
    path = stage.folder / "export"
    with timezone.override(zone):
        moment = Moment(timezone.now(), zone)
        for name, harmless in (("people", True), ("systems", False)):
            dialect = Dialect(harmless=harmless, zone=merchant.time_zone)
            yield _csv(merchant.id, asked, moment, dialect, path, f"CSV for {name}")
        yield _book(merchant.id, moment, Dialect(zone=merchant.time_zone), path)
    path.unlink(missing_ok=True)


def _csv(merchant_id: Any, asked: Question, moment: Moment, dialect: Dialect, path: Path, name: str) -> Line:
    rates, floors, growths, rows = [], [], [], 0
    for _ in range(ROUNDS):
        with one_view(merchant_id), _growth() as growth, path.open("wb") as file:
            began = perf_counter()
            rows = write(
                asked, format=Format.CSV, dialect=dialect, moment=moment, target=file, progress=lambda _count: None
            )
            rates.append(rows / (perf_counter() - began))
        growths.append(growth())
        with one_view(merchant_id):
            plain = as_sql(listed(asked, moment)).as_string(connection.connection)
        floors.append(rows / _psql(plain, merchant_id, path))
    return Line(
        "exports",
        f"{name}, {rows:,} rows x {len(asked.keys)}",
        spread(rates)[0],
        "rows/s",
        spread(floors)[0],
        goal=GOAL,
        less_is_better=False,
        limits=(("MB of growth", max(growths), MOST_GROWTH),),
        more={"rates": rates, "floors": floors, "growths_mb": growths},
    )


def _book(merchant_id: Any, moment: Moment, dialect: Dialect, path: Path) -> Line:
    keys = dataset("offer_responses").keys[:BOOK_COLUMNS]
    asked = question(name="offer_responses", keys=keys, query="", sort="")
    with one_view(merchant_id), _growth() as growth, path.open("wb") as file:
        began = perf_counter()
        rows = write_rows(
            Format.XLSX,
            rows=listed(asked, moment)[:BOOK_ROWS].iterator(chunk_size=2000),
            columns=asked.columns,
            dialect=dialect,
            target=file,
            progress=lambda _count: None,
        )
        took = perf_counter() - began
    limits = (("seconds", took, MOST_SECONDS), ("MB of growth", growth(), MOST_GROWTH))
    return Line(
        "exports",
        f"workbook, {rows:,} rows x {len(keys)}",
        took * 1000,
        "ms",
        limits=limits,
        more={"growth_mb": growth()},
    )


def _psql(statement: str, merchant_id: Any, path: Path) -> float:
    """Return the seconds that psql takes, its start included: the machine's own one, or that of the wheel."""
    program = shutil.which("psql") or str(programs() / "psql")
    # A command of psql's own is one line.
    one_line = statement.replace("\n", " ")
    facts = connection.get_connection_params()
    env = os.environ | {
        "PGHOST": str(facts.get("host", "")),
        "PGPORT": str(facts.get("port", "")),
        "PGUSER": str(facts["user"]),
        "PGPASSWORD": str(facts.get("password", "")),
        "PGDATABASE": str(facts.get("dbname", "")),
        "PGOPTIONS": f"-c app.merchant_id={merchant_id}",
    }
    command = [program, "-X", "-q", "-c", f"\\copy ({one_line}) to '{path}' csv"]
    began = perf_counter()
    subprocess.run(command, env=env, check=True)  # noqa: S603 - our own words
    return perf_counter() - began


@contextmanager
def _growth() -> Iterator[Callable[[], float]]:
    """Measure by how many megabytes this process grows at most meanwhile; nought where the system does not tell."""
    if not Path("/proc/self/clear_refs").exists():
        yield lambda: 0.0
        return
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    peak = before

    def growth() -> float:
        return (peak - before) / 1024

    yield growth
    peak = _memory("VmHWM")


def _memory(name: str) -> int:
    """Return a figure of this process, in kilobytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
