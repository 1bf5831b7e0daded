"""The words of a funnel's pages: the merchant's own where there are any, else ours.

Words never decide anything; pages draw them as plain text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from claims_center.models import Funnel

Ours = Callable[[Funnel, Any], str]


@dataclass(frozen=True, slots=True)
class Text:
    """One text: its name, the page it stands on, its label in the builder, its longest length, our own words for it.

    `rows` is 0 for a single line. Those of `COLUMNS` are columns of the funnel, the others live in its `texts`.
    """

    name: str
    page: str
    label: Any
    length: int
    ours: Ours
    rows: int = 0


def has_promotion(funnel: Funnel) -> bool:
    """Say whether a funnel has its promotion; one that is only being made may have none yet."""
    return getattr(funnel, "promotion_id", None) is not None


def _nothing(funnel: Funnel, merchant: Any) -> str:
    return ""


def _thanks(funnel: Funnel, merchant: Any) -> str:
    if has_promotion(funnel) and funnel.promotion.is_physical:
        return _("Thank you. We check your order, then your gift is on its way to you.")
    return _("Thank you. We check your order, then your gift comes by e-mail.")


def _contact_note(funnel: Funnel, merchant: Any) -> str:
    words = _("%(name)s uses these details only to check your order and to send your gift.")
    return words % {"name": merchant.name}


COLUMNS = frozenset({"headline", "intro", "feedback_prompt", "thanks", "terms"})
TEXTS = (
    Text("headline", "product", _lazy("Headline"), 160, lambda funnel, _m: funnel.name),
    Text("intro", "product", _lazy("Introduction"), 2000, _nothing, rows=3),
    Text("terms", "product", _lazy("Terms"), 8000, _nothing, rows=5),
    Text("order_prompt", "order", _lazy("Question for the order number"), 160, lambda _f, _m: _("Which order was it?")),
    Text("order_note", "order", _lazy("A word on the order number"), 500, _nothing, rows=2),
    Text("feedback_prompt", "feedback", _lazy("Question for the feedback"), 300, lambda _f, _m: _("How was it?")),
    Text("contact_prompt", "contact", _lazy("Question for the details"), 160, lambda _f, _m: _("Who gets the gift?")),
    Text("contact_note", "contact", _lazy("What the details are for"), 500, _contact_note, rows=2),
    Text("review_prompt", "review", _lazy("Heading of the check"), 160, lambda _f, _m: _("Is everything right?")),
    Text("submitted_title", "submitted", _lazy("Heading after the claim"), 160, lambda _f, _m: _("Claim submitted")),
    Text("thanks", "submitted", _lazy("Text after the claim"), 2000, _thanks, rows=3),
    Text("closed_note", "closed", _lazy("A word when it is closed"), 500, _nothing, rows=2),
    Text("insert_title", "insert", _lazy("Headline of the insert"), 80, lambda _f, _m: _("A gift for you")),
    Text(
        "insert_text",
        "insert",
        _lazy("Text of the insert"),
        240,
        lambda _f, _m: _("Scan the code, or type the address, and claim your gift. It takes about a minute."),
        rows=2,
    ),
)
BY_NAME = {text.name: text for text in TEXTS}


def own(funnel: Funnel, name: str) -> str:
    """Return the merchant's own words of this name, "" where there are none."""
    return str(getattr(funnel, name) if name in COLUMNS else funnel.texts.get(name, ""))


def say(funnel: Funnel, name: str, merchant: Any) -> str:
    """Return the words of this name as a customer reads them."""
    return own(funnel, name) or BY_NAME[name].ours(funnel, merchant)
