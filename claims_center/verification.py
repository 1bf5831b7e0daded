"""What the order history says about a claim.

A pure function of the facts below and nothing else. What a customer thinks of the product, and whether that was
shared, is no part of them: no rule in this module could look at it.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from claims_center.states import Verification

# Mail domains that marketplaces put in front of their buyers: such an address says nothing about the person.
RELAYS = ("marketplace.amazon.", "members.ebay.", "relay.walmart.", "user.etsy.")


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What verification may know of a claim."""

    number: str
    was_asked: bool
    product: str
    marketplace: str
    skus: frozenset[str]
    listing_ids: frozenset[str]
    buyer_email: str
    buyer_name: str
    submitted_at: datetime
    most_days: int | None
    claimed_before: bool


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """A product of an order."""

    sku: str
    listing_id: str
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What verification may know of an order."""

    number: str
    ordered_at: datetime
    is_cancelled: bool
    is_pending: bool
    buyer_email: str
    buyer_name: str
    items: tuple[ItemFacts, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What is known of the marketplace's orders at all: the day of the newest, or None where none was imported.

    `alike`: how many orders end in the digits that the customer typed, where these alone name no order.
    """

    newest: datetime | None
    alike: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome, and why, in words."""

    verification: Verification
    reason: str


def check(claim: ClaimFacts, order: OrderFacts | None, history: History) -> Result:
    """Return the outcome for a claim, given the order that its number names, if there is one."""
    if not claim.number:
        reason = _("No order number was given.") if claim.was_asked else _("The funnel asks for no order number.")
        return Result(Verification.NOT_CHECKED, reason)
    if claim.claimed_before:
        return Result(Verification.ALREADY_CLAIMED, _("An earlier claim has the same order number."))
    if order is None:
        return _not_found(claim, history)
    if order.is_cancelled:
        return _result(Verification.NO_SUCH_ORDER, _("Order %(number)s was cancelled."), number=order.number)
    if order.is_pending:
        text = _("Order %(number)s is not paid yet; it is checked again with the next import.")
        return _result(Verification.NOT_CHECKED, text, number=order.number)
    return _compared(claim, order)


def _not_found(claim: ClaimFacts, history: History) -> Result:
    if history.newest is None:
        text = _("No orders of %(marketplace)s have been imported yet.")
        return _result(Verification.NOT_CHECKED, text, marketplace=claim.marketplace)
    if history.alike > 1:
        text = _("%(count)s orders end in these digits; the whole number is needed.")
        return _result(Verification.NO_SUCH_ORDER, text, count=history.alike)
    text = _("No order of %(marketplace)s has this number (orders are known up to %(day)s).")
    day = f"{history.newest:%Y-%m-%d}"
    return _result(Verification.NO_SUCH_ORDER, text, marketplace=claim.marketplace, day=day)


def _compared(claim: ClaimFacts, order: OrderFacts) -> Result:
    facts = {"number": order.number, "product": claim.product}
    items = [item for item in order.items if item.sku or item.listing_id]
    live = [item for item in items if not item.is_cancelled]
    if items and not any(_same_product(claim, item) for item in live):
        return _result(Verification.WRONG_PRODUCT, _("Order %(number)s does not contain “%(product)s”."), **facts)
    days = (claim.submitted_at - order.ordered_at).days
    if claim.most_days is not None and days > claim.most_days:
        text = _("Order %(number)s was %(days)s days old; the funnel takes orders of up to %(most)s days.")
        return _result(Verification.TOO_OLD, text, days=days, most=claim.most_days, **facts)
    if not _same_buyer(claim, order):
        return _result(Verification.OTHER_BUYER, _("Order %(number)s was placed by somebody else."), **facts)
    text = _("Order %(number)s of %(day)s contains “%(product)s”.")
    if not items:
        text = _("Order %(number)s of %(day)s was found; the report names no products, so that was not compared.")
    return _result(Verification.MATCH, text, day=f"{order.ordered_at:%Y-%m-%d}", **facts)


def _same_product(claim: ClaimFacts, item: ItemFacts) -> bool:
    return item.sku.casefold() in claim.skus or item.listing_id.casefold() in claim.listing_ids


def _same_buyer(claim: ClaimFacts, order: OrderFacts) -> bool:
    """Say whether nothing speaks against the same person: an equal address, or a word of the name in common."""
    email = "" if any(relay in order.buyer_email for relay in RELAYS) else order.buyer_email.casefold()
    if email and email == claim.buyer_email.casefold():
        return True
    known, given = _words(order.buyer_name), _words(claim.buyer_name)
    if known and given:
        return bool(known & given)
    return not email


def _words(name: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return {word for word in letters.split() if len(word) > 1}


def _result(verification: Verification, text: str, **params: Any) -> Result:
    return Result(verification, text % params)
