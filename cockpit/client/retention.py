"""What the customers' pages do not keep for ever."""

from datetime import datetime, timedelta

from cockpit.client.sessions import IDLE
from cockpit.models import ClientSession, SignInLink

# So long a dead link can still say that it was used, or came too late.
KEEP_LINKS = timedelta(days=7)


def remove_old_links(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` links that ended a week ago; return how many went."""
    old = SignInLink.objects.filter(expires_at__lt=now - KEEP_LINKS).order_by("expires_at", "id")
    ids = list(old.values_list("id", flat=True)[:limit])
    return int(SignInLink.objects.filter(id__in=ids).delete()[0]) if ids else 0


def remove_old_sessions(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` sessions that are over, or were left alone for too long; return how many went."""
    over = ClientSession.objects.filter(expires_at__lt=now).order_by("expires_at", "id")
    ids = list(over.values_list("id", flat=True)[:limit])
    if not ids:
        idle = ClientSession.objects.filter(seen_at__lt=now - IDLE).order_by("expires_at", "id")
        ids = list(idle.values_list("id", flat=True)[:limit])
    return int(ClientSession.objects.filter(id__in=ids).delete()[0]) if ids else 0
