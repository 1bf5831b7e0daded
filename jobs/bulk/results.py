"""What became of bulk acts: the list of them, one with its documents, the same as a file."""

import uuid
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from jobs.bulk import csvfile
from jobs.bulk.filters import ActFilter
from jobs.bulk.models import BulkState
from jobs.bulk.selectors import Result, result_of
from jobs.bulk.tables import ActTable, RowTable, state_badge, title_of
from jobs.bulk.views import BulkPages, BulkView
from tenancy.lists import StaffListView
from tenancy.selectors import actor_names
from ui import locale
from ui.listing import Tab

NOBODY = str(uuid.UUID(int=0))


class ActListPage(BulkPages, StaffListView):
    """Every bulk act of a room: who did what to how many documents, and what came of it."""

    title = _("Bulk actions")
    template_name = "jobs/bulk/list.html"
    table_class = ActTable
    filterset_class = ActFilter
    sorts = {"started": "created_at"}
    default_sort = "-started"
    counted = ngettext_lazy("%(shown)s bulk action", "%(shown)s bulk actions", "number")
    empty_icon = "list-checks"
    empty_title = _("Nothing was done in bulk yet")
    empty_text = _("Tick rows in the list, or take all that match a filter, and choose what to do with them.")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the acts that were begun."""
        found: QuerySet[Any] = self.kit.act_model.objects.exclude(state=BulkState.DRAFT)
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to, and the names of those who acted."""
        names = actor_names({row.actor for row in self.page.rows})
        return {"kit": self.kit, "page": self.at("bulk-act", NOBODY), "marker": NOBODY, "names": names}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back."""
        crumbs = [(self.list_title, self.list_url()), (_now("Bulk actions"), "")]
        return super().get_context_data(**kwargs, crumbs=crumbs)


class ResultPage(BulkView, StaffListView):
    """An act: progress while it runs, then what became of each document. Looks again by itself until it is over."""

    template_name = "jobs/bulk/result.html"
    table_class = RowTable
    sorts = {"position": "position"}
    default_sort = "position"
    tabs = (Tab(_("All")), Tab(_("Done"), "result=done"), Tab(_("Skipped"), "result=skipped"))
    empty_title = _("Nothing has had its turn yet")

    def prepare(self) -> None:
        """Find the act; it names the page."""
        super().prepare()
        self.title = title_of(self.kit, self.bulk)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Draw the page; with `?part` what moves alone, and the whole page anew once nothing moves."""
        if self.bulk.state == BulkState.DRAFT:
            return HttpResponseRedirect(self.at("bulk-preview", self.bulk.id))
        if "part" not in request.GET:
            return super().get(request, *args, **kwargs)
        if not self.result.is_running:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "jobs/bulk/parts/progress.html", self._moving())

    @cached_property
    def result(self) -> Result:
        """What the act has come to so far."""
        return result_of(self.kit, self.bulk, now=timezone.now())

    def get_queryset(self) -> QuerySet[Any]:
        """Return the act's documents with their results."""
        found = self.kit.row_model.objects.filter(bulk_id=self.bulk.id)
        rows: QuerySet[Any] = found.select_related(self.kit.link).defer("before")
        return rows

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to, and the act's own words."""
        return {"kit": self.kit, "merchant_slug": self.request.merchant.slug, "act": self.bulk.act}

    def export_url(self) -> str:
        """Return where the whole result is to be had as a file."""
        return self.at("bulk-rows", self.bulk.id) if not self.result.is_running else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what stands above the documents."""
        names = actor_names({self.bulk.actor})
        crumbs = [(self.list_title, self.list_url()), (_now("Bulk actions"), self.at("bulk-acts"))]
        return super().get_context_data(
            **self._moving(),
            **kwargs,
            crumbs=[*crumbs, (self.title, "")],
            state_badge=state_badge(self.bulk),
            who=names.get(self.bulk.actor, ""),
            until=locale.moment(self.bulk.undo_until) if self.bulk.undo_until else "",
            may_undo=self.may_change(),
            undo_url=self.at("bulk-undo", self.bulk.id),
            undone_url=self.at("bulk-act", self.result.undo.id) if self.result.undo else "",
            undoes_url=self.at("bulk-act", self.bulk.undoes_id) if self.bulk.undoes_id else "",
        )

    def _moving(self) -> dict[str, Any]:
        running = self.result.is_running
        return {
            "result": self.result,
            "bulk": self.bulk,
            "poll_url": f"{self.request.path}?part=1" if running else "",
            "may_stop": running and self.may_change(),
            "stop_url": self.at("bulk-stop", self.bulk.id),
        }


class RowsFile(BulkView):
    """The results as a file, sent while it is written."""

    def get(self, request: HttpRequest, bulk_id: uuid.UUID) -> StreamingHttpResponse:
        """Send it."""
        text = csvfile.lines(
            kit=self.kit,
            merchant_id=self.request.merchant.id,
            bulk=self.bulk,
            language=translation.get_language() or "en",
            zone=timezone.get_current_timezone(),
        )
        name = f"{self.bulk.act}-{self.bulk.created_at:%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
