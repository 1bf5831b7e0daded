"""How long providers' reports are kept."""

from datetime import datetime

from messaging.models import InboundEvent
from tenancy.keeping import kept_for


def remove_old_events(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` reports past the merchant's period; what they said stays in the messages' timelines."""
    old = InboundEvent.objects.filter(received_at__lt=now - kept_for("report_days")).order_by("received_at")
    ids = list(old.values_list("id", flat=True)[:limit])
    return int(InboundEvent.objects.filter(id__in=ids).delete()[0]) if ids else 0
