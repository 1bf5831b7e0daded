"""The Claims Center: key figures above the list of claims."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims_center.filters import ClaimFilter
from claims_center.models import Claim
from claims_center.overview import DEFAULT, PERIODS, Overview, overview
from claims_center.tables import ClaimTable
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.bulk import BulkAction
from ui.listing import A_YEAR, Action, ListView, Tab
from ui.querystring import changed

COOKIE = "overview"
# What the cells read; the list never needs the rest of a claim.
COLUMNS = (
    "merchant",
    "customer",
    "customer_name",
    "customer_email",
    "product_title",
    "funnel_name",
    "marketplace",
    "order_number",
    "promotion_name",
    "promotion_kind",
    "rating",
    "feedback",
    "did_redirect",
    "verification",
    "status",
    "delivery_status",
    "assignee_name",
    "submitted_at",
)


class ClaimList(StaffView, ListView):
    """Every claim of the merchant."""

    role = Role.VIEWER
    title = _("Claims Center")
    template_name = "claims/list.html"
    table_class = ClaimTable
    filterset_class = ClaimFilter
    sorts = {
        "submitted": "submitted_at",
        "customer": "customer_name",
        "email": "customer_email",
        "product": "product_title",
        "marketplace": "marketplace",
        "order_number": "order_number",
        "promotion": "promotion_name",
        "rating": "rating_rank",
        "did_redirect": "did_redirect",
        "verification": "verification",
        "status": "status",
        "delivery": "delivery_status",
        "assignee": "assignee_name",
    }
    default_sort = "-submitted"
    tabs = (
        Tab(_("All")),
        Tab(_("New"), "status=new"),
        Tab(_("Needs info"), "status=needs_info"),
        Tab(_("Verified"), "status=verified"),
        Tab(_("Processed"), "status=processed"),
        Tab(_("Rejected"), "status=rejected"),
        Tab(_("Problems"), "delivery=bounced&delivery=complained&delivery=failed"),
    )
    bulk_actions = (
        BulkAction("verify", _("Verify"), "badge-check", url="verify", role=Role.AGENT),
        BulkAction("send_gift", _("Send Gift by Email"), "send", url="send_gift", role=Role.AGENT),
        BulkAction("process", _("Mark as Processed"), "circle-check", url="process", role=Role.AGENT),
        BulkAction("assign", _("Assign"), "user-check", url="assign", role=Role.AGENT),
    )
    counted = ngettext_lazy("%(shown)s claim", "%(shown)s claims", "number")
    empty_title = _("No claims yet")
    empty_text = _("Publish a funnel and put its address on your product inserts: every claim appears here.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the list; a chosen period of the overview is kept in a cookie and leaves the address."""
        chosen = request.GET.get("overview", "")
        if chosen not in map(str, PERIODS):
            return super().get(request, *args, **kwargs)
        response = HttpResponseRedirect(request.path + changed(request.GET, {"overview": None}))
        response.set_cookie(COOKIE, chosen, max_age=A_YEAR, samesite="Lax", httponly=True)
        return response

    def get_queryset(self) -> QuerySet[Any]:
        """Return the claims with the columns that the table reads."""
        found: QuerySet[Any] = Claim.objects.only(*COLUMNS)
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to, and which list to come back to."""
        return {"merchant_slug": self.request.merchant.slug, "back": self.request.GET.urlencode()}

    def get_empty_action(self) -> Action | None:
        """Lead those who may to the funnels."""
        if self.request.role < Role.ADMIN:
            return None
        return Action(_("Set up a funnel"), f"/m/{self.request.merchant.slug}/funnels/")

    def action_url(self, action: BulkAction) -> str:
        """Return the confirmation page of a bulk action."""
        return reverse("claims:bulk", args=[self.request.merchant.slug, action.url])

    @cached_property
    def overview(self) -> Overview:
        """The key figures, looked up only where the whole page is drawn."""
        chosen = self.request.COOKIES.get(COOKIE, "")
        days = int(chosen) if chosen in map(str, PERIODS) else DEFAULT
        return overview(days=days, now=timezone.now())
