"""Reads: endpoints, their log, the attempts of one message."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from messaging.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from messaging.webhooks.states import Status

LATELY = timedelta(days=7)


def endpoints_for_list() -> QuerySet[WebhookEndpoint]:
    """Return the merchant's endpoints that are not removed."""
    found: QuerySet[WebhookEndpoint] = WebhookEndpoint.objects.filter(removed_at__isnull=True)
    return found


def deliveries_for_list() -> QuerySet[WebhookDelivery]:
    """Return the merchant's log with the endpoints, without the bodies."""
    found: QuerySet[WebhookDelivery] = WebhookDelivery.objects.select_related("endpoint").defer("body")
    return found


def attempts_of(delivery_id: uuid.UUID) -> QuerySet[WebhookAttempt]:
    """Return the attempts of a message, the latest first."""
    found: QuerySet[WebhookAttempt] = WebhookAttempt.objects.filter(delivery_id=delivery_id).order_by("-at", "-id")
    return found


def lately(endpoint_id: uuid.UUID, *, now: datetime) -> dict[str, int]:
    """Return by status how many messages of the last seven days there are for an endpoint."""
    rows = WebhookDelivery.objects.filter(endpoint_id=endpoint_id, created_at__gte=now - LATELY)
    counts = {str(status): Count("id", filter=Q(status=status)) for status in Status}
    found: dict[str, int] = rows.aggregate(**counts)
    return found
