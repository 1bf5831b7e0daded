"""A claim in the customer's words: where it stands, what comes next, what has happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from claims_center.carriers import tracking_url
from claims_center.models import Claim, ClaimChange
from claims_center.states import DELIVERY_PROBLEMS, Attention, Delivery, Event, Status
from codes.normalise import masked
from ui.timeline import Fact, Step, TimelineItem

# How far the gift's e-mail has come; whether it was opened is nobody's business on a page that has a link.
MAIL_WORDS: dict[str, Any] = {
    Delivery.QUEUED: _lazy("About to be sent"),
    Delivery.SENT: _lazy("Sent"),
    Delivery.DELIVERED: _lazy("Arrived at your mailbox"),
    Delivery.OPENED: _lazy("Arrived at your mailbox"),
    Delivery.BOUNCED: _lazy("It came back to us"),
    Delivery.COMPLAINED: _lazy("It was reported as unwanted, so we write no more to this address"),
    Delivery.FAILED: _lazy("It could not be sent"),
}


@dataclass(frozen=True, slots=True)
class State:
    """The headline of the page."""

    label: Any
    tone: str
    icon: str


STATES = {
    Status.NEW: State(_lazy("We are checking your claim"), "info", "clock"),
    Status.NEEDS_INFO: State(_lazy("We need something from you"), "warn", "message-circle-question-mark"),
    Status.VERIFIED: State(_lazy("Your claim is confirmed"), "ok", "badge-check"),
    Status.PROCESSED: State(_lazy("Done"), "ok", "circle-check"),
    Status.REJECTED: State(_lazy("Your claim was not accepted"), "bad", "circle-x"),
}
SENT = State(_lazy("Your gift is on its way"), "ok", "send")
# What customers hear of; everything else is the merchant's own work.
HEARD = {
    Event.SUBMITTED: ("inbox", "info", _lazy("We received your claim")),
    Event.SHARED: ("share-2", "", _lazy("You pressed Share")),
    Event.VERIFIED: ("badge-check", "ok", _lazy("Your order was confirmed")),
    Event.INFO_ASKED: ("message-circle-question-mark", "warn", _lazy("We asked for something")),
    Event.REJECTED: ("circle-x", "bad", _lazy("Your claim was not accepted")),
    Event.REOPENED: ("rotate-ccw", "info", _lazy("We look at your claim again")),
    Event.GIFT_SENT: ("send", "ok", _lazy("Your gift was sent by e-mail")),
    Event.GIFT_RESENT: ("send", "ok", _lazy("Your gift was sent again")),
    Event.PROCESSED: ("circle-check", "ok", _lazy("Your claim is done")),
    Event.ANSWERED: ("message-circle-reply", "info", _lazy("You answered")),
    Event.ORDER_CORRECTED: ("hash", "", _lazy("The order number was corrected")),
    Event.MAIL_MISSED: ("mail-question-mark", "warn", _lazy("You told us that the e-mail did not come")),
}
WITH_REASON = frozenset({Event.INFO_ASKED, Event.REJECTED})


def state(claim: Claim) -> State:
    """Return the headline for where the claim stands."""
    if claim.status == Status.VERIFIED and claim.gift_sent_at and claim.delivery_status not in DELIVERY_PROBLEMS:
        return SENT
    return STATES[Status(claim.status)]


def next_step(claim: Claim) -> str:
    """Say what happens next, or what the customer can do."""
    if claim.status == Status.NEW and claim.attention == Attention.ANSWERED:
        return _("Thank you for your answer. We look at your claim again; you need not do anything.")
    if claim.status == Status.NEW:
        return _("We compare your claim with the marketplace's order report. You need not do anything.")
    if claim.status == Status.NEEDS_INFO:
        return _("Answer below; then we go on.")
    if claim.status == Status.REJECTED:
        return _("If you think this is a mistake, write to us and name your order number.")
    if claim.delivery_status in DELIVERY_PROBLEMS:
        return _("The e-mail with your gift could not be delivered. Write to us with the right address.")
    if claim.status == Status.PROCESSED:
        return _shipped(claim) if claim.is_physical else _("Your gift was sent to you by e-mail. Enjoy it.")
    if claim.is_physical:
        return _("We pack your gift and send it to the address that you gave.")
    if claim.gift_sent_at:
        return _("Look into your mailbox; if nothing is there, look among unwanted mail too.")
    return _("Your gift comes by e-mail.")


def _shipped(claim: Claim) -> str:
    if claim.carrier and claim.tracking_number:
        words = _("Your gift was handed to %(carrier)s, parcel number %(number)s.")
        return words % {"carrier": claim.carrier, "number": claim.tracking_number}
    return _("Your gift was sent to the address that you gave.")


def masked_email(email: str) -> str:
    """Return an address that its owner recognises."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}" if domain else ""


