"""Where a claim may stand, and what may happen to it there."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """The state of a claim."""

    NEW = "new", _("New")
    VERIFIED = "verified", _("Verified")
    PROCESSED = "processed", _("Processed")
    NEEDS_INFO = "needs_info", _("Needs info")
    REJECTED = "rejected", _("Rejected")


class Verification(models.TextChoices):
    """What the order history says about a claim; separate from its state."""

    MATCH = "match", _("Match")
    NO_SUCH_ORDER = "no_such_order", _("No such order")
    ALREADY_CLAIMED = "already_claimed", _("Already claimed")
    WRONG_PRODUCT = "wrong_product", _("Wrong product")
    TOO_OLD = "too_old", _("Too old")
    OTHER_BUYER = "other_buyer", _("Other buyer")
    NOT_CHECKED = "not_checked", _("Not checked")


class Delivery(models.TextChoices):
    """How far the gift has come: by e-mail for a digital one, by carrier for a physical one."""

    NOT_SENT = "not_sent", "—"
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    OPENED = "opened", _("Opened")
    BOUNCED = "bounced", _("Bounced")
    COMPLAINED = "complained", _("Complained")
    FAILED = "failed", _("Failed")
    NOT_SHIPPED = "not_shipped", _("Not shipped")
    SHIPPED = "shipped", _("Shipped")


DIGITAL_DELIVERY = (
    Delivery.NOT_SENT,
    Delivery.QUEUED,
    Delivery.SENT,
    Delivery.DELIVERED,
    Delivery.OPENED,
    Delivery.BOUNCED,
    Delivery.COMPLAINED,
    Delivery.FAILED,
)
PHYSICAL_DELIVERY = (Delivery.NOT_SHIPPED, Delivery.SHIPPED, Delivery.DELIVERED)
# The gift did not reach the customer: somebody has to look.
DELIVERY_PROBLEMS = (Delivery.BOUNCED, Delivery.COMPLAINED, Delivery.FAILED)
# Somebody still has to do something about a claim in these states.
OPEN = (Status.NEW, Status.NEEDS_INFO, Status.VERIFIED)


class Attention(models.TextChoices):
    """What the customer said last on the tracker, as long as nobody has acted on it."""

    NONE = "", "—"
    ANSWERED = "answered", _("Customer answered")
    MAIL_MISSED = "mail_missed", _("E-mail not received")


class Event(models.TextChoices):
    """What happens to a claim; the values are the events of the ledger and of the history."""

    SUBMITTED = "claim.submitted", _("Claim submitted")
    SHARED = "claim.shared", _("Feedback shared")
    RECHECKED = "claim.rechecked", _("Checked against orders")
    VERIFIED = "claim.verified", _("Verified")
    UNVERIFIED = "claim.unverified", _("Verification taken back")
    INFO_ASKED = "claim.info_asked", _("Information asked")
    REJECTED = "claim.rejected", _("Rejected")
    REOPENED = "claim.reopened", _("Reopened")
    GIFT_SENT = "claim.gift_sent", _("Gift sent by e-mail")
    GIFT_RESENT = "claim.gift_resent", _("Gift sent again")
    GIFT_CHANGED = "claim.gift_changed", _("Gift changed")
    GIFT_WITHDRAWN = "claim.gift_withdrawn", _("Gift withdrawn before it went out")
    CODE_AWAITED = "claim.code_awaited", _("Waits for a code")
    WAIT_ENDED = "claim.wait_ended", _("No longer waits for a code")
    DELIVERY = "claim.delivery", _("Delivery status changed")
    PROCESSED = "claim.processed", _("Marked as processed")
    UNPROCESSED = "claim.unprocessed", _("Unprocessed")
    EMAIL_CORRECTED = "claim.email_corrected", _("E-mail address corrected")
    ADDRESS_CHANGED = "claim.address_changed", _("Mailing address changed")
    SHIPPING_CHANGED = "claim.shipping_changed", _("Carrier and tracking changed")
    ORDER_CORRECTED = "claim.order_corrected", _("Order number corrected")
    ASSIGNED = "claim.assigned", _("Assigned")
    ANSWERED = "claim.answered", _("Customer answered")
    MAIL_MISSED = "claim.mail_missed", _("Customer did not get the e-mail")


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table of what may change a claim's state."""

    event: Event
    sources: frozenset[Status]
    target: Status
    label: str | Promise
    needs_reason: bool = False


# How a claim's state changes, and the label of the button that does it. Whatever is not in this table is refused.
TRANSITIONS: dict[Event, Transition] = {
    Event.VERIFIED: Transition(
        Event.VERIFIED, frozenset({Status.NEW, Status.NEEDS_INFO}), Status.VERIFIED, _("Verify")
    ),
    Event.UNVERIFIED: Transition(
        Event.UNVERIFIED, frozenset({Status.VERIFIED}), Status.NEW, _("Take verification back")
    ),
    Event.INFO_ASKED: Transition(
        Event.INFO_ASKED,
        frozenset({Status.NEW, Status.VERIFIED, Status.NEEDS_INFO}),
        Status.NEEDS_INFO,
        _("Ask for information"),
        needs_reason=True,
    ),
    Event.REJECTED: Transition(
        Event.REJECTED,
        frozenset({Status.NEW, Status.NEEDS_INFO, Status.VERIFIED}),
        Status.REJECTED,
        _("Reject"),
        needs_reason=True,
    ),
    Event.REOPENED: Transition(
        Event.REOPENED,
        frozenset({Status.NEEDS_INFO, Status.REJECTED}),
        Status.NEW,
        _("Reopen"),
        needs_reason=True,
    ),
    Event.ANSWERED: Transition(Event.ANSWERED, frozenset({Status.NEEDS_INFO}), Status.NEW, _("Customer answered")),
    Event.PROCESSED: Transition(
        Event.PROCESSED, frozenset({Status.VERIFIED}), Status.PROCESSED, _("Mark as Processed")
    ),
    Event.UNPROCESSED: Transition(Event.UNPROCESSED, frozenset({Status.PROCESSED}), Status.VERIFIED, _("Unprocess")),
}

# Buttons that change no state; they need a Verified claim (or, for the second, a processed one too).
SEND_GIFT_LABEL = _("Send Gift by Email")
RESEND_GIFT_LABEL = _("Send again")


def may(event: Event, status: str) -> bool:
    """Say whether the event may happen to a claim in this state."""
    transition = TRANSITIONS.get(event)
    return transition is not None and status in transition.sources
