"""Saved views of lists, and how a person wants lists drawn."""

import uuid
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.errors import NotFound, Refused
from tenancy.forms import ViewForm
from tenancy.links import local_path
from tenancy.lists import services
from tenancy.lists.kept import EVERYWHERE, kept
from tenancy.lists.staff import StaffListView, no_shortcuts, view_url
from tenancy.models import SavedView
from tenancy.models.lists import LONGEST_QUERY
from tenancy.roles import Role
from tenancy.views.base import StaffView
from ui import display
from ui.htmx import dialog_base, vary_on_htmx
from ui.querystring import PAGING, changed
from ui.tabs import ALL, DRAWN

# Filters, and the names of the columns.
LONGEST_STATE = LONGEST_QUERY + 2_000


@dataclass(frozen=True)
class ListAt:
    """The list behind an address: its page, its name, its path and the parameters."""

    page: type[StaffListView]
    name: str
    path: str
    data: QueryDict


def list_at(request: Any, address: str) -> ListAt:
    """Return the list that an address of this merchant shows to this person; raise Http404 where it shows none."""
    parts = urlsplit(local_path(request, address, fallback=""))
    try:
        match = resolve(parts.path)
    except Resolver404 as error:
        raise Http404 from error
    page: Any = getattr(match.func, "view_class", object)
    ours = match.kwargs.get("merchant") == request.merchant.slug
    if not (ours and issubclass(page, StaffListView) and request.role >= page.role):
        raise Http404
    return ListAt(page, page.list_name or match.view_name, parts.path, QueryDict(parts.query))


def _parts(page: type[StaffListView], state: str) -> tuple[str, dict[str, Any]]:
    """Return what rows a state says, and how they are drawn; raise Refused where it is longer than any list's."""
    if len(state) > LONGEST_STATE:
        raise Refused(_("These are more filters than a view can hold."))
    data = QueryDict(state, mutable=True)
    layer = display.layer_of(data)
    for name in (*DRAWN, *PAGING, "view"):
        data.pop(name, None)
    query = changed(data, {}).removeprefix("?")
    if len(query) > LONGEST_QUERY:
        raise Refused(_("These are more filters than a view can hold."))
    return query, display.resolve([layer], page.table_class, page.page_sizes).as_layer()


class ViewPage(StaffView):
    """What all pages of views share: the view, and how a refusal is said."""

    role = Role.VIEWER
    title: ClassVar[Any] = ""
    submit_label: ClassVar[Any] = ""
    view: SavedView

    def prepare(self) -> None:
        """Find the view; 404 for what this person may not see."""
        try:
            self.view = services.seen_view(view_id=self.kwargs["pk"], user_id=self.request.user.pk)
        except NotFound as error:
            raise Http404 from error

    def who(self) -> dict[str, Any]:
        """Return who does it."""
        return {"user_id": self.request.user.pk, "role": self.request.role}

    def ask(self, form: Any = None, *, status: int = 200, **more: Any) -> HttpResponse:
        """Draw the dialog, or the page of its own."""
        context = {
            "dialog_base": dialog_base(self.request),
            "title": self.title,
            "submit_label": self.submit_label,
            "form": form,
            "hidden": [("next", self.came_from())],
            "cancel_url": self.came_from(),
            **more,
        }
        return vary_on_htmx(render(self.request, "ui/confirm.html", context, status=status))

    def came_from(self) -> str:
        """Return the page that the dialog stands on."""
        given = [self.request.POST.get("next", ""), self.request.headers.get("HX-Current-URL", "")]
        here = f"/m/{self.request.merchant.slug}/"
        return local_path(self.request, *given, self.request.headers.get("Referer", ""), fallback=here)

    def to_list(self, query: str) -> HttpResponse:
        """Go to the list that the person came from, with these parameters."""
        return HttpResponseRedirect(urlsplit(self.came_from()).path + query)


