"""Where a customer finds the order number, and what it looks like, for each marketplace."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

# O for 0 and l or I for 1 are what people type when they copy a number from paper.
LOOK_ALIKES = str.maketrans("OoIl", "0011")
# Minus signs, soft hyphens and signs without width come along when a number is copied from a page or an e-mail.
SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff_.#/]+")


@dataclass(frozen=True, slots=True)
class OrderHelp:
    """Words for one marketplace; `pattern` is what a number looks like once its separators are gone."""

    where: Any
    example: str
    pattern: re.Pattern[str]


HELP = {
    "amazon": OrderHelp(
        where=_("In the Amazon app or website open “Your Orders”. The number stands beside “Order #”."),
        example="112-7391030-0042617",
        pattern=re.compile(r"(?<!\d)(?:D\d{2}|\d{3})\d{14}(?!\d)", re.IGNORECASE),
    ),
    "ebay": OrderHelp(
        where=_("Open “My eBay”, then “Purchases”, and choose the order. The number stands under “Order details”."),
        example="12-34567-89012",
        pattern=re.compile(r"(?<!\d)\d{12}(?!\d)"),
    ),
    "walmart": OrderHelp(
        where=_("Open “Purchase history” in your Walmart account. The number stands at the top of the order."),
        example="2000123-45678901",
        pattern=re.compile(r"(?<!\d)\d{13,15}(?!\d)"),
    ),
    "etsy": OrderHelp(
        where=_("Open “Purchases and reviews” in your Etsy account. The number stands beside the shop's name."),
        example="2874561930",
        pattern=re.compile(r"(?<!\d)\d{8,10}(?!\d)"),
    ),
}
OTHER = OrderHelp(
    where=_("You find it in the e-mail that confirmed your order."),
    example="",
    pattern=re.compile(r"\d"),
)


def help_for(marketplace: str) -> OrderHelp:
    """Return the help for a marketplace, or general words where it is not one that we know."""
    return HELP.get(marketplace, OTHER)


def looks_right(number: str, marketplace: str) -> bool:
    """Tell whether the text holds something that looks like an order number of this marketplace."""
    plain = SEPARATORS.sub("", unicodedata.normalize("NFKC", number))
    pattern = help_for(marketplace).pattern
    return bool(pattern.search(plain) or pattern.search(plain.translate(LOOK_ALIKES)))
