"""Addresses of list pages: the current parameters with a few of them changed."""

import functools
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.http import QueryDict

PAGING = ("after", "before", "row")

Change = str | int | Iterable[str] | None


def changed(data: QueryDict, changes: Mapping[str, Change]) -> str:
    """Return `?...` for `data` with `changes` made: None or "" removes a key, a list sets all its values.

    The paging position (and the row that was left) is always dropped unless it is among the changes, and so are empty values: a link to
    another sort or filter starts at the first page and stays short enough to be shared.
    """
    # No copy of the parameters themselves, which would cost more than all else here: a page has a hundred such links.
    params = {key: values for key, values in data.lists() if key not in PAGING}
    for key, value in changes.items():
        if value is None or value == "":
            params.pop(key, None)
        elif isinstance(value, str | int):
            params[key] = [str(value)]
        else:
            params[key] = [str(item) for item in value]
    return _encoded(tuple((key, value) for key, values in params.items() for value in values if value != ""))


@functools.lru_cache(maxsize=4096)
def _encoded(given: tuple[tuple[str, str], ...]) -> str:
    # Most of a page's links are those of the page before: its sorts, its tabs, its usual periods.
    return "?" + urlencode(given)


def without_value(data: QueryDict, key: str, value: str) -> str:
    """Return `?...` without one value of a repeated parameter."""
    return changed(data, {key: [item for item in data.getlist(key) if item != value]})


def pairs(data: QueryDict, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the parameters of these names as a form carries them along: one pair for each value that is not empty."""
    return [(name, value) for name in names for value in data.getlist(name) if value != ""]
