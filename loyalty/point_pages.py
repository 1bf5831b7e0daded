"""What the page of a purchase shows: its lot, what was paid with it, and what came back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from ledger.models import Grant, Movement
from ledger.units import Bucket
from loyalty.models import Purchase, PurchaseReturn
from loyalty.point_tables import signed
from loyalty.point_words import page_of, words_of
from ui import cells
from ui.timeline import Fact

MOST_USES = 200


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that happened to a lot: what, when, how many points, and where its document is."""

    words: Any
    at: datetime
    points: str
    url: str


def purchase_context(purchase: Purchase, *, slug: str, list_url: str, now: datetime) -> dict[str, Any]:
    """Return everything that a purchase's page draws; ``now`` judges whether its lot is over."""
    lot = Grant.objects.get(id=purchase.grant_id) if purchase.grant_id else None
    returns = PurchaseReturn.objects.filter(purchase=purchase).order_by("-recorded_at", "-id")
    return {
        "title": purchase.reference,
        "purchase": purchase,
        "facts": _facts(purchase, slug=slug),
        "lot": lot,
        "lot_facts": _lot_facts(lot, now=now) if lot else [],
        "uses": _uses(lot, slug=slug) if lot else [],
        "returns": list(returns),
        "can_return": purchase.returned_amount < purchase.amount,
        "crumbs": [(_("Purchases"), list_url), (purchase.reference, "")],
    }


def lot_badge(lot: Grant, *, now: datetime) -> str:
    """Return how a lot stands at an instant: judged by its own times, whether or not a sweep has run."""
    if lot.remaining == 0:
        return cells.badge(_("Used up"), "mute", "circle-check")
    if lot.expires_at is not None and lot.expires_at <= now:
        return cells.badge(_("Expired"), "warn", "hourglass")
    if lot.usable_from > now:
        return cells.badge(_("Pending"), "info", "lock")
    return cells.badge(_("Active"), "ok", "circle-check")


def _facts(purchase: Purchase, *, slug: str) -> list[Fact]:
    customer = cells.link(reverse("cockpit:customer", args=[slug, purchase.customer_id]), purchase.customer.known_as)
    return [
        Fact(_("Reference"), purchase.reference, copy=purchase.reference),
        Fact(_("Customer"), customer),
        Fact(_("Purchased"), cells.when(purchase.occurred_at)),
        Fact(_("Recorded"), cells.when(purchase.recorded_at)),
        Fact(_("Amount"), cells.money(purchase.amount, purchase.currency)),
        Fact(_("Returned"), cells.money(purchase.returned_amount, purchase.currency)),
        Fact(_("Points earned"), cells.number(purchase.points_earned)),
        Fact(_("Points returned"), cells.number(purchase.points_returned)),
    ]


def _lot_facts(lot: Grant, *, now: datetime) -> list[Fact]:
    return [
        Fact(_("State"), lot_badge(lot, now=now)),
        Fact(_("Points"), cells.number(lot.amount)),
        Fact(_("Left"), cells.number(lot.remaining)),
        Fact(_("Usable from"), cells.when(lot.usable_from)),
        Fact(_("Expires"), cells.when(lot.expires_at) if lot.expires_at else _("Never")),
    ]


def _uses(lot: Grant, *, slug: str) -> list[Use]:
    """Return what took from the lot, and what came back to it, the latest first; the issue itself is left out."""
    rows: Any = Movement.objects.filter(grant_id=lot.id).exclude(entry_id=lot.entry_id)
    rows = rows.select_related("entry", "target").order_by("-entry__occurred_at", "-entry_id")[:MOST_USES]
    return [
        Use(
            words_of(one.entry.event),
            one.entry.occurred_at,
            signed(one.amount if one.target.bucket == Bucket.HELD else -one.amount),
            page_of(one.entry.origin, one.entry.origin_id, slug=slug) if one.entry.origin != "purchase" else "",
        )
        for one in rows
    ]
