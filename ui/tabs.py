"""Tabs of a list: each a name and the filters it stands for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from ui.counting import CappedCount
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


@dataclass(frozen=True)
class DrawnTab:
    """A tab as the page draws it."""

    label: str
    url: str
    active: bool
    count: CappedCount | None = None
    icon: str = ""


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
        return saved or next(
            (tab for tab in self.tabs if not tab.key and filters_of(QueryDict(tab.query)) == given), None
        )

    def draw(self, tab: Tab, *, active: bool, count: CappedCount | None) -> DrawnTab:
        """Return the tab with its address."""
        return DrawnTab(str(tab.label), self.url(tab), active, count, tab.icon)

    def url(self, tab: Tab) -> str:
        """Return the address of a tab; a saved view brings its own sort and looks."""
        data = QueryDict(tab.query, mutable=True)
        if tab.key:
            data["view"] = tab.key
            return changed(data, {})
        for key in self.keep:
            if key not in data:
                data.setlist(key, self.params.getlist(key))
        if self.params.get("view"):
            data["view"] = ALL
        return changed(data, {})


# Names no saved view: an address with it is not empty, so that nobody's own first view opens instead.
ALL = "all"


def filters_of(data: QueryDict) -> dict[str, list[str]]:
    """Return what an address says about which rows: its parameters without state and without empty values."""
    given = {key: sorted(filter(None, values)) for key, values in data.lists() if key not in STATE}
    return {key: values for key, values in given.items() if values}
