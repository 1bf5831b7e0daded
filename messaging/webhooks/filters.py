"""What the log of webhooks can be narrowed by."""

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from messaging.webhooks import maps
from messaging.webhooks.models import WebhookDelivery, WebhookEndpoint
from messaging.webhooks.states import TEST_EVENT, Status
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter


def event_choices() -> list[tuple[str, str]]:
    """Return the events that a message may be about, tests among them."""
    return [(name, str(label)) for name, label in maps.choices()] + [(TEST_EVENT, maps.label_of(TEST_EVENT))]


def endpoint_choices() -> list[tuple[str, str]]:
    """Return the merchant's endpoints, removed ones too: their log is still there."""
    rows = WebhookEndpoint.objects.order_by("name", "id").values_list("id", "name")
    return [(str(pk), name) for pk, name in rows]


class DeliveryFilter(FilterSet):
    """The id of a document or a message; status, event, endpoint, when."""

    q = SearchFilter(method="search", label=_("Id of a message, a response or a reward"))
    status = ChoicesFilter("status", choices=Status.choices, label=_("Status"))
    event = ChoicesFilter("event", choices=event_choices, label=_("Event"))
    endpoint = ChoicesFilter("endpoint_id", choices=endpoint_choices, label=_("Endpoint"))
    created = PeriodFilter("created_at", label=_("Created"))

    def search(self, queryset: "QuerySet[WebhookDelivery]", name: str, value: str) -> "QuerySet[WebhookDelivery]":
        """Find what an id names: a message's own (with or without `msg_`), or that of what it is about."""
        try:
            found = uuid.UUID(value.strip().removeprefix("msg_"))
        except ValueError:
            return queryset.none()
        return queryset.filter(subject_id=found) | queryset.filter(id=found)


class EndpointDeliveryFilter(FilterSet):
    """The same for the log of one endpoint."""

    q = SearchFilter(method="search", label=_("Id of a message, a response or a reward"))
    status = ChoicesFilter("status", choices=Status.choices, label=_("Status"))
    event = ChoicesFilter("event", choices=event_choices, label=_("Event"))
    created = PeriodFilter("created_at", label=_("Created"))

    search = DeliveryFilter.search
