"""How each call tells about itself: what it answers, what it may be refused for, what it can be asked."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from rest_framework.serializers import Serializer

from pos.bodies import SOMETHING


class Told(NamedTuple):
    """One method of a call: the shape of its answer and its status, its refusals by status, its parameters.

    `needs` are those of the parameters that have to be given.
    """

    shape: type[Serializer[Any]]
    status: int = 200
    refusals: Mapping[int, tuple[str, ...]] = {}
    params: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


# What each parameter of an address means.
PARAMS = {
    "email": "The member's e-mail address, in any spelling of case.",
    "phone": "The member's phone number, with or without spaces.",
    "card_number": "The number of the member's card.",
    "member_id": "The member's id.",
    "certificate_code": "The code that the member shows.",
    "usable": "`true`: only those that can be used at this moment, those that end soonest first, 200 a page.",
    "page_size": "How many at once: 50 unless said otherwise, 100 at most.",
    "after": "From the `next` of an answer; the page behind it.",
}
UUID = {"type": "string", "format": "uuid"}
# What they look like, where that is more than a text.
LOOKS: dict[str, dict[str, object]] = {
    "member_id": {**UUID},
    "certificate_code": {"type": "string", "pattern": SOMETHING},
}
PAGED = ("page_size", "after")
