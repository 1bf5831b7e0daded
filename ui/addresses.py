"""Addresses that stay the same for every page of a merchant."""

import functools
import uuid
from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, reverse

# Some forty addresses for each merchant that this process serves.
MOST = 20_000
# Stands in an address where a row's id will stand.
NOBODY = str(uuid.UUID(int=0))


def address(name: str, *args: str) -> str:
    """Return what `reverse` returns, looked up once for a process; not for addresses with the id of a row."""
    return _found(settings.ROOT_URLCONF, get_script_prefix(), name, args)


def row_address(name: str, *args: Any) -> str:
    """Return the address of a row's page as `reverse` does, for the cells of a table; the last of `args` is the row's id."""
    *given, key = args
    return address(name, *map(str, given), NOBODY).replace(NOBODY, str(key))


@functools.lru_cache(maxsize=MOST)
def _found(urlconf: str, prefix: str, name: str, args: tuple[str, ...]) -> str:
    return reverse(name, urlconf=urlconf, args=args)
