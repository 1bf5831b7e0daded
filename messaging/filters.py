"""What the lists of messages and of closed addresses can be narrowed by."""

import re

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.normalise import email_norm
from messaging import maps
from messaging.models import Message, Suppression
from messaging.states import Status, SuppressionReason
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter, YesNoFilter
from ui.filters.words import id_in, with_words, words_in

# What is looked up in an index instead of being looked for in every row.
WHOLE = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")


class MessageFilter(FilterSet):
    """Recipient or subject, status, kind, period, whether somebody has looked at it."""

    q = SearchFilter(method="search", label=_("Recipient or subject"))
    status = ChoicesFilter("status", choices=Status.choices, label=_("Status"))
    kind = ChoicesFilter("kind", choices=maps.kinds, label=_("Message"))
    handled = YesNoFilter("is_handled", label=_("Handled"))
    queued = PeriodFilter("queued_at", label=_("Decided"))

    def search(self, queryset: "QuerySet[Message]", name: str, value: str) -> "QuerySet[Message]":
        """Find messages by words of recipient and subject; by a whole address, and by the id of what it belongs to, at once."""
        if key := id_in(value):
            return queryset.filter(Q(pk=key) | Q(origin__in=list(maps.origins()), origin_id=key))
        if WHOLE.fullmatch(value):
            return queryset.filter(to_address__in={value, value.lower()})
        return queryset.filter(words_in(value, "to_name", "to_address", "subject"))


class SuppressionFilter(FilterSet):
    """Address, reason, since when."""

    q = SearchFilter(method="search", label=_("E-mail"))
    reason = ChoicesFilter("reason", choices=SuppressionReason.choices, label=_("Reason"))
    since = PeriodFilter("created_at", label=_("Since"))

    def search(self, queryset: "QuerySet[Suppression]", name: str, value: str) -> "QuerySet[Suppression]":
        """Find a whole address however it is written, or all that have a piece of it."""
        if WHOLE.fullmatch(value):
            return queryset.filter(email_norm=email_norm(value))
        return with_words(queryset, value, "email_norm")
