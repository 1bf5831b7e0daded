"""The imports screen: the list of runs, the upload, a run's page."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from exports import naming, ordering, services, undoing
from exports.errors import NotPossible
from exports.filters import ImportFilter
from exports.forms import UploadForm
from exports.importers import datasets, looks
from exports.models import ImportRun
from exports.states import MOVING, RunState, UndoState
from exports.tables import ImportTable, state_badge, undo_badge
from tenancy.lists import StaffListView
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.forms import invalid
from ui.listing import Action


class ImportList(StaffListView):
    """Every import of the merchant."""

    role = Role.ADMIN
    title = _("Imports")
    template_name = "exports/imports.html"
    table_class = ImportTable
    filterset_class = ImportFilter
    sorts = ordering.IMPORTS
    default_sort = "-uploaded"
    counted = ngettext_lazy("%(shown)s import", "%(shown)s imports", "number")
    empty_icon = "upload"
    empty_title = _("Nothing was imported yet")
    empty_text = _("Bring in an order report: claims are checked against it at once. Or members, or purchases.")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the merchant's imports."""
        found: QuerySet[Any] = ImportRun.objects.select_related("uploaded_by").defer("problems", "sample")
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to."""
        return {"merchant_slug": self.request.merchant.slug}

    def get_empty_action(self) -> Action:
        """Lead to the upload."""
        return Action(_("Import a file"), reverse("exports:new", args=[self.request.merchant.slug]), "upload")


# Where the rows of a file end up, and what the button that leads there says.
MADE = {
    "orders": ("claims:orders", _("Open the order history")),
    "members": ("customers:list", _("Open the customers")),
    "purchases": ("loyalty:purchases", _("Open the purchases")),
    "points": ("loyalty:adjustments", _("Open the adjustments")),
    "codes": ("codes:list", _("Open the code pools")),
    "responses": ("offers:responses", _("Open the offer responses")),
}


def made_page(dataset: str, *, slug: str) -> tuple[str, Any]:
    """Return the address of the list that a file's rows end in, and what its button says."""
    page, words = MADE[dataset]
    return reverse(page, args=[slug]), words


class UploadView(StaffView):
    """The upload: GET asks for a file, POST keeps it and leads to its preview."""

    role = Role.ADMIN

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        form = UploadForm(initial={"dataset": request.GET.get("dataset", "")})
        return render(request, "exports/upload.html", self._context(form))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the file and read it."""
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return invalid(request, "exports/upload.html", self._context(form))
        values = form.cleaned_data
        run = services.upload(
            dataset=values["dataset"], file=values["file"], user=self.request.user, now=timezone.now()
        )
        return HttpResponseRedirect(reverse("exports:import", args=[self.request.merchant.slug, run.id]))

    def _context(self, form: UploadForm) -> dict[str, Any]:
        listed = reverse("exports:imports", args=[self.request.merchant.slug])
        crumbs = [(_("Imports"), listed), (_("Import a file"), "")]
        kinds = [(label, looks()[name]) for name, label in datasets().items()]
        return {"title": _("Import a file"), "form": form, "cancel_url": listed, "crumbs": crumbs, "kinds": kinds}


class RunPage(StaffView):
    """A run: what its file would do, how far it is, what it did. The moving part looks again by itself."""

    role = Role.ADMIN

    def get(self, request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
        """Draw the page; with `?part` the changing part alone. A file whose columns nobody has named leads there."""
        run: ImportRun = get_object_or_404(ImportRun.objects.select_related("job", "uploaded_by"), id=run_id)
        if run.state == RunState.COLUMNS and naming.head_of(run) is not None:
            return HttpResponseRedirect(reverse("exports:columns", args=[self.request.merchant.slug, run.id]))
        template = "exports/parts/run.html" if "part" in request.GET else "exports/run.html"
        return render(request, template, self._context(run))

    def _context(self, run: ImportRun) -> dict[str, Any]:
        listed = reverse("exports:imports", args=[self.request.merchant.slug])
        is_moving = run.state in MOVING or run.undo_state == UndoState.RUNNING
        return {
            "title": run.file_name,
            "run": run,
            "columns": [name for name, _value in run.sample[0]["facts"]] if run.sample else [],
            "state_badge": state_badge(run.state),
            "undo_badge": undo_badge(run),
            "may_undo": not undoing.refusal_of(run),
            "undo_waits": undoing.waits(run, now=timezone.now()),
            "may_name": run.columns is not None and run.state in naming.OPEN,
            "made_page": made_page(run.dataset, slug=self.request.merchant.slug),
            "crumbs": [(_now("Imports"), listed), (run.file_name, "")],
            "poll_url": f"{self.request.path}?part=1" if is_moving else "",
        }


class RunAction(StaffView):
    """An act on a run: apply or discard."""

    role = Role.ADMIN
    act: Any = None

    def post(self, request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
        """Do it, or say why not."""
        run = get_object_or_404(ImportRun.objects.only("id", "merchant"), id=run_id)
        try:
            type(self).act(run_id=run.id, actor=self.actor, now=timezone.now(), **self.more())
        except NotPossible as refusal:
            self.warn(str(refusal))
        return HttpResponseRedirect(reverse("exports:import", args=[self.request.merchant.slug, run.id]))

    def more(self) -> dict[str, Any]:
        """Return what else the act is told."""
        return {}


class ApplyView(RunAction):
    """Apply what the page has shown."""

    act = staticmethod(services.start)

    def more(self) -> dict[str, Any]:
        """Say by which columns it was previewed."""
        return {"said": self.request.POST.get("said", "")}


class DiscardView(RunAction):
    """Discard."""

    act = staticmethod(services.call_off)
