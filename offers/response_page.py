"""What the page of a response shows, and the buttons on it."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from offers import badges, benefits
from offers.models import OfferChange, OfferResponse
from offers.rules import why_not
from offers.services.using import is_reserved
from offers.states import TRANSITIONS, WAITING, Event, Status
from offers.usage import status_of
from tenancy.roles import Role
from tenancy.selectors import actor_names
from triggers.words import because
from ui import cells, locale
from ui.timeline import Fact, TimelineItem

# The buttons in their order: event, address, icon, and whether it leads on (the first such one is the main one).
ACTS: tuple[tuple[Event, str, str, bool], ...] = (
    (Event.COMPLETED, "response_complete", "badge-check", True),
    (Event.CLIPPED, "response_clip", "scissors", True),
    (Event.PROCESSING, "response_process", "package", True),
    (Event.SHIPPED, "response_ship", "truck", True),
    (Event.REOPENED, "response_reopen", "rotate-ccw", True),
    (Event.REVERSED, "response_reverse", "undo-2", True),
    (Event.EXPIRED, "response_expire", "hourglass", False),
    (Event.CANCELED, "response_cancel", "circle-x", False),
)
# These go through the gate of the transaction flow.
GATED = (Event.COMPLETED, Event.PROCESSING)


@dataclass(frozen=True, slots=True)
class Button:
    """A way to change the response: its words and address; `why_not` where it is not possible now."""

    label: str
    url: str
    icon: str
    leads_on: bool = False
    why_not: str = ""


def context(row: OfferResponse, *, slug: str, role: int, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """Return everything that the page's template draws."""
    changes = list(OfferChange.objects.filter(response=row).order_by("-seq"))
    names = actor_names([change.actor for change in changes])
    refusal = why_not(row, at=now)
    shown = buttons(row, slug=slug, now=now) if role >= Role.ADMIN else []
    return {
        "title": row.offer_name,
        "row": row,
        "status": badges.status(status_of(row, at=now)),
        "facts": facts(row, slug=slug, now=now, zone=zone),
        "usable": refusal is None,
        "why_not": refusal.sentence if refusal and row.status in WAITING else "",
        "terms": row.offer.terms,
        "address": address(row),
        "timeline": [_item(change, names) for change in changes],
        "buttons": shown,
        "main": next((button for button in shown if button.leads_on and not button.why_not), None),
    }


def facts(row: OfferResponse, *, slug: str, now: datetime, zone: tzinfo) -> list[Fact]:
    """Return the response's own facts."""
    member = cells.link(reverse("cockpit:customer", args=[slug, row.customer_id]), row.member_name or _("No name"))
    offer = cells.link(reverse("offers:offer", args=[slug, row.offer_id]), row.offer_name)
    found = [
        Fact(_("Processing status"), badges.status(status_of(row, at=now))),
        Fact(_("Usage period"), badges.usage(row, at=now, zone=zone)),
        Fact(_("Offer"), offer),
        Fact(_("Type"), row.get_offer_type_display()),
        Fact(_("Benefit"), benefits.in_words(row.offer)),
        Fact(_("Member"), member),
        Fact(_("Certificate code"), cells.code(row.code_value)),
        Fact(_("Can be used from"), cells.when(row.usage_from)),
        Fact(_("Can be used until"), cells.when(row.usage_to)),
        Fact(_("Issued"), cells.when(row.issued_at)),
        Fact(_("Clipped"), cells.when(row.clipped_at)),
        Fact(_("Expires"), cells.when(row.expires_at) if row.expires_at else _("Never")),
        Fact(_("Completed"), cells.when(row.completed_at)),
        Fact(_("Source"), badges.source(row.source)),
    ]
    why = because(entry_id=row.trigger_entry_id, slug=slug)
    if why is not None:
        found.append(Fact(_("Issued because of"), cells.link(why.url, why.words)))
    if row.reference:
        found.append(Fact(_("Purchase"), cells.code(row.reference)))
    if is_reserved(response=row, at=now):
        found.append(Fact(_("Reserved until"), cells.when(row.reserved_until)))
    return found


def address(row: OfferResponse) -> list[Fact]:
    """Return where it is shipped to, part by part; nothing for what is not shipped."""
    if row.ship_to is None and not row.offer.has_shipping:
        return []
    known = row.ship_to
    if known is None:
        customer = Customer.objects.get(id=row.customer_id)
        known = {"first_name": customer.first_name, "last_name": customer.last_name, **customer.address}
    street = " ".join(filter(None, (known.get(part, "") for part in ("street", "house_number", "building_number"))))
    country = known.get("country", "")
    return [
        Fact(_("Name"), f"{known.get('first_name', '')} {known.get('last_name', '')}".strip()),
        Fact(_("Street"), street),
        Fact(_("Postal code"), known.get("postal_code", "")),
        Fact(_("City"), known.get("city", "")),
        Fact(_("Province"), known.get("province", "")),
        Fact(_("Country"), locale.country(country) if country else ""),
        Fact(_("Shipped"), cells.when(row.shipped_at)),
        Fact(_("Carrier"), row.carrier),
        Fact(_("Tracking number"), row.tracking_number),
    ]


def buttons(row: OfferResponse, *, slug: str, now: datetime) -> list[Button]:
    """Return what staff can do to it by the table, each with the reason where it cannot be done now."""
    status, found = status_of(row, at=now), []
    refusal = why_not(row, at=now)
    for event, name, icon, leads_on in ACTS:
        if status not in TRANSITIONS[event].sources:
            continue
        if event == Event.PROCESSING and not row.offer.has_shipping:
            continue
        if event == Event.CLIPPED and not row.needs_clip:
            continue
        stands_in_the_way = refusal.sentence if refusal and event in GATED and status in WAITING else ""
        label = str(TRANSITIONS[event].label)
        found.append(Button(label, reverse(f"offers:{name}", args=[slug, row.id]), icon, leads_on, stands_in_the_way))
    if is_reserved(response=row, at=now) and status != Status.EXPIRED:
        found.append(
            Button(_("Release reservation"), reverse("offers:response_release", args=[slug, row.id]), "lock-open")
        )
    return found


def _item(change: OfferChange, names: dict[str, str]) -> TimelineItem:
    tone, icon_name = badges.EVENTS[Event(change.event)]
    parts = [change.reason]
    if change.detail.get("reference"):
        parts.append(_("Purchase %(reference)s") % {"reference": change.detail["reference"]})
    if change.detail.get("undoes"):
        parts.append(_("A bulk action was undone"))
    return TimelineItem(
        icon=icon_name,
        tone=tone,
        title=change.get_event_display(),
        detail=" · ".join(part for part in parts if part),
        at=change.at,
        actor=names.get(change.actor) or actor_kind(change.actor),
    )


def actor_kind(actor: str) -> str:
    """Return words for who is no colleague: the member, a till, the system."""
    kinds = {"customer": _("Member"), "api_key": _("Till"), "system": _("System"), "user": _("Staff")}
    return kinds.get(actor.partition(":")[0], "")
