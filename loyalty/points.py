"""How many points a customer has at an instant: judged by the lots' own times, whether or not a sweep has run."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum
from django.db.models.functions import Coalesce

from ledger.models import Account, Grant
from ledger.selectors import pending_at, usable_at
from ledger.units import Bucket, Unit

MOST_ENDS = 100


@dataclass(frozen=True, slots=True)
class Expiring:
    """Points that can be spent now and are gone at `expires_at` (UTC)."""

    points: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """What a customer can spend (`active`), what will be spendable later (`pending`), and what of it ends when."""

    active: int
    pending: int
    expiring: tuple[Expiring, ...]


def summary(*, customer_id: uuid.UUID, at: datetime, ends: int = MOST_ENDS) -> Summary:
    """Return a customer's points at an instant, with the next ``ends`` dates on which some of them end; one query.

    Runs in the merchant's scope; a customer without points has none. ``at`` is aware.
    """
    held = Account.objects.filter(customer_id=customer_id, bucket=Bucket.HELD, unit=Unit.POINT).values("id")
    rows = (
        Grant.objects.filter(account_id__in=held, is_open=True)
        .values_list("expires_at")
        .annotate(
            active=Coalesce(Sum("remaining", filter=usable_at(at)), 0),
            pending=Coalesce(Sum("remaining", filter=pending_at(at)), 0),
        )
        .order_by("expires_at")
    )
    active = pending = 0
    ending: list[Expiring] = []
    for end, usable, locked in rows:
        active, pending = active + int(usable), pending + int(locked)
        if end is not None and usable:
            ending.append(Expiring(int(usable), end))
    return Summary(active, pending, tuple(ending[:ends]))
