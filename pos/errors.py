"""What the rooms below refuse, as the API says it: a status beside each refusal's own code."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse

from loyalty.errors import NotEnoughPoints
from loyalty.errors import Refused as RewardRefused
from offers.errors import Refused as OfferRefused
from tenancy.errors import NotFound
from tenancy.problems import problem

# Everything else that a room refuses is a conflict with how things stand: 409.
STATUS = {
    "return_exceeds_purchase": HTTPStatus.UNPROCESSABLE_ENTITY,
    "currency_mismatch": HTTPStatus.UNPROCESSABLE_ENTITY,
    "reason_needed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "wrong_type": HTTPStatus.UNPROCESSABLE_ENTITY,
}
REFUSALS = (RewardRefused, OfferRefused, ObjectDoesNotExist, NotFound)


def refusal(error: Exception) -> HttpResponse:
    """Return the answer to a refusal; ids that are unknown, or another merchant's, are all the same 404."""
    if isinstance(error, ObjectDoesNotExist | NotFound):
        return not_found()
    code = getattr(error, "code", "refused")
    more: dict[str, Any] = {"missing_points": error.missing} if isinstance(error, NotEnoughPoints) else {}
    return problem(STATUS.get(code, HTTPStatus.CONFLICT), code, str(error), **more)


def not_found() -> HttpResponse:
    """Return the answer for what is not there."""
    return problem(HTTPStatus.NOT_FOUND, "not_found", "There is nothing with this id.")
