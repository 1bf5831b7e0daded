"""What a benchmark says: one line a measurement, and the table of all of them."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

LEAST = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement beside its floor.

    ``value`` and ``floor`` are medians in ``unit``; ``ratio`` is the first by the second. ``goal`` is what the ratio is
    to reach: at most, where less is better (times), at least, where more is (rates). ``limits`` are bounds of other
    figures: (what it is, its figure, at most). ``more`` is kept with the run and not printed.
    """

    bench: str
    name: str
    value: float
    unit: str
    floor: float | None = None
    goal: float | None = None
    less_is_better: bool = True
    limits: tuple[tuple[str, float, float], ...] = ()
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Return the figure by its floor."""
        return self.value / self.floor if self.floor else None

    @property
    def misses(self) -> list[str]:
        """Return the goals that were not reached, in words."""
        found = [f"{what} {figure:.4g} > {most:.4g}" for what, figure, most in self.limits if figure > most]
        if self.goal is not None and self.ratio is not None:
            short = self.ratio > self.goal if self.less_is_better else self.ratio < self.goal
            sign = ">" if self.less_is_better else "<"
            found += [f"ratio {self.ratio:.2f} {sign} {self.goal:.4g}"] if short else []
        return found

    def as_json(self) -> dict[str, Any]:
        """Return the line in plain values."""
        return asdict(self) | {"ratio": self.ratio, "misses": self.misses}


def spread(times: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def timed(work: Callable[[], Any]) -> float:
    """Return how many milliseconds a piece of work took."""
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def side_by_side(ours: Callable[[], Any], floor: Callable[[], Any], *, times: int) -> tuple[list[float], list[float]]:
    """Measure two pieces of work in turns, so that a busy moment of the machine meets both; milliseconds of each."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(max(times, LEAST)):
        found[0].append(timed(ours))
        found[1].append(timed(floor))
    return found


def table(lines: Iterable[Line]) -> list[str]:
    """Return the lines of the printed table."""
    rows: list[tuple[str, ...]] = [("", "median", "unit", "floor", "ratio", "goal", "")]
    rows += [_row(line) for line in lines]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(_set(cell, width, place) for place, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]


def _set(cell: str, width: int, place: int) -> str:
    return cell.ljust(width) if place in (0, 2, 6) else cell.rjust(width)


def _row(line: Line) -> tuple[str, ...]:
    sign = "<=" if line.less_is_better else ">="
    goal = "" if line.goal is None else f"{sign} {line.goal:g}"
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
    floor = "" if line.floor is None else f"{line.floor:,.1f}"
    kept = "; ".join(f"{what} {figure:.4g}" for what, figure, _ in line.limits)
    said = "MISSED " + ", ".join(line.misses) if line.misses else kept
    return f"{line.bench}: {line.name}", f"{line.value:,.1f}", line.unit, floor, ratio, goal, said
