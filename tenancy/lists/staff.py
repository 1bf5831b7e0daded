"""The list page of the staff: the role is checked, columns are remembered, views can be saved."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from tenancy.lists.kept import Kept, View, kept
from tenancy.lists.services import may_change
from tenancy.models import SavedView
from tenancy.roles import Role
from tenancy.views.base import StaffView
from ui import display
from ui.addresses import address
from ui.filters import Problem
from ui.htmx import vary_on_htmx
from ui.listing import ListView, Tab
from ui.querystring import changed
from ui.tabs import ALL, filters_of

MENU = "tenancy/lists/menu.html"
SHORTCUTS = "shortcuts"
SEARCH = "q"
A_YEAR = 365 * 24 * 3600


class StaffListView(StaffView, ListView):
    """A list behind the merchant's door: `class ClaimList(StaffListView)` declares `role` and what `ListView` asks for.

    Beside the list's own two queries it makes one, for this person's settings and views. Views belong to
    `list_name`, which is the name of the address unless the class says otherwise; a renamed address loses them.
    """

    list_name: ClassVar[str] = ""
    # What an export calls the rows of this list; "" where they cannot be exported.
    dataset: ClassVar[str] = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the list; without any parameter, with the view that this person chose to begin with."""
        first = None if request.GET else self.kept.first()
        if first is not None:
            return vary_on_htmx(HttpResponseRedirect(request.path + view_url(first)))
        if self.kept.everywhere.get(SHORTCUTS) != "off" or SHORTCUTS in request.COOKIES:
            return super().get(request, *args, **kwargs)
        # A choice that was made in another browser: it holds from this page on.
        request.COOKIES[SHORTCUTS] = "off"
        return no_shortcuts(super().get(request, *args, **kwargs), "off")

    @cached_property
    def kept(self) -> Kept:
        """This person's settings and views."""
        return kept(list_name=self.name_of_list(), user_id=self.request.user.pk)

    @cached_property
    def params(self) -> QueryDict:
        """The parameters; who begins with a view carries `view=all` along, so that no link of theirs is empty."""
        if self.request.GET.get("view") or self.kept.first() is None:
            found: QueryDict = self.request.GET
            return found
        data: QueryDict = self.request.GET.copy()
        data["view"] = ALL
        return data

    @cached_property
    def view_shown(self) -> View | None:
        """The saved view that the address names."""
        return self.kept.view(self.params.get("view", ""))

    def name_of_list(self) -> str:
        """Return the name under which views and settings are kept."""
        return self.list_name or self.request.resolver_match.view_name

    def get_tabs(self) -> Sequence[Tab]:
        """Return the list's own tabs, then the saved views; the first of them is everything."""
        saved = [_tab(view) for view in self.kept.views]
        own = super().get_tabs()
        return [*(own or [Tab(_("All"))]), *saved] if saved else own

    def get_layers(self) -> Sequence[Mapping[str, Any]]:
        """Return the view's looks, this person's for the list, this person's for all lists."""
        view = self.view_shown
        return (*((view.display,) if view else ()), self.kept.here, self.kept.everywhere)

    def display_url(self) -> str:
        """Return the address that remembers how lists are drawn."""
        return address("tenancy:list_display", self.request.merchant.slug)

    def save_view_url(self) -> str:
        """Return the address that saves what is shown now."""
        query = urlencode({"at": self.request.path, "state": self.state()})
        return f"{address('tenancy:view_new', self.request.merchant.slug)}?{query}"

    def export_view_url(self) -> str:
        """Return the address that makes an export of what is shown now, "" where this person may not."""
        if not self.dataset or self.request.role < Role.ADMIN:
            return ""
        query = urlencode({"dataset": self.dataset, "state": self.export_state()})
        return f"{address('exports:export_new', self.request.merchant.slug)}?{query}"

    def export_state(self) -> str:
        """Return what is shown now as an export is told: the same as a view, unless the page itself narrows its rows."""
        return self.state()

    def state(self) -> str:
        """Return all that a view holds, as one query string: filters, sort, columns, row height, page size."""
        return self._state

    @cached_property
    def _state(self) -> str:
        # Saving a view and exporting it both ask.
        data = QueryDict(self.filterset.query_string(), mutable=True)
        data["sort"] = str(self.sort)
        data["columns"] = display.as_parameter(self.display.columns)
        data["density"] = self.display.density
        data["page_size"] = str(self.display.page_size)
        return data.urlencode()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what can be done with the view that is shown."""
        return super().get_context_data(view_menu=self._menu(), export_view_url=self.export_view_url(), **kwargs)

    def _menu(self) -> dict[str, Any] | None:
        view = self.view_shown
        if view is None:
            return None
        places = [one.id for one in self.kept.views]
        return {
            "template": MENU,
            "view": view,
            "state": self.state(),
            "next": self.request.path + changed(self.params, {}),
            "changed": self._is_changed(view),
            "may_change": may_change(
                maker_id=view.user_id, shared=view.shared, user_id=self.request.user.pk, role=self.request.role
            ),
            "is_first": self.kept.first() == view,
            "is_leftmost": places[0] == view.id,
            "is_rightmost": places[-1] == view.id,
        }

    def _is_changed(self, view: View) -> bool:
        if self._lost(view):
            return True
        held, layers = QueryDict(view.query), (view.display, self.kept.here, self.kept.everywhere)
        drawn = display.resolve(layers, self.table_class, self.page_sizes)
        sort = held.get("sort") or self._default_sort()
        shown = filters_of(QueryDict(self.filterset.query_string()))
        return (filters_of(held), str(sort), drawn) != (shown, str(self.sort), self.display)

    def problems(self) -> list[Problem]:
        """Add what the view names that is not there any more."""
        view = self.view_shown
        lost = self._lost(view) if view else []
        if not lost or view is None:
            return super().problems()
        text = _("The view “%(view)s” also named %(lost)s, which is not known any more") % {
            "view": view.name,
            "lost": ", ".join(f"“{name}”" for name in lost),
        }
        return [*super().problems(), Problem("view", str(view.id), text, changed(self.params, {"view": ALL}))]

    def _lost(self, view: View) -> list[str]:
        known = {"sort", *self.filterset.params()}
        strangers = [name for name in QueryDict(view.query) if name not in known]
        return [*strangers, *display.unknown_columns(view.display, self.table_class)]


def no_shortcuts(response: HttpResponse, chosen: str) -> HttpResponse:
    """Tell the browser whether single-key shortcuts are off; every page reads it from the cookie."""
    response.set_cookie(SHORTCUTS, chosen, max_age=A_YEAR, samesite="Lax", path="/")
    return response


def view_url(view: View | SavedView) -> str:
    """Return the parameters that open a view."""
    data = QueryDict(view.query, mutable=True)
    data["view"] = str(view.id)
    return changed(data, {})


def _tab(view: View) -> Tab:
    # Words are looked up before they are counted, so that each view with words would cost a query more.
    searches = SEARCH in QueryDict(view.query)
    return Tab(view.name, view.query, counted=not searches, key=str(view.id), icon="users" if view.shared else "")
