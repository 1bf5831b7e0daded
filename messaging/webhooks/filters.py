"""What the log of webhooks can be narrowed by."""

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from messaging.webhooks import maps
from messaging.webhooks.models import WebhookDelivery, WebhookEndpoint
from messaging.webhooks.ordering import about
from messaging.webhooks.states import TEST_EVENT, Status
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter
from ui.filters.words import id_in, with_words

# An id as the list shows it.
SHORT_ID = re.compile("[0-9a-fA-F]{8}")


def event_choices() -> list[tuple[str, str]]:
    """Return the events that a message may be about, tests among them."""
    return [(name, str(label)) for name, label in maps.choices()] + [(TEST_EVENT, maps.label_of(TEST_EVENT))]


def endpoint_choices() -> list[tuple[str, str]]:
    """Return the merchant's endpoints, removed ones too: their log is still there."""
    rows = WebhookEndpoint.objects.order_by("name", "id").values_list("id", "name")
    return [(str(pk), name) for pk, name in rows]


def _events_with(text: str) -> list[str]:
    """Return the events with the text in their words or their name."""
    return [name for name, label in event_choices() if text.lower() in f"{label} {name}".lower()]


class EndpointFilter(FilterSet):
    """By name or address."""

    q = SearchFilter(method="search", label=_("Name or address"))

    def search(self, queryset: "QuerySet[WebhookEndpoint]", name: str, value: str) -> "QuerySet[WebhookEndpoint]":
        """Find by words."""
        return with_words(queryset, value, "name", "url")


class DeliveryFilter(FilterSet):
    """Event, endpoint or the id of a document or a message; status, event, endpoint, when."""

    q = SearchFilter(method="search", label=_("Event, endpoint, or an id"))
    status = ChoicesFilter("status", choices=Status.choices, label=_("Status"))
    event = ChoicesFilter("event", choices=event_choices, label=_("Event"))
    endpoint = ChoicesFilter("endpoint_id", choices=endpoint_choices, label=_("Endpoint"))
    created = PeriodFilter("created_at", label=_("Created"))

    def search(self, queryset: "QuerySet[WebhookDelivery]", name: str, value: str) -> "QuerySet[WebhookDelivery]":
        """Find what an id names: a message's own (with or without `msg_`), or that of what it is about; else by words.

        The end of such an id, as the list shows it, is enough.
        """
        text = value.removeprefix("msg_")
        if key := id_in(text):
            return queryset.filter(Q(subject_id=key) | Q(id=key))
        wanted = Q(event__in=_events_with(value)) | Q(endpoint_id__in=self.endpoints_with(value))
        if SHORT_ID.fullmatch(text):
            wanted |= Q(about=text.lower())
        return queryset.alias(about=about()).filter(wanted)

    def endpoints_with(self, text: str) -> list[str]:
        """Return the endpoints with the text in their name, among those that the page looks up anyhow."""
        one: Any = self.filters.get("endpoint")
        return [key for key, name in one.choices.items() if text.lower() in name.lower()] if one else []


class EndpointDeliveryFilter(FilterSet):
    """The same for the log of one endpoint."""

    q = SearchFilter(method="search", label=_("Event, or an id"))
    status = ChoicesFilter("status", choices=Status.choices, label=_("Status"))
    event = ChoicesFilter("event", choices=event_choices, label=_("Event"))
    created = PeriodFilter("created_at", label=_("Created"))

    search = DeliveryFilter.search
    endpoints_with = DeliveryFilter.endpoints_with
