"""What the customers' help page says of a funnel: what is asked, what comes, how long it takes, whom to ask."""

import statistics
from typing import Any

from django.utils.translation import gettext as _

from claims_center.models import Claim, Funnel, OrderNumberRule
from claims_center.retention import KEEP_DRAFTS
from ui import locale

# How long it takes is told by the latest claims, once there are some.
LATEST, LEAST = 100, 5


def how_long() -> str:
    """Say how long the merchant's latest claims took until they were done, "" as long as there are too few; one query."""
    done = Claim.objects.filter(processed_at__isnull=False).order_by("-processed_at", "-id")
    spans = [end - start for start, end in done.values_list("submitted_at", "processed_at")[:LATEST]]
    if len(spans) < LEAST:
        return ""
    took = locale.duration(statistics.median_low(spans))
    return _("Of the last %(count)s claims half were done within %(time)s.") % {"count": len(spans), "time": took}


def about(funnel: Funnel, merchant: Any) -> dict[str, Any]:
    """Return what `funnel/help.html` draws."""
    return {
        "title": _("Help and privacy"),
        "asks_order": funnel.order_number != OrderNumberRule.NONE,
        "is_physical": funnel.promotion.is_physical,
        "how_long": how_long(),
        "contact": merchant.reply_to,
        "days": KEEP_DRAFTS.days,
    }
