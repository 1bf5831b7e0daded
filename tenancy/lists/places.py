"""A place in a list, carried along to the page of a row: its neighbours there, and the way back to the very spot.

The place is the list's parameters, signed, in the parameter `list` of the row's page. A place that was tampered with, or
whose filters are not understood any more, is no place: the page is shown without neighbours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Model
from django.http import QueryDict

from tenancy.lists.staff import StaffListView
from ui.filters import Lookups
from ui.keyset import neighbours
from ui.querystring import changed
from ui.tabs import DRAWN

PARAMETER = "list"
LONGEST = 3_000
CARRIED = ("sort", "view", *DRAWN, "after", "before")


@dataclass(frozen=True)
class Place:
    """Addresses as the page of a row draws them; "" where there is no such row. `token` leads on to other pages."""

    back_url: str
    token: str = ""
    previous_url: str = ""
    next_url: str = ""


def place_in(page: StaffListView) -> str:
    """Return where this list stands, to be read by `place_of`."""
    data = QueryDict(page.filterset.query_string(), mutable=True)
    for name in CARRIED:
        data.setlist(name, page.params.getlist(name))
    return _signer(type(page)).sign_object(changed(data, {name: data.get(name) for name in CARRIED}), compress=True)


def place_of(
    page: type[StaffListView], request: Any, *, row: Model, list_url: str, url_of: Callable[[Any], str]
) -> Place:
    """Return the place of `row` in the list that the request came from; one query, or none where it came from nowhere.

    `list_url` is the list's path, `url_of(id)` the path of a row's page.
    """
    token = request.GET.get(PARAMETER, "")
    data = _read(page, token)
    if data is None:
        return Place(list_url)
    back_url = list_url + changed(data, {"row": str(row.pk), "after": data.get("after"), "before": data.get("before")})
    standing = _standing(page, request, data)
    if not standing.filterset.is_valid():
        return Place(back_url, token)
    before, after = neighbours(standing.filterset.qs, sort=standing.sort, row=row)
    carried = f"?{PARAMETER}={token}"
    previous_url, next_url = (f"{url_of(key)}{carried}" if key else "" for key in (before, after))
    return Place(back_url, token, previous_url, next_url)


def _standing(page: type[StaffListView], request: Any, data: QueryDict) -> StaffListView:
    """Return the list as it was, ids of its filters taken as known: it was the list that signed them."""
    standing = page()
    standing.setup(request)
    standing.__dict__ |= {"params": data, "lookups": Lookups(data, trusted=True)}
    return standing


def _read(page: type[StaffListView], token: str) -> QueryDict | None:
    if not token or len(token) > LONGEST:
        return None
    try:
        query = _signer(page).unsign_object(token)
        return QueryDict(str(query).removeprefix("?"))
    except Exception:  # noqa: BLE001 - whatever stands in an address, the page of the row is shown
        return None


def _signer(page: type[StaffListView]) -> signing.Signer:
    return signing.Signer(salt=f"tenancy.lists:{page.__module__}.{page.__qualname__}", sep=".")
