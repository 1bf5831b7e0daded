"""The lists of purchases and of adjustments, and the page of a purchase."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.naming import called
from loyalty.models import PointAdjustment, Purchase
from loyalty.point_filters import AdjustmentFilter, PurchaseFilter
from loyalty.point_pages import purchase_context
from loyalty.point_tables import AdjustmentTable, PurchaseTable
from tenancy.lists import StaffListView
from tenancy.lists.places import place_in, place_of
from tenancy.roles import Role
from tenancy.selectors import name_of_actor
from tenancy.views import StaffView
from ui.listing import Action, Tab
from ui.sorting import begin_of


class PurchaseList(StaffListView):
    """All purchases, with the points that they earned."""

    role = Role.VIEWER
    title = _("Purchases")
    template_name = "loyalty/points/purchases.html"
    table_class = PurchaseTable
    filterset_class = PurchaseFilter
    sorts = {
        "reference": "reference",
        "purchased": "occurred_at",
        "customer": Lower(called("customer")),
        "amount": "amount_cents",
        "points": "points_earned",
        "returned": "points_returned",
    }
    default_sort = "-purchased"
    counted = ngettext_lazy("%(shown)s purchase", "%(shown)s purchases", "number")
    empty_icon = "shopping-cart"
    empty_title = _("No purchases yet")
    empty_text = _("Tills and shop systems tell of purchases, and files bring them in. They earn points.")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the merchant's purchases with their customers."""
        found: QuerySet[Any] = Purchase.objects.select_related("customer")
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to, and from which place in the list."""
        return {"merchant_slug": self.request.merchant.slug, "place": place_in(self)}

    def get_empty_action(self) -> Action | None:
        """Lead those who may to the imports."""
        if self.request.role < Role.ADMIN:
            return None
        return Action(_("Import purchases"), reverse("exports:new", args=[self.request.merchant.slug]), "upload")


class PurchasePage(StaffView):
    """One purchase: its lot of points, what was paid with it, what came back."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, purchase_id: uuid.UUID) -> HttpResponse:
        """Draw the page."""
        purchase: Purchase = get_object_or_404(Purchase.objects.select_related("customer"), id=purchase_id)
        slug = self.request.merchant.slug
        place = place_of(
            PurchaseList,
            request,
            row=purchase,
            list_url=reverse("loyalty:purchases", args=[slug]),
            url_of=lambda key: reverse("loyalty:purchase", args=[slug, key]),
        )
        context = purchase_context(purchase, slug=slug, list_url=place.back_url, now=timezone.now())
        return render(request, "loyalty/points/purchase.html", {**context, "place": place})


class AdjustmentList(StaffListView):
    """All adjustments of points by hand; those that wait for a second person first."""

    role = Role.VIEWER
    title = _("Point adjustments")
    template_name = "loyalty/points/adjustments.html"
    table_class = AdjustmentTable
    filterset_class = AdjustmentFilter
    sorts = {
        "customer": Lower(called("customer")),
        "points": "points",
        "reason": begin_of("reason"),
        "asked_by": name_of_actor("asked_by"),
        "asked": "asked_at",
        "state": "state",
        "decided_by": name_of_actor("decided_by"),
    }
    default_sort = "-asked"
    tabs = (Tab(_("All")), Tab(_("Waiting"), "state=waiting"))
    counted = ngettext_lazy("%(shown)s adjustment", "%(shown)s adjustments", "number")
    empty_icon = "sliders-horizontal"
    empty_title = _("No adjustments yet")
    empty_text = _("Points are given and taken by hand on a customer's page, under Points.")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the merchant's adjustments with their customers."""
        found: QuerySet[Any] = PointAdjustment.objects.select_related("customer")
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table who looks, and what they may."""
        return {
            "merchant_slug": self.request.merchant.slug,
            "viewer": str(self.actor),
            "may_decide": self.request.role >= Role.ADMIN,
        }
