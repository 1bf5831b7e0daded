"""Every list at front, middle and end, by each sort and filter: at full volume, at a thousand rows, and the floor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from config.bench.figures import Line, spread
from config.bench.stage import LARGE, SMALL, Stage
from config.bench.work.addresses import claims_pages, other_pages

# A page may cost so many times the floor's, so many times its own cost at a thousand rows, and so many milliseconds.
MOST_OF_FLOOR, MOST_OF_SMALL, MOST_MS = 3, 2, 150
# Times below this are beyond what two runs of a web server can be told apart by.
NOISE_MS = 10


@dataclass(slots=True)
class Taken:
    """The times of one page: at full volume, at a thousand rows, and of the floor's page in turns with them."""

    large: list[float] = field(default_factory=list)
    small: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)


def claims(stage: Stage) -> Iterator[Line]:
    """The Claims Center."""
    pages = {slug: claims_pages(stage, slug) for slug in (LARGE, SMALL)}
    yield from lines("claims list", stage, pages)


def others(stage: Stage) -> Iterator[Line]:
    """Customers, orders, deliveries, jobs, code pools, funnels, products and promotions."""
    pages = {slug: other_pages(stage, slug) for slug in (LARGE, SMALL)}
    yield from lines("other lists", stage, pages)


def lines(
    bench: str, stage: Stage, pages: dict[str, dict[str, list[tuple[str, str]]]], floor: str = "claims"
) -> Iterator[Line]:
    """Measure pages in groups, by merchant, beside the floor's page of this name: one line a group."""
    for group, large in pages[LARGE].items():
        small = dict(pages[SMALL][group])
        taken = {name: _fetch(stage, path, small.get(name, path), floor) for name, path in large[: stage.most or None]}
        yield _line(bench, group, taken)


def _fetch(stage: Stage, large: str, small: str, floor: str) -> Taken:
    """Fetch three pages in turns; what is warmed up by the first is not counted."""
    taken, bare = Taken(), f"/floor/{LARGE}/{floor}/"
    for turn in range(stage.times + 1):
        found = (
            stage.visitor(LARGE).get(large)[0],
            stage.visitor(SMALL).get(small)[0],
            stage.floor_visitor(LARGE).get(bare)[0],
        )
        for times, milliseconds in zip((taken.large, taken.small, taken.floor), found, strict=True):
            if turn:
                times.append(milliseconds)
    return taken


def _line(bench: str, group: str, taken: dict[str, Taken]) -> Line:
    rows = {name: [spread(times) for times in (one.large, one.small, one.floor)] for name, one in taken.items()}
    half = _middle([large[0] for large, _, _ in rows.values()])
    floor = _middle([bare[0] for _, _, bare in rows.values()])
    slowest = max(rows, key=lambda name: rows[name][0][1])
    grown = {name: large[1] / max(small[1], NOISE_MS) for name, (large, small, _) in rows.items()}
    most = max(grown, key=lambda name: grown[name])
    return Line(
        bench,
        f"{group} ({len(rows)})",
        half,
        "ms",
        floor,
        MOST_OF_FLOOR,
        limits=(
            (f"p95 ({slowest})", rows[slowest][0][1], MOST_MS),
            (f"p95 by that at few rows ({most})", grown[most], MOST_OF_SMALL),
        ),
        more={"pages": [_kept(name, *figures) for name, figures in rows.items()]},
    )


def _middle(values: Sequence[float]) -> float:
    return spread(values)[0]


def _kept(
    name: str, large: tuple[float, float], small: tuple[float, float], bare: tuple[float, float]
) -> dict[str, object]:
    by_name: dict[str, object] = {}
    for title, (half, most) in {"large": large, "small": small, "floor": bare}.items():
        by_name |= {f"{title}_p50": round(half, 2), f"{title}_p95": round(most, 2)}
    return {"page": name} | by_name
