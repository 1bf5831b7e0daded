"""What an offer gives, in words for people and in parts for programs."""

from typing import Any

from django.utils.translation import gettext as _

from offers.models import Offer
from offers.states import OfferType
from ui import locale


def benefit_of(offer: Offer) -> dict[str, Any]:
    """Return the benefit as programs read it: amounts are decimal strings in the offer's currency, buy 2 get 1 is `2+1`."""
    value: Any = {
        OfferType.PERCENT_OFF: offer.percent,
        OfferType.AMOUNT_OFF: offer.amount,
        OfferType.POINTS_MULTIPLIER: offer.multiplier,
    }.get(OfferType(offer.offer_type))
    if offer.offer_type == OfferType.BUY_X_GET_Y:
        value = f"{offer.buy_quantity}+{offer.get_quantity}"
    return {
        "kind": offer.offer_type,
        "value": None if value is None else str(value),
        "currency": offer.currency,
        "items": names_of(offer),
        "minimum_amount": None if offer.minimum_amount is None else str(offer.minimum_amount),
    }


def names_of(offer: Offer) -> list[str]:
    """Return the items that the offer is about, as they were written: one a line, or between commas."""
    return [name.strip() for name in offer.items.replace("\n", ",").split(",") if name.strip()]


def in_words(offer: Offer) -> str:
    """Return the benefit as a phrase: `10% off from £25.00`."""
    phrase = _phrase(offer)
    if offer.minimum_amount:
        shown = {"benefit": phrase, "amount": locale.money(offer.minimum_amount, offer.currency)}
        return _("%(benefit)s from %(amount)s") % shown
    return phrase


def _phrase(offer: Offer) -> str:
    items = ", ".join(names_of(offer))
    if offer.offer_type == OfferType.PERCENT_OFF and offer.percent is not None:
        return _("%(percent)s off") % {"percent": locale.percent(float(offer.percent) / 100)}
    if offer.offer_type == OfferType.AMOUNT_OFF and offer.amount is not None:
        return _("%(amount)s off") % {"amount": locale.money(offer.amount, offer.currency)}
    if offer.offer_type == OfferType.POINTS_MULTIPLIER and offer.multiplier is not None:
        return _("Points times %(number)s") % {"number": locale.number(float(offer.multiplier))}
    if offer.offer_type == OfferType.BUY_X_GET_Y:
        shown = {"buy": offer.buy_quantity or 1, "get": offer.get_quantity or 1}
        return _("Buy %(buy)s, get %(get)s") % shown + (f": {items}" if items else "")
    return items or str(OfferType(offer.offer_type).label)
