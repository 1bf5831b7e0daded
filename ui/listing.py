"""The list page: search, filters, tabs, sort, pages and bulk bar around one table, its whole state in the URL.

A list declares `table_class`, `filterset_class`, `sorts` and `get_queryset()`; everything else has a default. It
makes two queries of its own (the rows; all counts in one statement), whatever it shows. With htmx only the region
`#grid-region` is swapped, without scripts the same links and forms load the page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import Combinable, Expression
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext_lazy
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from ui import locale
from ui.bulk import BulkAction
from ui.counting import CappedCount, count_each
from ui.filters import FilterSet, Problem
from ui.filters.base import unknown
from ui.htmx import REGION, is_fragment, vary_on_htmx
from ui.keyset import KeysetPage, Sort, paginate
from ui.querystring import changed
from ui.tables import Table

DENSITIES = ("comfortable", "compact")
STATE = ("sort", "page_size", "hide", "density", "after", "before")
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Tab:
    """A view of the list: a name and the filters it stands for (`status=new&status=verified`)."""

    label: Any
    query: str = ""
    counted: bool = True


@dataclass(frozen=True)
class DrawnTab:
    """A tab as the page draws it."""

    label: str
    url: str
    active: bool
    count: CappedCount | None = None


@dataclass(frozen=True)
class Action:
    """A link that a page offers, such as the one thing to do on an empty list."""

    label: Any
    url: str
    icon: str = "plus"


class ListView(TemplateResponseMixin, ContextMixin, View):
    """A list page; combine it with the view that checks the role: `class ClaimList(StaffView, ListView)`.

    `sorts` maps public names (those of table columns get a link in the header) to columns that are never NULL or to
    expressions such as `Coalesce(...)`; each needs an index on (merchant, column, id).
    """

    template_name = "ui/list.html"
    title: Any = ""
    table_class: type[Table]
    filterset_class: type[FilterSet] = FilterSet
    sorts: Mapping[str, str | Expression | Combinable] = {}
    default_sort = ""
    page_sizes: Sequence[int] = (25, 50, 100)
    tabs: Sequence[Tab] = ()
    bulk_actions: Sequence[BulkAction] = ()
    count_cap = 10_000
    tab_cap = 1_000
    counted: Any = ngettext_lazy("%(shown)s row", "%(shown)s rows", "number")
    empty_title: Any = _lazy("Nothing here yet")
    empty_text: Any = ""
    empty_icon = "inbox"
    empty_action: Action | None = None

    http_method_names = ["get", "head", "options"]

    def get_queryset(self) -> QuerySet:
        """Return the rows of the list before any filter, with everything that the cells read."""
        raise NotImplementedError

    def get_table_kwargs(self) -> dict[str, Any]:
        """Return more arguments for the table."""
        return {}

    def get_tabs(self) -> Sequence[Tab]:
        """Return the tabs; a room that knows saved views adds them here."""
        return self.tabs

    def get_empty_action(self) -> Action | None:
        """Return the one thing to do on an empty list."""
        return self.empty_action

    def export_url(self) -> str:
        """Return the address of "Export this view", or "" where there is none."""
        return ""

    def save_view_url(self) -> str:
        """Return the address that saves the view, or "" where there is none."""
        return ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the page, or with the region alone where htmx asks for it."""
        fragment = is_fragment(request, REGION)
        response = self.render_to_response(self.get_context_data(is_fragment=fragment))
        chosen = request.GET.get("density")
        if chosen in DENSITIES:
            response.set_cookie("density", chosen, max_age=A_YEAR, samesite="Lax", path="/")
        return vary_on_htmx(response)

    def get_template_names(self) -> list[str]:
        """The page's template, or the region's."""
        return ["ui/list/fragment.html"] if is_fragment(self.request, REGION) else [self.template_name]

    @cached_property
    def filterset(self) -> FilterSet:
        """The filters, bound to the request's parameters."""
        return self.filterset_class(self.request.GET, queryset=self.get_queryset(), request=self.request)

    @cached_property
    def sort(self) -> Sort:
        """The ordering asked for, or the default."""
        return self._sort_named(self.request.GET.get("sort", "")) or self._default_sort()

    @cached_property
    def page_size(self) -> int:
        """The page size asked for, if it is one of `page_sizes`."""
        asked = self.request.GET.get("page_size", "")
        return next((size for size in self.page_sizes if str(size) == asked), self.page_sizes[0])

    @cached_property
    def page(self) -> KeysetPage:
        """The rows of this page."""
        asked = self.request.GET
        return paginate(
            self.filterset.qs,
            sort=self.sort,
            size=self.page_size,
            after=asked.get("after", ""),
            before=asked.get("before", ""),
        )

    @cached_property
    def density(self) -> str:
        """Row height: by parameter, else by cookie."""
        asked = self.request.GET.get("density") or self.request.COOKIES.get("density")
        return asked if asked in DENSITIES else DENSITIES[0]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything that the templates draw, under names of its own."""
        table = self.table_class(
            self.page.rows,
            hide=self.request.GET.getlist("hide"),
            selectable=bool(self._allowed_actions()),
            **self.get_table_kwargs(),
        )
        total, tabs = self._counts()
        pills = self.filterset.pills()
        context = {
            "title": self.title,
            "table": table,
            "heads": table.heads(self.sort, self.sorts, self.request.GET),
            "columns": table.choices(),
            "page": self.page,
            "filterset": self.filterset,
            "pills": pills,
            "more_pills": [pill for pill in pills if not pill.always and not pill.active],
            "chips": self.filterset.loose_chips(),
            "problems": self._problems(),
            "filtered": bool(self.filterset.active()),
            "search": self.filterset.filters.get("q"),
            "tabs": tabs,
            "total": total,
            "total_text": self.counted % {"number": total.number, "shown": str(total)},
            "status_text": self._status(total, table),
            "sort": self.sort,
            "page_size": self.page_size,
            "page_sizes": self.page_sizes if total.number > min(self.page_sizes) or total.capped else (),
            "density": self.density,
            "bulk_actions": self._allowed_actions(),
            "empty": self._empty(),
            "export_url": self.export_url(),
            "save_view_url": self.save_view_url(),
            "zone": locale.zone_name(),
        }
        return super().get_context_data(**context, **kwargs)

    def _sort_named(self, asked: str) -> Sort | None:
        name = asked.removeprefix("-")
        return Sort(name, self.sorts[name], asked.startswith("-")) if name in self.sorts else None

    def _default_sort(self) -> Sort:
        return self._sort_named(self.default_sort) or Sort("id", "pk", descending=True)

    def _counts(self) -> tuple[CappedCount, list[DrawnTab]]:
        """Count the list and its tabs, in one statement."""
        tabs = self.get_tabs()
        questions = [(self.filterset.qs, self.count_cap)]
        questions += [(self._narrowed(tab), self.tab_cap) for tab in tabs if tab.counted and tab.query]
        total, *counts = count_each(questions)
        remaining = iter(counts)
        drawn = [self._draw(tab, next(remaining) if tab.counted and tab.query else None) for tab in tabs]
        return total, drawn

    def _narrowed(self, tab: Tab) -> QuerySet:
        return self.filterset_class(QueryDict(tab.query), queryset=self.get_queryset(), request=self.request).qs

    def _draw(self, tab: Tab, count: CappedCount | None) -> DrawnTab:
        wanted = {key: sorted(values) for key, values in QueryDict(tab.query).lists()}
        given = {key: sorted(filter(None, values)) for key, values in self.request.GET.lists() if key not in STATE}
        data = QueryDict(tab.query, mutable=True)
        for key in ("sort", "page_size", "hide"):
            if key not in data:
                data.setlist(key, self.request.GET.getlist(key))
        active = wanted == {key: values for key, values in given.items() if values}
        return DrawnTab(str(tab.label), changed(data, {}), active, count)

    def _problems(self) -> list[Problem]:
        found = self.filterset.problems()
        asked = self.request.GET.get("sort", "")
        if asked and self._sort_named(asked) is None:
            note = unknown("sort", asked, _("Sort"))
            found.append(Problem("sort", asked, note.text, changed(self.request.GET, {"sort": None})))
        if self.page.stale:
            text = _("That page is no longer there; this is the first one")
            found.append(Problem("after", "", text, changed(self.request.GET, {})))
        return found

    def _status(self, total: CappedCount, table: Table) -> str:
        """What is read aloud after the region was swapped."""
        shown = self.counted % {"number": total.number, "shown": str(total)}
        direction = _("descending") if self.sort.descending else _("ascending")
        label = next((head.label for head in table.heads() if head.name == self.sort.name), self.sort.name)
        words = {"rows": shown, "column": label, "direction": direction}
        return _("%(rows)s, sorted by %(column)s, %(direction)s") % words

    def _empty(self) -> dict[str, Any] | None:
        if self.page.rows:
            return None
        if self.filterset.active():
            return {
                "icon": "search-x",
                "title": _("Nothing matches"),
                "text": _("No row fits these filters. Remove one, or look over a longer period."),
                "action": Action(_("Clear filters"), self.filterset.clear_url(), ""),
                "swap": True,
            }
        return {
            "icon": self.empty_icon,
            "title": self.empty_title,
            "text": self.empty_text,
            "action": self.get_empty_action(),
        }

    def _allowed_actions(self) -> list[dict[str, Any]]:
        role = int(getattr(self.request, "role", None) or 0)
        allowed: Iterable[BulkAction] = (action for action in self.bulk_actions if role >= action.role)
        return [{"action": action, "url": self.action_url(action)} for action in allowed]

    def action_url(self, action: BulkAction) -> str:
        """Return where a bulk action posts to: its address, or its name reversed with this page's arguments."""
        if action.url.startswith("/"):
            return action.url
        match = self.request.resolver_match
        return reverse(action.url, kwargs=match.captured_kwargs if match else self.kwargs)  # type: ignore[attr-defined]


__all__ = ["Action", "BulkAction", "ListView", "Sort", "Tab"]
