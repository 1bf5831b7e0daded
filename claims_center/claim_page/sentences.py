"""Ready sentences for what customers are told most: those that fit the order check come first."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from claims_center.models import Claim
from claims_center.states import Verification

QUESTIONS: dict[str, Any] = {
    Verification.NO_SUCH_ORDER: _(
        "We cannot find an order with this number. Please look it up once more and send us the number as it stands there."
    ),
    Verification.OTHER_BUYER: _("The order was placed under another name. Please tell us the name of the buyer."),
    Verification.WRONG_PRODUCT: _("This order does not hold the product that you chose. Which product did you buy?"),
    Verification.ALREADY_CLAIMED: _(
        "There is a claim for this order already. Was it you, or do you have another order number?"
    ),
    Verification.NOT_CHECKED: _("Please send us the number of your order."),
    "address": _("Please send us the whole address that the gift is to go to."),
}
REFUSALS: dict[str, Any] = {
    Verification.NO_SUCH_ORDER: _("We could not find your order in our records."),
    Verification.ALREADY_CLAIMED: _("A gift was given for this order already."),
    Verification.WRONG_PRODUCT: _("The order does not hold a product of this promotion."),
    Verification.TOO_OLD: _("The order is too old for this promotion."),
    Verification.OTHER_BUYER: _("The order belongs to somebody else."),
    "cancelled": _("The order was cancelled or returned."),
}


def ready_questions(claim: Claim) -> list[Any]:
    """Return the questions that can be asked about a claim, the likeliest first."""
    found = _first(QUESTIONS, claim.verification)
    return found if claim.is_physical else [words for words in found if words is not QUESTIONS["address"]]


def ready_refusals(claim: Claim) -> list[Any]:
    """Return the reasons for which a claim can be rejected, the likeliest first."""
    return _first(REFUSALS, claim.verification)


def _first(sentences: dict[str, Any], verification: str) -> list[Any]:
    return [words for _name, words in sorted(sentences.items(), key=lambda item: item[0] != verification)]
