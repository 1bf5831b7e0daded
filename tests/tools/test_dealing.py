"""Long tests come first, each worker has its share, and none is lost."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.support.dealing import dealt


def item(folder: str, module: int, number: int, mark: str = "") -> Any:
    """As much of a test as dealing looks at."""
    path = Path(f"/house/tests/{folder}/test_{module}.py")
    return SimpleNamespace(path=path, number=number, get_closest_marker=lambda name: name if name == mark else None)


def some(folder: str, modules: int, tests: int, mark: str = "") -> list[Any]:
    return [item(folder, module, number, mark) for module in range(modules) for number in range(tests)]


def test_long_ones_come_first_in_each_share_and_nothing_is_lost() -> None:
    items = some("claims", 5, 20) + some("journeys", 4, 3) + some("ui", 2, 4, "browser") + some("rules", 3, 10)

    ordered = dealt(items, 2)

    assert sorted(map(id, ordered)) == sorted(map(id, items))
    half = len(items) // 2
    for begin in (0, half):
        assert {"journeys", "ui"} >= {one.path.parent.name for one in ordered[begin : begin + 10]}
    assert "claims" in {one.path.parent.name for one in ordered[10:half]}


def test_modules_stay_together_and_in_their_order() -> None:
    items = some("journeys", 5, 4) + some("claims", 3, 4)

    ordered: list[Any] = list(dealt(items, 3))

    for path in {one.path for one in items if "journeys" in one.path.parts}:
        places = [place for place, one in enumerate(ordered) if one.path == path]
        assert places == list(range(places[0], places[0] + 4))
        assert [ordered[place].number for place in places] == [0, 1, 2, 3]


def test_more_long_ones_than_a_share_holds() -> None:
    items = some("journeys", 1, 50) + some("claims", 1, 2)

    assert len(dealt(items, 2)) == len(items)
