"""The Claims Center: key figures above the list of claims."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims_center.filters import ClaimFilter
from claims_center.models import Claim
from claims_center.overview import Overview
from claims_center.tables import ClaimTable
from claims_center.views.overview import above_list
from tenancy.lists import StaffListView
from tenancy.lists.places import place_in
from tenancy.roles import Role
from ui.addresses import address
from ui.bulk import BulkAction
from ui.listing import Action, Tab

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
    "attention",
    "signals",
    "is_repeat",
    "assignee_name",
    "submitted_at",
)


class ClaimList(StaffListView):
    """Every claim of the merchant."""

    role = Role.VIEWER
    title = _("Claims Center")
    template_name = "claims/list.html"
    table_class = ClaimTable
    filterset_class = ClaimFilter
    dataset = "claims"
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
        "attention": "attention",
        "signals": "signals",
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
        Tab(_("From customers"), "attention=answered&attention=mail_missed"),
        Tab(_("Problems"), "delivery=bounced&delivery=complained&delivery=failed"),
    )
    bulk_actions = (
        BulkAction("verify", _("Verify"), "badge-check", url="verify", role=Role.AGENT),
        BulkAction("send_gift", _("Send Gift by Email"), "send", url="send_gift", role=Role.AGENT),
        BulkAction("process", _("Mark as Processed"), "circle-check", url="process", role=Role.AGENT),
        BulkAction("unprocess", _("Unprocess"), "undo-2", url="unprocess", role=Role.AGENT),
        BulkAction("reject", _("Reject"), "circle-x", tone="bad", url="reject", role=Role.AGENT),
        BulkAction("assign", _("Assign"), "user-check", url="assign", role=Role.AGENT),
    )
    counted = ngettext_lazy("%(shown)s claim", "%(shown)s claims", "number")
    empty_title = _("No claims yet")
    empty_text = _("Publish a funnel and put its address on your product inserts: every claim appears here.")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the claims with the columns that the table reads."""
        found: QuerySet[Any] = Claim.objects.only(*COLUMNS)
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to, and which place of the list to come back to."""
        return {"merchant_slug": self.request.merchant.slug, "place": place_in(self)}

    def get_empty_action(self) -> Action | None:
        """Lead those who may to the funnels."""
        if self.request.role < Role.ADMIN:
            return None
        return Action(_("Set up a funnel"), f"/m/{self.request.merchant.slug}/funnels/")

    def action_url(self, action: BulkAction) -> str:
        """Return the confirmation page of a bulk action."""
        return address("claims:bulk", self.request.merchant.slug, action.url)

    @cached_property
    def overview(self) -> Overview:
        """The key figures, looked up only where the whole page is drawn."""
        return above_list(self.request)
