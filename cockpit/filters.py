"""What the list of ledger entries can be narrowed by."""

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cockpit.ordering import ending
from cockpit.timeline import LABELS
from customers.models import Customer
from customers.selectors import search
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter
from ui.filters.words import id_in, words_in

ENDING = re.compile(r"[0-9a-fA-F]{12}")


class EntryFilter(FilterSet):
    """Customer, note or the entry's id; event and day."""

    q = SearchFilter(method="search", label=_("Customer, note or entry"))
    event = ChoicesFilter(
        "event", choices=lambda: [(name, label.words) for name, label in LABELS.items()], label=_("Event")
    )
    occurred = PeriodFilter("occurred_at", label=_("Occurred"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by words of the customer or of the note, by a whole id, or by what the list shows of one."""
        if key := id_in(text):
            return rows.filter(Q(pk=key) | Q(origin_id=key) | Q(customer_id=key))
        found = words_in(text, "note") | Q(customer_id__in=search(Customer.objects.all(), text).values("id"))
        if ENDING.fullmatch(text):
            rows = rows.alias(ending=ending())
            found |= Q(ending=text.lower())
        return rows.filter(found)
