"""The Campaign Performance Overview: a page of its own, and the region above the list of claims."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from claims_center.overview import Choice, Overview
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.htmx import is_fragment, vary_on_htmx

REGION = "overview"
PERIOD, OPEN = "overview", "overview_open"
A_YEAR = 365 * 24 * 3600


def above_list(request: Any) -> Overview:
    """Return the overview as the list shows it: period, open or closed, by what was chosen last."""
    today = timezone.localdate()
    choice = Choice.read(asked=QueryDict(), kept=request.COOKIES.get(PERIOD, ""), today=today)
    is_open = request.COOKIES.get(OPEN) == "yes"
    return Overview(choice, slug=request.merchant.slug, is_open=is_open, kept=request.GET.urlencode())


class OverviewPage(StaffView):
    """Figures, chart and tables of a period. What is chosen is in the address, and remembered for the list."""

    role = Role.VIEWER

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the page, or the region alone where htmx asks for it."""
        asked = request.GET
        is_part = is_fragment(request, REGION)
        choice = Choice.read(asked=asked, kept=request.COOKIES.get(PERIOD, ""), today=timezone.localdate())
        overview = Overview(
            choice,
            slug=self.request.merchant.slug,
            is_open=not is_part or asked.get("open") == "yes",
            is_page=not is_part,
            sort=asked.get("by", ""),
            in_full=asked.get("all", ""),
            kept=asked.get("list", ""),
        )
        template = "claims/overview.html" if is_part else "claims/overview_page.html"
        response = vary_on_htmx(render(request, template, self.context(overview)))
        if not choice.problem:
            response.set_cookie(PERIOD, str(choice), max_age=A_YEAR, samesite="Lax", httponly=True)
        if is_part and asked.get("open") in {"yes", "no"}:
            response.set_cookie(OPEN, asked["open"], max_age=A_YEAR, samesite="Lax", httponly=True)
        return response

    def context(self, overview: Overview) -> dict[str, Any]:
        """Return what the templates draw."""
        back = f"{overview.list_url}?{QueryDict(overview.kept).urlencode()}"
        title = _("Campaign Performance")
        crumbs = [(_("Claims Center"), reverse("claims:list", args=[self.request.merchant.slug])), (title, "")]
        return {"overview": overview, "title": title, "crumbs": crumbs, "back": back.rstrip("?")}
