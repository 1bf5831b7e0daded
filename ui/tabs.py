"""Tabs of a list: each a name and the filters it stands for."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString

from ui import cells
from ui.counting import CappedCount
from ui.icons import icon
from ui.querystring import PAGING, changed

# How the rows are shown; everything else in an address says which rows.
DRAWN = ("page_size", "columns", "density")
STATE = ("sort", "view", *DRAWN, *PAGING)


@dataclass(frozen=True)
class Tab:
    """A view of the list: a name and the filters it stands for (`status=new&status=verified`).

    `key` is the id of a saved view, named as `view` in its address; `icon` stands before its name.
    """

    label: Any
    query: str = ""
    counted: bool = True
    key: str = ""
    icon: str = ""

    @property
    def data(self) -> QueryDict:
        """The filters as parameters."""
        return _parsed(self.query)


@functools.lru_cache(maxsize=4096)
def _parsed(query: str) -> QueryDict:
    # It cannot be changed, so all pages may read the same one.
    return QueryDict(query)


@dataclass(frozen=True)
class DrawnTab:
    """A tab as the page draws it."""

    label: str
    url: str
    active: bool
    count: CappedCount | None = None
    icon: str = ""

    def link(self) -> SafeString:
        """The tab as HTML."""
        here = ' aria-current="page"' if self.active else ""
        mark = icon(self.icon, 13) if self.icon else ""
        count = "" if self.count is None else f'<span class="count">{cells.esc(self.count)}</span>'
        label = f"{mark}{cells.esc(self.label)}{count}"
        return SafeString(f'<a href="{cells.esc(self.url)}"{here}{cells.SWAP_ATTRIBUTES}>{label}</a>')


@dataclass(frozen=True)
class TabRow:
    """All tabs of a page; `keep` are the parameters that lead along from one built-in tab to the next."""

    tabs: Sequence[Tab]
    params: QueryDict
    keep: Sequence[str] = field(default=("sort", *DRAWN))

    def active(self) -> Tab | None:
        """Return the saved view that the address names, else the tab whose filters are those of the address."""
        named = self.params.get("view", "")
        saved = next((tab for tab in self.tabs if tab.key and tab.key == named), None)
        given = filters_of(self.params)
        return saved or next((tab for tab in self.tabs if not tab.key and filters_of(tab.data) == given), None)

    def draw(self, tab: Tab, *, active: bool, count: CappedCount | None) -> DrawnTab:
        """Return the tab with its address."""
        return DrawnTab(str(tab.label), self.url(tab), active, count, tab.icon)

    def url(self, tab: Tab) -> str:
        """Return the address of a tab; a saved view brings its own sort and looks."""
        if tab.key:
            return changed(tab.data, {"view": tab.key})
        kept: dict[str, Any] = {key: self.params.getlist(key) for key in self.keep if key not in tab.data}
        return changed(tab.data, kept | ({"view": ALL} if self.params.get("view") else {}))


# Names no saved view: an address with it is not empty, so that nobody's own first view opens instead.
ALL = "all"


def filters_of(data: QueryDict) -> dict[str, list[str]]:
    """Return what an address says about which rows: its parameters without state and without empty values."""
    given = {key: sorted(filter(None, values)) for key, values in data.lists() if key not in STATE}
    return {key: values for key, values in given.items() if values}
