"""What became of bulk acts: the list of them, one with its claims, the same as a file."""

import uuid
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims_center.bulk import csvfile
from claims_center.bulk.filters import ActFilter, RowFilter
from claims_center.bulk.ordering import ACTS_BY, ROWS_BY
from claims_center.bulk.selectors import Result, acts_for_list, result_of
from claims_center.bulk.tables import ActTable, RowTable, state_badge, title_of
from claims_center.models import BulkRow, BulkState
from claims_center.views.bulk import BulkView
from tenancy.lists import StaffListView
from tenancy.roles import Role
from tenancy.selectors import actor_names
from ui import locale
from ui.listing import Tab


class ActList(StaffListView):
    """Every bulk act: who did what to how many claims, and what came of it."""

    role = Role.VIEWER
    title = _("Bulk actions")
    template_name = "claims/bulk_list.html"
    table_class = ActTable
    filterset_class = ActFilter
    sorts = ACTS_BY
    default_sort = "-started"
    counted = ngettext_lazy("%(shown)s bulk action", "%(shown)s bulk actions", "number")
    empty_icon = "list-checks"
    empty_title = _("Nothing was done in bulk yet")
    empty_text = _("Tick claims in the list, or take all that match a filter, and choose what to do with them.")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the acts that were begun."""
        return acts_for_list()

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to, and the names of those who acted."""
        names = actor_names({row.actor for row in self.page.rows})
        return {"merchant_slug": self.request.merchant.slug, "names": names}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back."""
        listed = reverse("claims:list", args=[self.request.merchant.slug])
        crumbs = [(_now("Claims Center"), listed), (_now("Bulk actions"), "")]
        return super().get_context_data(**kwargs, crumbs=crumbs)


class ResultView(BulkView, StaffListView):
    """An act: progress while it runs, then what became of each claim. Looks again by itself until it is over."""

    role = Role.VIEWER
    template_name = "claims/bulk_result.html"
    table_class = RowTable
    filterset_class = RowFilter
    sorts = ROWS_BY
    default_sort = "position"
    tabs = (Tab(_("All")), Tab(_("Done"), "result=done"), Tab(_("Skipped"), "result=skipped"))
    counted = ngettext_lazy("%(shown)s claim", "%(shown)s claims", "number")
    empty_title = _("No claim has had its turn yet")

    def prepare(self) -> None:
        """Find the act; it names the page."""
        super().prepare()
        self.title = title_of(self.bulk)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Draw the page; with `?part` what moves alone, and the whole page anew once nothing moves."""
        if self.bulk.state == BulkState.DRAFT:
            return HttpResponseRedirect(self.at("bulk-preview", self.bulk.id))
        if "part" not in request.GET:
            return super().get(request, *args, **kwargs)
        if not self.result.is_running:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "claims/parts/bulk_progress.html", self._moving())

    @cached_property
    def result(self) -> Result:
        """What the act has come to so far."""
        return result_of(self.bulk, now=timezone.now())

    def get_queryset(self) -> QuerySet[Any]:
        """Return the act's claims with their results."""
        found: QuerySet[Any] = BulkRow.objects.filter(bulk_id=self.bulk.id).select_related("claim").defer("before")
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to, and the act's own words."""
        return {"merchant_slug": self.request.merchant.slug, "act": self.result.act}

    def export_url(self) -> str:
        """Return where the whole result is to be had as a file."""
        return self.at("bulk-rows", self.bulk.id) if not self.result.is_running else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what stands above the claims."""
        names = actor_names({self.bulk.actor})
        crumbs = [(_now("Claims Center"), self.at("list")), (_now("Bulk actions"), self.at("bulk-acts"))]
        return super().get_context_data(
            **self._moving(),
            **kwargs,
            crumbs=[*crumbs, (title_of(self.bulk), "")],
            state_badge=state_badge(self.bulk),
            who=names.get(self.bulk.actor, ""),
            until=locale.moment(self.bulk.undo_until) if self.bulk.undo_until else "",
            may_undo=self.request.role >= Role.AGENT and self.may_change(),
        )

    def _moving(self) -> dict[str, Any]:
        poll = f"{self.request.path}?part=1" if self.result.is_running else ""
        may_stop = self.result.is_running and self.request.role >= Role.AGENT and self.may_change()
        return {"result": self.result, "bulk": self.bulk, "poll_url": poll, "may_stop": may_stop}


class RowsView(BulkView):
    """The results as a file, sent while it is written."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, bulk_id: uuid.UUID) -> StreamingHttpResponse:
        """Send it."""
        language, zone = translation.get_language() or "en", timezone.get_current_timezone()
        text = csvfile.lines(merchant_id=self.request.merchant.id, bulk=self.bulk, language=language, zone=zone)
        name = f"{self.bulk.act}-{self.bulk.created_at:%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
