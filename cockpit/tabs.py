"""What a customer's page shows under its tabs; a room with documents of its own adds its tab here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims_center.models import Claim
from claims_center.tables import ClaimTable
from cockpit import points
from customers.models import Customer
from loyalty.selectors import redeemed_of
from loyalty.tables import FORM, RedeemedTable
from offers.badges import legend
from offers.selectors import responses_of
from offers.tables import ResponseTable

MOST = 100


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its words, the template inside it, and the function that gathers what the template shows."""

    label: Any
    template: str
    gather: Callable[[Customer, str, datetime], dict[str, Any]]


def _claims(customer: Customer, merchant_slug: str, now: datetime) -> dict[str, Any]:
    rows = list(Claim.objects.filter(customer_id=customer.id).order_by("-submitted_at", "-id")[: MOST + 1])
    table = ClaimTable(rows[:MOST], merchant_slug=merchant_slug) if rows else None
    return {"table": table, "more": len(rows) > MOST, "table_title": _("Claims")}


def _rewards(customer: Customer, merchant_slug: str, now: datetime) -> dict[str, Any]:
    rows = list(redeemed_of(customer.id)[: MOST + 1])
    table = partial(RedeemedTable, rows[:MOST], merchant_slug=merchant_slug, now=now)
    # Called by the template, which knows the role: who may not press the boxes sees them without buttons.
    return {
        "table": table if rows else None,
        "editable": partial(table, may_change=True),
        "more": len(rows) > MOST,
        "table_title": _("Redeemed rewards"),
        "use_form": FORM,
    }


def _offers(customer: Customer, merchant_slug: str, now: datetime) -> dict[str, Any]:
    rows = list(responses_of(customer_id=customer.id)[: MOST + 1])
    zone = timezone.get_current_timezone()
    table = ResponseTable(rows[:MOST], merchant_slug=merchant_slug, now=now, zone=zone) if rows else None
    return {"table": table, "more": len(rows) > MOST, "table_title": _("Offers"), "legend": legend()}


TABS: dict[str, Tab] = {
    "claims": Tab(_("Claims"), "cockpit/tabs/claims.html", _claims),
    "rewards": Tab(_("Rewards"), "cockpit/tabs/rewards.html", _rewards),
    "offers": Tab(_("Offers"), "cockpit/tabs/offers.html", _offers),
    "points": Tab(_("Points"), "cockpit/tabs/points.html", points.gather),
}
