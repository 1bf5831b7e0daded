"""Every answer together: as the review page lists them, and as the claim is made of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from claims_center.models import Journey
from claims_center.public.forms import ShippingForm
from claims_center.public.steps import CONTACT, FEEDBACK, ORDER, PRODUCT, Walk
from claims_center.services.submission import ClaimInput
from ui import locale


@dataclass(frozen=True, slots=True)
class Line:
    """One answer."""

    label: Any
    value: str
    url: str


def lines(walk: Walk, url_of: Callable[[str], str]) -> list[Line]:
    """Return the answers in the order of the pages; call it only where every step is finished."""
    given = walk.answers()
    found = [Line(_("Product"), _product(walk), url_of(PRODUCT))]
    if "order_number" in given:
        found.append(Line(_("Order number"), given["order_number"] or _("Not given"), url_of(ORDER)))
    if "rating" in given:
        stars = _("%(n)d of 5") % {"n": given["rating"]} if given["rating"] else _("Not given")
        found.append(Line(_("Rating"), stars, url_of(FEEDBACK)))
    if "feedback" in given:
        found.append(Line(_("Your words"), given["feedback"] or _("Not given"), url_of(FEEDBACK)))
    found.append(Line(_("Your details"), _contact(given), url_of(CONTACT)))
    if given.get("remind"):
        found.append(Line(_("Reminder"), _("Once, by e-mail, if you do not finish"), url_of(CONTACT)))
    if "street" in given:
        found.append(Line(_("Where the gift goes"), _address(given), url_of(CONTACT)))
    return found


def _product(walk: Walk) -> str:
    listing = walk.listing
    if listing is None:
        return ""
    place = " ".join(filter(None, (listing.get_marketplace_display(), listing.region)))
    return f"{listing.product.title}\n{place}"


def _contact(given: dict[str, Any]) -> str:
    name = f"{given['first_name']} {given['last_name']}"
    return "\n".join(filter(None, (name, given["email"], given["phone"])))


def _address(given: dict[str, Any]) -> str:
    street = " ".join(filter(None, (given["street"], given["house_number"])))
    city = " ".join(filter(None, (given["postal_code"], given["city"])))
    country = locale.country(given["country"])
    return "\n".join(filter(None, (street, given["building_number"], city, given["province"], country)))


def claim_input(journey: Journey, walk: Walk, given: dict[str, Any]) -> ClaimInput:
    """Return the answers as the claim takes them; the journey's id makes every post of it the same claim."""
    names = ("email", "first_name", "last_name", "phone")
    address = {name: given[name] for name in ShippingForm.ADDRESS if name in given}
    if address:
        address["name"] = f"{given['first_name']} {given['last_name']}"
    return ClaimInput(
        funnel_id=walk.funnel.id,
        listing_id=given["listing"],
        op_key=journey.id.hex,
        journey_id=journey.id,
        order_number=given.get("order_number", ""),
        rating=given.get("rating"),
        feedback=given.get("feedback", ""),
        address=address,
        **{name: given[name] for name in names},
    )
