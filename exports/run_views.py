"""Runs of exports: the list, one of them, its file."""

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from exports import links, ordering, run_page, running, store
from exports.errors import NotPossible
from exports.export_tables import RunTable
from exports.filters import ExportRunFilter
from exports.formats.kinds import MEDIA_TYPES
from exports.models import ExportRun
from exports.rights import LEAST, may_export
from tenancy.audit import audit
from tenancy.lists import StaffListView
from tenancy.throttle import Limit, take
from tenancy.views import StaffView

DOWNLOADS = Limit("export download", 60, 3600)


class RunList(StaffListView):
    """Every run of every export."""

    role = LEAST
    title = _("Export runs")
    template_name = "exports/runs.html"
    table_class = RunTable
    filterset_class = ExportRunFilter
    sorts = ordering.RUNS
    default_sort = "-asked"
    counted = ngettext_lazy("%(shown)s run", "%(shown)s runs", "number")
    empty_icon = "download"
    empty_title = _("Nothing was exported yet")
    empty_text = _("Make an export, or press “Export this view” on any list.")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the merchant's runs."""
        found: QuerySet[Any] = ExportRun.objects.defer("wanted")
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to."""
        return {"merchant_slug": self.request.merchant.slug}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say where the list belongs."""
        crumbs = [(_("Exports"), reverse("exports:exports", args=[self.request.merchant.slug])), (self.title, "")]
        return super().get_context_data(crumbs=crumbs, **kwargs)


def found(run_id: uuid.UUID, role: int) -> ExportRun:
    """Return a run that this role may see, or answer 404."""
    run: ExportRun = get_object_or_404(
        ExportRun.objects.select_related("export__destination", "export__owner", "job", "asked_by"), id=run_id
    )
    if not may_export(run.dataset, role=role):
        raise Http404
    return run


class RunPage(StaffView):
    """A run: how far it is, what it made, what went wrong. The moving part looks again by itself."""

    role = LEAST

    def get(self, request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
        """Draw the page; with `?part` the changing part alone."""
        run = found(run_id, self.request.role)
        context = run_page.context(run, slug=self.request.merchant.slug, path=request.path, now=timezone.now())
        return render(
            request, "exports/parts/export_run.html" if "part" in request.GET else "exports/export_run.html", context
        )


class RunAction(StaffView):
    """An act on a run."""

    role = LEAST
    act: ClassVar[Any] = None

    def post(self, request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
        """Do it, or say why not."""
        run = found(run_id, self.request.role)
        try:
            type(self).act(run_id=run.id, actor=self.actor, now=timezone.now())
        except NotPossible as refusal:
            self.warn(str(refusal))
        return self.back_to(reverse("exports:run", args=[self.request.merchant.slug, run.id]))


class RunCancel(RunAction):
    """Call it off."""

    act = staticmethod(running.call_off)


class RunAgain(RunAction):
    """Try it again."""

    act = staticmethod(running.again)


class RunFile(StaffView):
    """The file of a run that has one, for a day from when the link was made; who asks is looked at each time."""

    role = LEAST

    def get(self, request: HttpRequest, run_id: uuid.UUID, token: str) -> HttpResponseBase:
        """Give it out; a link that is too old leads to the run's page, where a new one is."""
        run = found(run_id, self.request.role)
        take(DOWNLOADS, str(self.request.user.pk))
        is_there = run.sha256 and store.is_whole(run.merchant_id, run.id, run.size)
        if not (is_there and links.is_good(token, run.id)):
            self.warn(
                _("This link is too old.") if is_there else _("The file is not kept any more. Run the export again.")
            )
            return HttpResponseRedirect(reverse("exports:run", args=[self.request.merchant.slug, run.id]))
        audit(
            action="export.downloaded", actor=self.actor, target=("export", run.export_id), after={"run": str(run.id)}
        )
        file = store.path_of(run.merchant_id, run.id).open("rb")
        return FileResponse(file, as_attachment=True, filename=run.file_name, content_type=MEDIA_TYPES[run.format])
