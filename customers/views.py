"""The list of customers; a customer's own page puts all documents together and is in `cockpit`."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers import selectors
from customers.filters import CustomerFilter
from customers.tables import CustomerTable
from tenancy.lists import StaffListView
from tenancy.roles import Role
from ui.bulk import BulkAction


class CustomerList(StaffListView):
    """Everybody whom the merchant knows."""

    role = Role.VIEWER
    title = _("Customers")
    template_name = "customers/list.html"
    table_class = CustomerTable
    filterset_class = CustomerFilter
    dataset = "customers"
    sorts = {
        "customer": "last_name",
        "email": "email_norm",
        "phone": "phone_norm",
        "town": "city",
        "card_number": "card_number",
        "since": "created_at",
    }
    default_sort = "-since"
    bulk_actions = (
        BulkAction("assign", _("Assign an offer"), "megaphone", url="offers:assign_chosen", role=Role.ADMIN),
    )
    counted = ngettext_lazy("%(shown)s customer", "%(shown)s customers", "number")
    empty_icon = "users"
    empty_title = _("No customers yet")
    empty_text = _("Whoever claims a gift through one of your funnels appears here.")

    def action_url(self, action: BulkAction) -> str:
        """Return the page on which a bulk action begins."""
        return reverse(action.url, args=[self.request.merchant.slug])

    def get_queryset(self) -> QuerySet[Any]:
        """Return the merchant's customers."""
        return selectors.customers_for_list()

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to."""
        return {"merchant_slug": self.request.merchant.slug}
