"""Which responses fit a basket, and why the others do not."""

import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from offers.benefits import names_of
from offers.models import Offer, OfferResponse
from offers.rules import why_not
from offers.states import OfferType


class WhyNot(NamedTuple):
    """What keeps a response from being used, as a stable code and in words."""

    code: str
    detail: str


def why_not_for(response: OfferResponse, basket: dict[str, Any], *, at: datetime) -> WhyNot | None:
    """Return why a response cannot be used for this basket at this instant; None where it can.

    What the response itself does not allow comes first; then what its offer asks of the basket.
    """
    refusal = why_not(response, at=at)
    return does_not_fit(response.offer, basket) if refusal is None else WhyNot(refusal.code, str(refusal))


def does_not_fit(offer: Offer, basket: dict[str, Any]) -> WhyNot | None:
    """Return what a basket lacks for an offer, None where it fits.

    First the amount from which the offer holds; then its items, and how many of them have to be bought.
    """
    least: Decimal | None = offer.minimum_amount
    if least is not None and basket["amount"] < least:
        missing = {"amount": least, "currency": offer.currency}
        return WhyNot("minimum_amount_not_reached", _("The offer holds from %(amount)s %(currency)s.") % missing)
    wanted = {_compared(name) for name in names_of(offer)}
    inside = [item for item in basket["items"] if not wanted or _compared(item["sku"]) in wanted]
    if wanted and not inside:
        return WhyNot("items_missing", _("None of the offer's items is in the basket."))
    # Of an offer for anything, a basket whose items nobody names tells nothing.
    bought = sum(item["quantity"] for item in inside)
    if offer.offer_type == OfferType.BUY_X_GET_Y and inside and bought < (offer.buy_quantity or 1):
        words = _("%(number)s of the offer's items have to be in the basket.")
        return WhyNot("items_missing", words % {"number": offer.buy_quantity})
    return None


def _compared(name: str) -> str:
    """Return an item's name as it is compared: case does not count, nor whether an accent is a sign of its own."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