def facts(claim: Claim) -> list[Fact]:
    """Return what the customer gave and gets, without what a stranger could use."""
    place = claim.get_marketplace_display()
    found = [Fact(_("Product"), claim.product_title), Fact(_("Bought at"), place)]
    if claim.order_number:
        found.append(Fact(_("Order number"), claim.order_number))
    found.append(Fact(_("Gift"), _gift(claim)))
    if claim.gift_sent_at and not claim.is_physical:
        found.append(Fact(_("Sent to"), masked_email(claim.customer_email)))
        found.append(Fact(_("E-mail with the gift"), str(MAIL_WORDS.get(claim.delivery_status, ""))))
    return found + _parcel(claim) if claim.is_physical else found


def _parcel(claim: Claim) -> list[Fact]:
    if claim.delivery_status not in (Delivery.SHIPPED, Delivery.DELIVERED):
        return []
    found = [Fact(_("Delivery"), str(Delivery(claim.delivery_status).label)), Fact(_("Carrier"), claim.carrier)]
    address = tracking_url(claim.carrier, claim.tracking_number)
    if not address:
        return [*found, Fact(_("Parcel number"), claim.tracking_number)]
    words = _("Follow it at %(carrier)s") % {"carrier": claim.carrier}
    link = format_html(
        '{} <a class="link" href="{}" rel="noopener noreferrer">{}</a>', claim.tracking_number, address, words
    )
    return [*found, Fact(_("Parcel number"), link)]


def steps(claim: Claim) -> list[Step]:
    """Return the way of a claim in the customer's words, each part done, going on or still to come.

    None for a claim that was not accepted.
    """
    if claim.status == Status.REJECTED:
        return []
    found: list[Step] = []
    for done, label, detail in _steps(claim):
        is_next = not done and all(step.state == "done" for step in found)
        found.append(Step(str(label), "done" if done else "now" if is_next else "later", detail))
    return found


def _steps(claim: Claim) -> Iterator[tuple[bool, Any, str]]:
    yield True, _("Claim received"), ""
    confirmed = claim.status in (Status.VERIFIED, Status.PROCESSED)
    if claim.status == Status.NEEDS_INFO:
        yield False, _("Your answer"), ""
    yield confirmed, _("Order confirmed"), ""
    if claim.is_physical:
        shipped = claim.delivery_status in (Delivery.SHIPPED, Delivery.DELIVERED)
        yield shipped, _("Gift handed to the carrier"), ""
        yield claim.delivery_status == Delivery.DELIVERED, _("Gift arrived"), ""
        return
    sent = bool(claim.gift_sent_at) and claim.delivery_status not in DELIVERY_PROBLEMS
    yield sent and confirmed, _("Gift sent by e-mail"), masked_email(claim.customer_email)


def _gift(claim: Claim) -> str:
    name = (claim.gift_item or claim.promotion.item_name or claim.promotion_name) if claim.is_physical else ""
    name = name or claim.promotion_name
    if claim.gift_code:
        return _("%(name)s, code %(code)s") % {"name": name, "code": masked(claim.gift_code)}
    return name


def timeline(claim: Claim, history: list[ClaimChange]) -> list[TimelineItem]:
    """Return what has happened, newest first, as far as it concerns the customer."""
    found = []
    for change in reversed(history):
        heard = HEARD.get(Event(change.event))
        if heard is None:
            continue
        icon, tone, title = heard
        detail = change.reason if Event(change.event) in WITH_REASON else ""
        found.append(TimelineItem(icon, tone, str(title), detail, change.at))
    return found
