"""The list page: search, filters, tabs, sort, pages and bulk bar around one table, its whole state in the URL.

A list declares `table_class`, `filterset_class`, `sorts` and `get_queryset()`; everything else has a default. It
makes two queries of its own (the rows; all counts in one statement), whatever it shows. With htmx only the region
`#grid-region` is swapped, without scripts the same links and forms load the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.expressions import Combinable, Expression
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext_lazy
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from ui import display, locale
from ui.bulk import BulkAction, signed
from ui.chooser import chooser
from ui.counting import CappedCount, count_each
from ui.display import Display
from ui.filters import FilterSet, Lookups, Problem
from ui.filters.base import unknown
from ui.htmx import REGION, is_fragment, vary_on_htmx
from ui.keyset import LAST, KeysetPage, Sort, page_with, paginate
from ui.querystring import changed, pairs
from ui.tables import Head, Table
from ui.tabs import DRAWN, DrawnTab, Tab, TabRow


@dataclass(frozen=True)
class Action:
    """A link that a page offers, such as the one thing to do on an empty list."""

    label: Any
    url: str
    icon: str = "plus"


class ListView(TemplateResponseMixin, ContextMixin, View):
    """A list page; the staff's lists are `tenancy.lists.StaffListView`, which checks the role and remembers.

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
    # Whoever searches and finds more than this searches on; counting on would try a row at a time.
    search_cap = 200
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

    def get_layers(self) -> Sequence[Mapping[str, Any]]:
        """Return what says how to draw the list where the address does not, the strongest first; see `ui.display`."""
        return ()

    def get_empty_action(self) -> Action | None:
        """Return the one thing to do on an empty list."""
        return self.empty_action

    def export_url(self) -> str:
        """Return the address of "Export this view", or "" where there is none."""
        return ""

    def save_view_url(self) -> str:
        """Return the address that saves the view, or "" where there is none."""
        return ""

    def display_url(self) -> str:
        """Return the address that remembers columns, row height and page size, or "" where the URL alone holds them."""
        return ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the page, or with the region alone where htmx asks for it."""
        fragment = is_fragment(request, REGION)
        return vary_on_htmx(self.render_to_response(self.get_context_data(is_fragment=fragment)))

    def get_template_names(self) -> list[str]:
        """The page's template, or the region's."""
        return ["ui/list/fragment.html"] if is_fragment(self.request, REGION) else [self.template_name]

    @cached_property
    def params(self) -> QueryDict:
        """The parameters of the address; all links of the page are made from them."""
        return self.request.GET

    @cached_property
    def tab_row(self) -> TabRow:
        """The tabs."""
        return TabRow(self.get_tabs(), self.params)

    @cached_property
    def lookups(self) -> Lookups:
        """What the filters choose from, looked up once for the page and all of its tabs."""
        return Lookups(self.params, *(tab.data for tab in self.tab_row.tabs))

    @cached_property
    def filterset(self) -> FilterSet:
        """The filters, bound to the request's parameters."""
        return self.narrowed(self.params)

    @cached_property
    def every_row(self) -> QuerySet:
        """The rows before any filter, put together once for the page and all of its tabs."""
        return self.get_queryset()

    def narrowed(self, data: QueryDict) -> FilterSet:
        """Return the filters bound to these parameters."""
        return self.filterset_class(data, queryset=self.every_row, request=self.request, lookups=self.lookups)

    @cached_property
    def sort(self) -> Sort:
        """The ordering asked for, or the default."""
        return self.sort_named(self.params.get("sort", "")) or self._default_sort()

    @cached_property
    def display(self) -> Display:
        """Columns, row height and page size."""
        layers = (display.layer_of(self.params), *self.get_layers())
        return display.resolve(layers, self.table_class, self.page_sizes)

    @cached_property
    def page(self) -> KeysetPage:
        """The rows of this page, or of the page that begins with the row that was left, should it not be on this one."""
        asked = self.params
        page = paginate(
            self.filterset.qs,
            sort=self.sort,
            size=self.display.page_size,
            after=asked.get("after", ""),
            before=asked.get("before", ""),
        )
        return self._page_of_row(page) or page

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything that the templates draw, under names of its own."""
        actions = self._allowed_actions()
        table = self.table_class(
            self.page.rows,
            columns=self.display.columns,
            selectable=bool(actions),
            here=self.params.get("row", ""),
            **self.get_table_kwargs(),
        )
        heads = table.heads(self.sort, self.sorts, self.params)
        columns, display_url = table.choices(), self.display_url()
        total, tabs = self._counts()
        context = {
            "title": self.title,
            "table": table,
            "heads": heads,
            "columns": columns,
            "chooser": chooser(columns, remembered=bool(display_url)),
            "page": self.page,
            "last_page": LAST,
            "problems": self.problems(),
            "tabs": tabs,
            "total": total,
            "total_text": self.counted % {"number": total.number, "shown": str(total)},
            "status_text": self._status(total, heads),
            "sort": self.sort,
            "display": self.display,
            "page_size": self.display.page_size,
            "page_sizes": self.page_sizes if total.number > min(self.page_sizes) or total.capped else (),
            "density": self.display.density,
            "bulk_actions": actions,
            "bulk_buttons": SafeString("".join(action.button(self.action_url(action)) for action in actions)),
            "bulk_query": signed(self.filterset.query_string()),
            "empty": self._empty(),
            "export_url": self.export_url(),
            "display_url": display_url,
            "save_view_url": self.save_view_url(),
            "zone": locale.zone_name(),
        }
        return super().get_context_data(**context, **self._filter_context(), **kwargs)

    def _filter_context(self) -> dict[str, Any]:
        pills = self.filterset.pills()
        filters = self.filterset.params()
        return {
            "list_params": self.params,
            "filterset": self.filterset,
            "pills": pills,
            "more_pills": [pill for pill in pills if not pill.always and not pill.active],
            "chips": self.filterset.loose_chips(),
            "filtered": bool(self.filterset.active()),
            "clear_url": self.filterset.clear_url(),
            "search": self.filterset.filters.get("q"),
            "kept_by_filters": pairs(self.params, ("sort", "view", *DRAWN)),
            "kept_by_display": pairs(self.params, ("sort", "view", "density", *filters)),
            "was": display.as_text(self.display),
        }

    def sort_named(self, asked: str) -> Sort | None:
        """Return the ordering of this public name (`-name` for descending), or None."""
        name = asked.removeprefix("-")
        return Sort(name, self.sorts[name], asked.startswith("-")) if name in self.sorts else None

    def _default_sort(self) -> Sort:
        return self.sort_named(self.default_sort) or Sort("id", "pk", descending=True)

    def _page_of_row(self, page: KeysetPage) -> KeysetPage | None:
        asked = self.params.get("row", "")
        if not asked or not page.rows or any(str(getattr(row, "pk", "")) == asked for row in page.rows):
            return None
        try:
            key = self.every_row.model._meta.pk.to_python(asked)
        except (ValidationError, ValueError):
            return None
        return page_with(self.filterset.qs, sort=self.sort, size=self.display.page_size, key=key)

    def _counts(self) -> tuple[CappedCount, list[DrawnTab]]:
        """Count the list and its tabs, in one statement."""
        row = self.tab_row
        active, counted = row.active(), [tab for tab in row.tabs if tab.counted and tab.query]
        cap = self.search_cap if "q" in self.filterset.active() else self.count_cap
        questions = [(self.filterset.qs, cap)]
        questions += [(self.narrowed(tab.data).qs, self.tab_cap) for tab in counted]
        total, *counts = count_each(questions)
        known = dict(zip(map(id, counted), counts, strict=True))
        return total, [row.draw(tab, active=tab is active, count=known.get(id(tab))) for tab in row.tabs]

    def problems(self) -> list[Problem]:
        """Return what of the address could not be used, each with the address of the list without it."""
        found = self.filterset.problems()
        asked = self.params.get("sort", "")
        if asked and self.sort_named(asked) is None:
            note = unknown("sort", asked, _("Sort"))
            found.append(Problem("sort", asked, note.text, changed(self.params, {"sort": None})))
        if self.page.stale:
            text = _("That page is no longer there; this is the first one")
            found.append(Problem("after", "", text, changed(self.params, {})))
        return found

    def _status(self, total: CappedCount, heads: Sequence[Head]) -> str:
        """What is read aloud after the region was swapped."""
        shown = self.counted % {"number": total.number, "shown": str(total)}
        direction = _("descending") if self.sort.descending else _("ascending")
        label = next((head.label for head in heads if head.name == self.sort.name), self.sort.name)
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

    def _allowed_actions(self) -> list[BulkAction]:
        role = int(getattr(self.request, "role", None) or 0)
        return [action for action in self.bulk_actions if role >= action.role]

    def action_url(self, action: BulkAction) -> str:
        """Return where a bulk action posts to: its address, or its name reversed with this page's arguments."""
        if action.url.startswith("/"):
            return action.url
        match = self.request.resolver_match
        return reverse(action.url, kwargs=match.captured_kwargs if match else self.kwargs)  # type: ignore[attr-defined]


__all__ = ["Action", "BulkAction", "ListView", "Sort", "Tab"]
