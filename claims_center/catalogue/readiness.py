"""What a funnel still needs before customers can use it, and what would disappoint them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from claims_center.models import Funnel, Source
from claims_center.public.selectors import listings_of
from codes.selectors import free_count


@dataclass(frozen=True, slots=True)
class Check:
    """One point: whether it is met, in words; `must` says that nothing can be published without it."""

    label: str
    is_met: bool
    must: bool = True


def checks_of(funnel: Funnel, now: datetime) -> list[Check]:
    """Return every point, met or not, in three statements."""
    promotion = funnel.promotion
    found = [
        Check(_("A product that customers can choose"), bool(listings_of(funnel))),
        Check(_("A promotion that is in use"), promotion.archived_at is None),
        Check(_("An end that lies ahead"), funnel.ends_at is None or funnel.ends_at > now, must=False),
    ]
    if promotion.source == Source.POOL:
        left: Any = free_count(promotion.pool_id) if promotion.pool_id else 0
        found.append(Check(_("Free codes in the pool: %(n)s") % {"n": left}, left > 0, must=False))
    return found
