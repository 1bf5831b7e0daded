"""The order history: what the marketplaces reported, and which claims lean on it."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims_center import badges
from claims_center.filters import OrderFilter
from claims_center.imports.history import history_of
from claims_center.models import Claim, Order
from claims_center.tables import ClaimTable, OrderTable
from tenancy.lists import StaffListView
from tenancy.roles import Role
from tenancy.views import StaffView
from ui import cells
from ui.listing import Action
from ui.timeline import Fact


class OrderList(StaffListView):
    """Every imported order."""

    role = Role.VIEWER
    title = _("Order history")
    template_name = "orders/list.html"
    table_class = OrderTable
    filterset_class = OrderFilter
    dataset = "orders"
    sorts = {
        "number": "number",
        "ordered": "ordered_at",
        "marketplace": "marketplace",
        "status": "status",
        "items": "item_count",
        "amount": "amount_cents",
        "buyer": "buyer_name",
        "imported": "imported_at",
    }
    default_sort = "-ordered"
    counted = ngettext_lazy("%(shown)s order", "%(shown)s orders", "number")
    empty_icon = "package"
    empty_title = _("No orders yet")
    empty_text = _("Import an order report of a marketplace: claims are checked against it.")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the merchant's orders."""
        found: QuerySet[Any] = Order.objects.all()
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to."""
        return {"merchant_slug": self.request.merchant.slug}

    def get_empty_action(self) -> Action | None:
        """Lead those who may to the imports."""
        if self.request.role < Role.ADMIN:
            return None
        return Action(_("Import orders"), reverse("exports:new", args=[self.request.merchant.slug]), "upload")


class OrderPage(StaffView):
    """One order with its items and the claims that were matched to it."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
        """Draw the page."""
        order: Order = get_object_or_404(Order, id=order_id)
        slug = self.request.merchant.slug
        claims = list(Claim.objects.filter(matched_order_id=order.id).order_by("-submitted_at")[:50])
        context = {
            "title": order.number,
            "order": order,
            "status_badge": badges.order_status(order.status),
            "crumbs": [(_now("Order history"), reverse("claims:orders", args=[slug])), (order.number, "")],
            "facts": _facts(order),
            "items": list(order.items.order_by("title", "sku")),
            "history": history_of(order, merchant_slug=slug, may_open=self.request.role >= Role.ADMIN),
            "claims": ClaimTable(claims, merchant_slug=slug) if claims else None,
        }
        return render(request, "orders/order.html", context)


def _facts(order: Order) -> list[Fact]:
    others = [order.other_norm, *order.aliases.order_by("number_norm").values_list("number_norm", flat=True)]
    return [
        Fact(_now("Also known as"), ", ".join(filter(None, others))),
        Fact(_now("Marketplace"), " · ".join(filter(None, (order.get_marketplace_display(), order.channel)))),
        Fact(_now("Ordered"), cells.when(order.ordered_at)),
        Fact(_now("Status in the report"), order.status_text),
        Fact(_now("Amount"), cells.money(order.amount, order.currency or "USD")),
        Fact(_now("Buyer"), " · ".join(filter(None, (order.buyer_name, order.buyer_email)))),
        Fact(_now("Postal code"), order.postal_code),
        Fact(_now("Imported"), cells.when(order.imported_at)),
        Fact(_now("Last changed"), cells.when(order.changed_at)),
    ]
