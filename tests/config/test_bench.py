"""The benchmarks: each runs, at a tiny size; the table, the file and the comparison say what they should."""

import json
import os
from argparse import Namespace
from pathlib import Path

import pytest

from config.bench import run as bench
from config.bench.__main__ import main
from config.bench.benches import BENCHES
from config.bench.figures import Line, side_by_side, spread, table
from config.bench.keep import compare, keep

ROWS, FEW = 80, 60


def line(name: str, value: float, floor: float | None = None, **more: object) -> Line:
    return Line("pages", name, value, "ms", floor, **more)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True, databases=["default", "aside", "owner"])
def test_run_every_benchmark_at_a_tiny_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "FEW", FEW)
    # How often is enough for a figure is tried below; here each is to run.
    monkeypatch.setattr("config.bench.figures.LEAST", 1)
    monkeypatch.setattr("config.bench.work.ledger.ACTS_A_ROUND", 3)
    monkeypatch.setattr("config.bench.work.redemption.ACTS_A_ROUND", 2)
    monkeypatch.setattr("config.bench.work.sweep.QUIET", 5)
    monkeypatch.setattr("config.bench.work.sweep.ROUNDS", 1)
    monkeypatch.setattr("config.bench.work.api_redeem.ROUNDS", 1)
    monkeypatch.setattr("config.bench.work.api_redeem.OPEN", 3)
    said: list[str] = []
    options = Namespace(rows=ROWS, claims=None, volume=None, lots=0, only="", times=1, size=10, most=2)
    path = bench.run(options, tmp_path, lambda *lines: said.extend(lines))
    kept = json.loads(path.read_text())
    assert {row["bench"] for row in kept["lines"]} == set(BENCHES)
    assert kept["machine"]["cores"] == os.cpu_count()
    assert all(row["value"] > 0 for row in kept["lines"])
    pages = [page for row in kept["lines"] for page in row["more"].get("pages", ())]
    assert len(pages) > 20
    assert any("claims list: declared pairs (2)" in text for text in said)


def test_say_which_goals_are_missed() -> None:
    slow = line("slow", 30, 10, goal=2.0, limits=(("p95", 160.0, 150.0),))
    fast = line("fast", 15, 10, goal=2.0)
    few = line("few", 40, 100, goal=0.5, less_is_better=False)
    assert slow.misses == ["p95 160 > 150", "ratio 3.00 > 2"]
    assert fast.misses == []
    assert few.misses == ["ratio 0.40 < 0.5"]
    printed = table([slow, fast, few])
    assert "MISSED" in printed[1]
    assert "MISSED" not in printed[2]
    assert len({text.find("<=") for text in printed[1:3]}) == 1


def test_take_medians_of_five_at_least_in_turns() -> None:
    turns: list[str] = []
    ours, floor = side_by_side(lambda: turns.append("ours"), lambda: turns.append("floor"), times=1)
    assert (len(ours), len(floor)) == (5, 5)
    assert turns == ["ours", "floor"] * 5
    assert spread([1, 2, 3, 4, 100]) == (3, 100)


@pytest.mark.django_db
def test_compare_two_runs_by_their_ratios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = {"cores": 2}
    older = keep(tmp_path / "a", rows=10, before=machine, lines=[line("claim", 20, 10), line("gone", 1)])
    newer = keep(tmp_path / "b", rows=10, before=machine, lines=[line("claim", 30, 10), line("new", 1)])
    said = compare(older, newer)
    assert any("pages: claim" in text and "+50%" in text for text in said)
    assert any("gone" in text and "only then" in text for text in said)
    assert any("new" in text and "only now" in text for text in said)
    assert main(["--compare", str(older), str(newer)]) == 0
    assert "+50%" in capsys.readouterr().out
