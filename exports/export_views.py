"""Exports: the definitions with what is running, one of them, its form, what can be done with it."""

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from exports import defining, ordering, running
from exports.errors import Conflict, NotPossible
from exports.export_page import Editor, definition, running_and_recent
from exports.export_states import Cause
from exports.export_tables import ExportTable, RunTable
from exports.filters import ExportFilter, RunsOfExportFilter
from exports.models import Export, ExportRun
from exports.rights import LEAST, may_export
from exports.run_page import latest_of
from tenancy.lists import StaffListView
from tenancy.throttle import Limit, take
from tenancy.views import StaffView
from ui.forms import invalid
from ui.listing import Action, Tab

STARTS = Limit("export start", 60, 3600)


class ExportList(StaffListView):
    """The definitions, below what is running and what ran last."""

    role = LEAST
    title = _("Exports")
    template_name = "exports/exports.html"
    table_class = ExportTable
    filterset_class = ExportFilter
    sorts = ordering.EXPORTS
    default_sort = "name"
    tabs = (Tab(_("All")), Tab(_("In use"), "archived=no"), Tab(_("Archived"), "archived=yes"))
    counted = ngettext_lazy("%(shown)s export", "%(shown)s exports", "number")
    empty_icon = "download"
    empty_title = _("No exports yet")
    empty_text = _("Choose rows and columns once, and have them as a file by hand or by the clock.")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the merchant's definitions."""
        found: QuerySet[Any] = Export.objects.select_related("destination")
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table how the last runs ended."""
        ids = [row.pk for row in self.page.rows]
        return {"merchant_slug": self.request.merchant.slug, "latest": latest_of(ids)}

    def get_empty_action(self) -> Action:
        """Lead to the form."""
        return Action(_("New export"), reverse("exports:export_new", args=[self.request.merchant.slug]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is running and what ran last, where the whole page is drawn."""
        recent = {} if kwargs.get("is_fragment") else running_and_recent(slug=self.request.merchant.slug)
        return super().get_context_data(**recent, **kwargs)


class Recent(StaffView):
    """What is running and what ran last, for the page that looks again."""

    role = LEAST

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw it."""
        return render(request, "exports/parts/recent.html", running_and_recent(slug=self.request.merchant.slug))


class ExportView(StaffView):
    """What the pages of one definition share."""

    role = LEAST

    def at(self, name: str, *args: Any) -> str:
        """Return an address of this room."""
        return reverse(f"exports:{name}", args=[self.request.merchant.slug, *args])

    def found(self, export_id: uuid.UUID) -> Export:
        """Return a definition that this person may see, or answer 404."""
        rows = Export.objects.select_related("destination", "owner")
        export: Export = get_object_or_404(rows, id=export_id)
        if not may_export(export.dataset, role=self.request.role):
            raise Http404
        return export


class ExportPage(ExportView, StaffListView):
    """One definition: what it holds, its first rows, its runs."""

    role = LEAST
    list_name = "exports:export"
    template_name = "exports/export.html"
    table_class = RunTable
    filterset_class = RunsOfExportFilter
    sorts = ordering.RUNS
    default_sort = "-asked"
    counted = ngettext_lazy("%(shown)s run", "%(shown)s runs", "number")
    empty_icon = "download"
    empty_title = _("It has not run yet")

    def prepare(self) -> None:
        """Find the definition."""
        self.export = self.found(self.kwargs["export_id"])
        self.title = self.export.name

    def get_queryset(self) -> QuerySet[Any]:
        """Return its runs."""
        found: QuerySet[Any] = ExportRun.objects.filter(export=self.export).defer("wanted")
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to."""
        return {"merchant_slug": self.request.merchant.slug}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what it holds."""
        more = {} if kwargs.get("is_fragment") else definition(self.export)
        crumbs = [(_("Exports"), self.at("exports")), (self.title, "")]
        return super().get_context_data(crumbs=crumbs, export=self.export, **more, **kwargs)


class ExportNew(ExportView):
    """A new definition: of the data that is chosen first, or of a list's view as it was shown."""

    role = LEAST

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask what data it is about, then for the rest."""
        editor = Editor.of_request(request, export=None)
        if editor is None:
            return render(request, "exports/choose.html", Editor.choice(self.request))
        return render(request, "exports/export_form.html", editor.context(editor.fresh()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it and go to its page; a button of the picker or of the preview draws the form again."""
        editor = Editor.of_request(request, export=None)
        if editor is None:
            raise Http404
        form = editor.bound()
        if editor.is_only_drawn:
            return render(request, "exports/export_form.html", editor.context(form))
        if not form.is_valid():
            return invalid(request, "exports/export_form.html", editor.context(form))
        export = defining.create(values=form.values(), user=self.request.user, now=timezone.now())
        if "run" in request.POST:
            return self._run(export)
        self.say(_("The export was made."))
        return HttpResponseRedirect(self.at("export", export.id))

    def _run(self, export: Export) -> HttpResponse:
        take(STARTS, str(self.request.user.pk))
        run = running.ask(export_id=export.id, cause=Cause.HAND, user=self.request.user, now=timezone.now())
        return HttpResponseRedirect(self.at("run", run.id))


