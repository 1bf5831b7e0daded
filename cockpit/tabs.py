"""What a customer's page shows under its tabs; a room with documents of its own adds its tab here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from claims_center.models import Claim
from claims_center.tables import ClaimTable
from cockpit import points
from customers.models import Customer
from ledger.units import Unit

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


def _points(customer: Customer, merchant_slug: str, now: datetime) -> dict[str, Any]:
    return {
        "lots": points.lots(customer, unit=Unit.POINT),
        "moves": points.moves(customer, unit=Unit.POINT),
        "now": now,
    }


TABS: dict[str, Tab] = {
    "claims": Tab(_("Claims"), "cockpit/tabs/claims.html", _claims),
    "points": Tab(_("Points"), "cockpit/tabs/points.html", _points),
}
