"""How long the log of webhooks is kept."""

from datetime import datetime

from messaging.webhooks.models import WebhookDelivery
from messaging.webhooks.states import Status
from tenancy.keeping import kept_for


def remove_old(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` messages past the merchant's period that wait for nothing, with their attempts."""
    old = WebhookDelivery.objects.filter(created_at__lt=now - kept_for("webhook_days")).exclude(status=Status.WAITING)
    ids = list(old.order_by("created_at").values_list("id", flat=True)[:limit])
    return int(WebhookDelivery.objects.filter(id__in=ids).delete()[0]) if ids else 0
