"""What the list of customers can be narrowed by."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers import selectors
from ui.filters import FilterSet, PeriodFilter, SearchFilter


class CustomerFilter(FilterSet):
    """Search, and the day on which a customer was first known."""

    q = SearchFilter(method="search", label=_("Name, e-mail, phone or card"))
    since = PeriodFilter("created_at", label=_("Customer since"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by words."""
        return selectors.search(rows, text)
