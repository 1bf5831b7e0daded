"""What the sweeps of offer responses will do next."""

from datetime import datetime

from django.utils.translation import ngettext

from jobs.coming import Ahead, capped
from offers.models import OfferResponse
from offers.states import WAITING


def responses(*, until: datetime) -> list[Ahead]:
    """Return how many responses end unused by an instant (UTC)."""
    number, figure = capped(OfferResponse.objects.filter(status__in=WAITING, expires_at__lte=until))
    words = ngettext("%(n)s offer response expires", "%(n)s offer responses expire", number) % {"n": figure}
    query = "&".join(f"status={status}" for status in WAITING)
    return [Ahead(words, "offers:responses", f"{query}&sort=expires")] if number else []


def reservations(*, until: datetime) -> list[Ahead]:
    """Return how many reservations of tills lapse by an instant (UTC) if nobody redeems or releases them."""
    number, figure = capped(OfferResponse.objects.filter(reserved_until__lte=until))
    words = ngettext("%(n)s reservation lapses", "%(n)s reservations lapse", number) % {"n": figure}
    return [Ahead(words, "offers:responses")] if number else []
