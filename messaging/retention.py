"""How long providers' reports are kept."""

from datetime import datetime, timedelta

from messaging.models import InboundEvent

KEEP_EVENTS = timedelta(days=90)


def remove_old_events(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` reports older than 90 days; what they said stays in the messages' timelines."""
    old = InboundEvent.objects.filter(received_at__lt=now - KEEP_EVENTS).order_by("received_at")
    ids = list(old.values_list("id", flat=True)[:limit])
    return int(InboundEvent.objects.filter(id__in=ids).delete()[0]) if ids else 0
