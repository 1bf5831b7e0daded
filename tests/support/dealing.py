"""Which tests come first: those that take long, dealt out evenly, so that no worker ends alone with a long one."""

import os
from itertools import groupby

import pytest

# Whole folders of long tests beside those that are marked.
LONG = ("tests/journeys/", "tests/tools/", "tests/walls/", "tests/tutorial/", "tests/config/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the modules with long tests first, each worker's share in front of the others it begins with.

    The tests of a module stay together and in their order, as fixtures of modules want it. A run is divided among
    the workers in as many equal parts as there are workers; what is left over is stolen later.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = dealt(items, workers)


def dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Return the tests in `workers` parts of equal number, long ones first in each."""
    modules = [list(group) for _path, group in groupby(items, key=lambda item: item.path)]
    long = [module for module in modules if any(is_long(item) for item in module)]
    rest = [item for module in modules if module not in long for item in module]
    shares = [[item for module in long[number::workers] for item in module] for number in range(workers)]
    ordered: list[pytest.Item] = []
    for number, share in enumerate(shares, start=1):
        end = len(items) * number // workers
        filling = max(0, end - len(ordered) - len(share))
        ordered += share + rest[:filling]
        rest = rest[filling:]
    return ordered + rest


def is_long(item: pytest.Item) -> bool:
    """Whether a test is marked as long, drives a browser, or lives among long ones."""
    marked = item.get_closest_marker("slow") or item.get_closest_marker("browser")
    return marked is not None or any(folder in item.path.as_posix() for folder in LONG)
