"""What the list of messages can be narrowed by."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from messaging import maps
from messaging.models import Message
from messaging.states import Status
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter


class MessageFilter(FilterSet):
    """Address, status, kind, period."""

    q = SearchFilter(method="search", label=_("A whole e-mail address"))
    status = ChoicesFilter("status", choices=Status.choices, label=_("Status"))
    kind = ChoicesFilter("kind", choices=maps.kinds, label=_("Message"))
    queued = PeriodFilter("queued_at", label=_("Decided"))

    def search(self, queryset: "QuerySet[Message]", name: str, value: str) -> "QuerySet[Message]":
        """Find the messages to an address, as it was typed or in lower case."""
        return queryset.filter(to_address__in={value, value.lower()})