class NewView(ViewPage):
    """Save what a list shows under a name; `at` is the list's path, `state` what it shows."""

    title = gettext_lazy("Save this view")
    submit_label = gettext_lazy("Save view")

    def prepare(self) -> None:
        """Find the list."""
        given = self.request.POST or self.request.GET
        self.list = list_at(self.request, given.get("at", ""))
        self.state = given.get("state", "")

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Ask for the name."""
        return self._form_page(ViewForm(role=self.request.role))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Save it, and show the list with it."""
        form = ViewForm(request.POST, role=self.request.role)
        if not form.is_valid():
            return self._form_page(form, status=422)
        try:
            view = self._save(form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", str(refusal))
            return self._form_page(form, status=422)
        self.say(_("The view “%(name)s” is saved.") % {"name": view.name})
        return HttpResponseRedirect(self.list.path + view_url(view))

    def _save(self, values: dict[str, Any]) -> SavedView:
        query, drawn = _parts(self.list.page, self.state)
        view = services.save_view(
            list_name=self.list.name,
            name=values["name"],
            shared=values.get("shared", False),
            query=query,
            display=drawn,
            now=timezone.now(),
            **self.who(),
        )
        if values["first"]:
            services.open_with(view_id=view.pk, on=True, user_id=self.request.user.pk)
        return view

    def _form_page(self, form: ViewForm, status: int = 200) -> HttpResponse:
        hidden = [("at", self.list.path), ("state", self.state)]
        return self.ask(form, status=status, hidden=hidden, cancel_url=f"{self.list.path}?{self.state}")


class EditView(ViewPage):
    """Give a view another name, share it, or keep it for oneself."""

    title = gettext_lazy("Rename or share the view")
    submit_label = gettext_lazy("Save")

    def get(self, request: HttpRequest, pk: uuid.UUID, **_kwargs: Any) -> HttpResponse:
        """Ask."""
        return self.ask(ViewForm(role=self.request.role, initial=vars(self.view), old=True))

    def post(self, request: HttpRequest, pk: uuid.UUID, **_kwargs: Any) -> HttpResponse:
        """Change it."""
        form = ViewForm(request.POST, role=self.request.role, old=True)
        if not form.is_valid():
            return self.ask(form, status=422)
        values = {"shared": self.view.shared, **form.cleaned_data}
        try:
            view = services.change_view(view_id=pk, **values, now=timezone.now(), **self.who())
        except Refused as refusal:
            form.add_error("name", str(refusal))
            return self.ask(form, status=422)
        self.say(_("The view is called “%(name)s” now.") % {"name": view.name})
        return self.back_to(self.came_from())


class DeleteView(ViewPage):
    """Delete a view."""

    title = gettext_lazy("Delete the view")
    submit_label = gettext_lazy("Delete")

    def get(self, request: HttpRequest, pk: uuid.UUID, **_kwargs: Any) -> HttpResponse:
        """Ask."""
        whose = _("It is gone for the whole team.") if self.view.shared else _("Nobody else sees it.")
        text = _("“%(name)s” is deleted; the rows it shows stay. %(whose)s") % {"name": self.view.name, "whose": whose}
        return self.ask(text=text, tone="bad")

    def post(self, request: HttpRequest, pk: uuid.UUID, **_kwargs: Any) -> HttpResponse:
        """Delete it, and show the list without it."""
        try:
            services.delete_view(view_id=pk, **self.who())
        except Refused as refusal:
            self.warn(str(refusal))
            return self.back_to(self.came_from())
        self.say(_("The view “%(name)s” is deleted.") % {"name": self.view.name})
        return self.to_list(f"?view={ALL}")


class UpdateView(ViewPage):
    """Make a view hold what the list shows now."""

    def post(self, request: HttpRequest, pk: uuid.UUID, **_kwargs: Any) -> HttpResponse:
        """Update it."""
        place = list_at(request, request.POST.get("next", ""))
        if place.name != self.view.list_name:
            raise Http404
        try:
            query, drawn = _parts(place.page, request.POST.get("state", ""))
            view = services.update_view(view_id=pk, query=query, display=drawn, now=timezone.now(), **self.who())
        except Refused as refusal:
            self.warn(str(refusal))
            return self.back_to(self.came_from())
        self.say(_("The view “%(name)s” is up to date.") % {"name": view.name})
        return self.to_list(view_url(view))


class FirstView(ViewPage):
    """Begin a list with a view, or with everything again."""

    def post(self, request: HttpRequest, pk: uuid.UUID, **_kwargs: Any) -> HttpResponse:
        """Remember it for this person."""
        on = request.POST.get("on") == "1"
        services.open_with(view_id=pk, on=on, user_id=self.request.user.pk)
        begins = _("The list opens with “%(name)s” now.") % {"name": self.view.name}
        self.say(begins if on else _("The list opens with everything now."))
        return self.back_to(self.came_from())


class MoveView(ViewPage):
    """Move a view among the tabs of this person."""

    def post(self, request: HttpRequest, pk: uuid.UUID, **_kwargs: Any) -> HttpResponse:
        """Move it by one place."""
        user_id, name = self.request.user.pk, self.view.list_name
        step = -1 if request.POST.get("to") == "left" else 1
        views = kept(list_name=name, user_id=user_id)
        services.move_view(kept=views, list_name=name, view_id=pk, step=step, user_id=user_id)
        return self.back_to(self.came_from())


class ListDisplay(StaffView):
    """Remember columns, row height and page size, and show the list with them.

    What is changed while a saved view is shown stays in the address until the view is updated: it is the view's.
    """

    role = Role.VIEWER

    def post(self, request: Any, **_kwargs: Any) -> HttpResponse:
        """Find what was changed, remember it, go back to the list."""
        place = list_at(request, request.POST.get("next", ""))
        changes = display.changes(request.POST, place.page.table_class, place.page.page_sizes)
        if place.data.get("view", ALL) == ALL:
            services.draw_with(list_name=place.name, display=changes, user_id=request.user.pk)
        data = {name: value for name, value in changes.items() if name != "columns"}
        if "columns" in changes:
            data["columns"] = display.as_parameter(changes["columns"] or ())
        position = {name: place.data.get(name) for name in PAGING}
        return HttpResponseRedirect(place.path + changed(place.data, {**data, **position}))


class Shortcuts(StaffView):
    """Switch single-key shortcuts off or on, for this person in every browser."""

    role = Role.VIEWER

    def post(self, request: Any, **_kwargs: Any) -> HttpResponse:
        """Remember it."""
        chosen = "off" if request.POST.get("off") == "1" else "on"
        services.remember(user_id=request.user.pk, name=EVERYWHERE, shortcuts=chosen)
        quiet = request.headers.get("HX-Request") == "true"
        return no_shortcuts(HttpResponse(status=204) if quiet else self.back_to(f"/m/{request.merchant.slug}/"), chosen)