class ExportEdit(ExportView):
    """Change a definition."""

    role = LEAST

    def get(self, request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
        """Show the form."""
        editor = self._editor(request, export_id)
        return render(request, "exports/export_form.html", editor.context(editor.fresh()))

    def post(self, request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
        """Save it, unless somebody else did meanwhile."""
        editor = self._editor(request, export_id)
        form = editor.bound()
        if editor.is_only_drawn:
            return render(request, "exports/export_form.html", editor.context(form))
        if not form.is_valid():
            return invalid(request, "exports/export_form.html", editor.context(form))
        version, who = form.cleaned_data["version"] or 0, self.request.user
        try:
            defining.change(export_id=export_id, values=form.values(), version=version, user=who, now=timezone.now())
        except (Conflict, NotPossible) as refusal:
            form.add_error(None, str(refusal))
            return invalid(request, "exports/export_form.html", editor.context(form))
        self.say(_("Saved."))
        return HttpResponseRedirect(self.at("export", export_id))

    def _editor(self, request: HttpRequest, export_id: uuid.UUID) -> Editor:
        editor = Editor.of_request(request, export=self.found(export_id))
        if editor is None:
            raise Http404
        return editor


class ExportAct(ExportView):
    """A button on a definition's page."""

    role = LEAST
    said: ClassVar[Any] = ""
    act: ClassVar[Any] = None

    def post(self, request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
        """Do it, or say why not."""
        export = self.found(export_id)
        try:
            type(self).act(export_id=export.id, actor=self.actor, now=timezone.now())
            self.say(self.said)
        except NotPossible as refusal:
            self.warn(str(refusal))
        return HttpResponseRedirect(self.at("export", export.id))


class ExportArchive(ExportAct):
    """Take it out of use."""

    said = _("The export was archived. Its runs stay.")
    act = staticmethod(defining.archive)


class ExportResume(ExportAct):
    """Let its schedule go on."""

    said = _("The export runs by itself again.")
    act = staticmethod(defining.resume)


class ExportRunNow(ExportView):
    """Run it now."""

    role = LEAST

    def post(self, request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
        """Ask for a run and go to its page; one that is under way is the one."""
        export = self.found(export_id)
        take(STARTS, str(self.request.user.pk))
        try:
            run = running.ask(export_id=export.id, cause=Cause.HAND, user=self.request.user, now=timezone.now())
        except NotPossible as refusal:
            self.warn(str(refusal))
            return HttpResponseRedirect(self.at("export", export.id))
        return HttpResponseRedirect(self.at("run", run.id))
