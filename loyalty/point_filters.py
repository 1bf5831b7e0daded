"""What the lists of purchases and adjustments can be narrowed by."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.selectors import search as search_customers
from loyalty.states import AdjustmentState
from tenancy.search import LAST
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter, YesNoFilter

MOST_PEOPLE = 500


class PurchaseFilter(FilterSet):
    """The filters of purchases."""

    q = SearchFilter(method="search", label=_("Reference, or the customer's name, e-mail, phone or card"))
    purchased = PeriodFilter("occurred_at", label=_("Purchased"))
    returned = YesNoFilter(method="by_return", label=_("Returned"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by the beginning of the reference, or by the customer."""
        plain = text.strip()
        found = Q(reference__gte=plain, reference__lt=plain + LAST)
        return rows.filter(found | Q(customer_id__in=_people(text)))

    def by_return(self, rows: QuerySet[Any], field_name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001 - the choice
        """Narrow to purchases of which something came back, or to the others."""
        return rows.filter(returned_amount__gt=0) if value else rows.filter(returned_amount=0)


class AdjustmentFilter(FilterSet):
    """The filters of adjustments."""

    q = SearchFilter(method="search", label=_("The customer's name, e-mail, phone or card"))
    state = ChoicesFilter("state", choices=AdjustmentState.choices, label=_("State"))
    asked = PeriodFilter("asked_at", label=_("Asked"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by the customer."""
        return rows.filter(customer_id__in=_people(text))


def _people(text: str) -> list[Any]:
    """Return the ids of customers with these words, so many that a list can be narrowed to them at once."""
    return list(search_customers(Customer.objects.order_by("id"), text).values_list("id", flat=True)[:MOST_PEOPLE])
