"""What the lists of messages and of closed addresses can be narrowed by."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.normalise import email_norm
from messaging import maps
from messaging.models import Message, Suppression
from messaging.states import Status, SuppressionReason
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter, YesNoFilter


class MessageFilter(FilterSet):
    """Address, status, kind, period, whether somebody has looked at it."""

    q = SearchFilter(method="search", label=_("A whole e-mail address"))
    status = ChoicesFilter("status", choices=Status.choices, label=_("Status"))
    kind = ChoicesFilter("kind", choices=maps.kinds, label=_("Message"))
    handled = YesNoFilter("is_handled", label=_("Handled"))
    queued = PeriodFilter("queued_at", label=_("Decided"))

    def search(self, queryset: "QuerySet[Message]", name: str, value: str) -> "QuerySet[Message]":
        """Find the messages to an address, as it was typed or in lower case."""
        return queryset.filter(to_address__in={value, value.lower()})


class SuppressionFilter(FilterSet):
    """Address, reason, since when."""

    q = SearchFilter(method="search", label=_("A whole e-mail address"))
    reason = ChoicesFilter("reason", choices=SuppressionReason.choices, label=_("Reason"))
    since = PeriodFilter("created_at", label=_("Since"))

    def search(self, queryset: "QuerySet[Suppression]", name: str, value: str) -> "QuerySet[Suppression]":
        """Find an address however it is written."""
        return queryset.filter(email_norm=email_norm(value))
