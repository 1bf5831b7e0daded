"""The facts of a claim, grouped as the page shows them."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from claims_center import badges
from claims_center.carriers import tracking_url
from claims_center.models import Claim, Order, Source
from codes.normalise import masked
from ui import cells, locale
from ui.timeline import Fact

TIMES = "\N{MULTIPLICATION SIGN}"

TOWN_FIRST = frozenset({"US", "CA", "AU"})


def contact(claim: Claim) -> list[Fact]:
    """Return how the customer is reached."""
    customer = claim.customer
    return [
        Fact(_("E-mail"), claim.customer_email, copy=claim.customer_email),
        Fact(_("Phone"), customer.phone, copy=customer.phone),
        Fact(_("Town"), ", ".join(filter(None, (claim.ship_to.get("city") or customer.city, _country(claim))))),
        Fact(_("Repeat customer"), cells.yes_no(claim.is_repeat)),
    ]


def _country(claim: Claim) -> str:
    code = claim.ship_to.get("country") or claim.customer.country
    return locale.country(code) if code else ""


def product(claim: Claim) -> list[Fact]:
    """Return what was bought, and where."""
    link = format_html(
        '<a class="link" href="{}" rel="noopener noreferrer" target="_blank">{} {}<span class="sr"> {}</span></a>',
        claim.listing.url,
        claim.get_marketplace_display(),
        claim.listing.listing_id,
        _("(opens in a new tab)"),
    )
    return [
        Fact(_("Product"), claim.product_title),
        Fact(_("SKU"), claim.product.sku),
        Fact(_("Marketplace"), link),
        Fact(_("Campaign"), claim.funnel_name),
    ]


def compared(claim: Claim, merchant_slug: str) -> list[tuple[str, Any, Any]]:
    """Return what the customer says beside what the matched order says, line by line."""
    order = claim.matched_order
    items = list(order.items.all()) if order else []
    number = ""
    if order:
        number = cells.link(reverse("claims:order", args=[merchant_slug, order.id]), order.number)
    return [
        (_("Order number"), cells.code(claim.order_number), number or cells.dash()),
        (_("Marketplace"), claim.get_marketplace_display(), _marketplace(order)),
        (_("Product"), claim.product_title, _items(items)),
        (_("Date"), cells.day(claim.submitted_at), cells.day(order.ordered_at) if order else cells.dash()),
        (_("Buyer"), claim.customer_name or claim.customer_email, _buyer(order)),
        (_("Order status"), cells.dash(), badges.order_status(order.status) if order else cells.dash()),
    ]


def _marketplace(order: Order | None) -> Any:
    return " · ".join(filter(None, (order.get_marketplace_display(), order.channel))) if order else cells.dash()


def _items(items: list[Any]) -> Any:
    return (
        ", ".join(f"{item} {TIMES} {item.quantity}" if item.quantity > 1 else str(item) for item in items)
        or cells.dash()
    )


def _buyer(order: Order | None) -> Any:
    parts = (order.buyer_name, order.buyer_email, order.postal_code) if order else ()
    return " · ".join(filter(None, parts)) or cells.dash()


def promotion(claim: Claim) -> list[Fact]:
    """Return what the customer gets."""
    gift = claim.promotion
    facts = [
        Fact(_("Promotion"), gift.name),
        Fact(_("Type"), f"{gift.get_kind_display()}, {gift.get_source_display().lower()}"),
        Fact(_("Value"), cells.money(gift.value, gift.currency)),
    ]
    return [*facts, Fact(_("Delivery status"), badges.delivery(claim.delivery_status))] if claim.is_physical else facts


def delivery(claim: Claim) -> list[Fact]:
    """Return how far a gift that is sent by e-mail has come."""
    if not claim.is_gift_issued:
        return [Fact(_("Delivery status"), badges.delivery(claim.delivery_status))]
    source = claim.promotion.source
    given = claim.gift_item if source == Source.FILE else masked(claim.gift_code) if claim.gift_code else ""
    return [
        Fact(_("Delivery status"), badges.delivery(claim.delivery_status)),
        Fact(_("Since"), cells.when(claim.delivery_at)),
        Fact(_("Sent to"), claim.customer_email),
        Fact(_("File") if source == Source.FILE else _("Code"), given),
    ]


def processed(claim: Claim, by: str) -> list[Fact]:
    """Return what was delivered, when, and by whom, as it was then."""
    facts = [
        Fact(_("Delivery status"), badges.delivery(claim.delivery_status)),
        Fact(_("Date processed"), cells.when(claim.processed_at)),
        Fact(_("By"), by),
    ]
    if not claim.is_physical:
        given = claim.gift_item or (masked(claim.gift_code) if claim.gift_code else "")
        return [*facts, Fact(_("Delivered"), given)]
    return [
        *facts,
        Fact(_("Item"), claim.gift_item),
        Fact(_("Carrier"), claim.carrier),
        Fact(_("Tracking number"), parcel_link(claim), copy=claim.tracking_number),
    ]


def parcel_link(claim: Claim) -> Any:
    """Return the tracking number, as a link where we know the carrier."""
    address = tracking_url(claim.carrier, claim.tracking_number)
    if not address:
        return claim.tracking_number
    return format_html(
        '<a class="link" href="{}" rel="noopener noreferrer" target="_blank">{}<span class="sr"> {}</span></a>',
        address,
        claim.tracking_number,
        _("(opens in a new tab)"),
    )


def address_lines(address: dict[str, str] | None) -> str:
    """Return a mailing address as it is written on a parcel, "" for none."""
    given = address or {}
    street = " ".join(filter(None, (given.get("street"), given.get("house_number"))))
    if given.get("building_number"):
        street = f"{street}, {given['building_number']}"
    country = locale.country(given["country"]) if given.get("country") else ""
    lines = (given.get("name", ""), street, *_town(given), country)
    return "\n".join(filter(None, lines)) if given.get("street") or given.get("city") else ""


def _town(given: dict[str, str]) -> tuple[str, ...]:
    """Return the town's lines: behind it state and postal code in North America and Australia, before it elsewhere."""
    city, province, code = (given.get(name, "") for name in ("city", "province", "postal_code"))
    if given.get("country") in TOWN_FIRST:
        return (", ".join(filter(None, (city, " ".join(filter(None, (province, code)))))),)
    return " ".join(filter(None, (code, city))), province
