"""What is not kept for ever."""

from datetime import datetime, timedelta

from claims_center.models import Journey

# How long somebody may come back to a half-filled funnel.
KEEP_DRAFTS = timedelta(days=7)


def remove_old_drafts(*, now: datetime, limit: int) -> int:
    """Empty what was typed into funnels and never sent; the visit stays counted. Returns how many were emptied.

    A week after the visit, or after the reminder, whose link holds as long.
    """
    since = now - KEEP_DRAFTS
    old = Journey.objects.filter(visited_at__lt=since).exclude(draft={}).exclude(reminded_at__gte=since)
    ids = list(old.order_by("visited_at", "id").values_list("id", flat=True)[:limit])
    return Journey.objects.filter(id__in=ids).update(draft={}) if ids else 0
