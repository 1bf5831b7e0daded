"""What an offer can be, where a response may stand, and who may move it from where to where."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class OfferType(models.TextChoices):
    """What kind of benefit an offer gives."""

    PERCENT_OFF = "percent_off", _("Percent off")
    AMOUNT_OFF = "amount_off", _("Amount off")
    BUY_X_GET_Y = "buy_x_get_y", _("Buy X get Y")
    FREE_ITEM = "free_item", _("Free item")
    GIFT_WITH_PURCHASE = "gift_with_purchase", _("Gift with purchase")
    POINTS_MULTIPLIER = "points_multiplier", _("Points multiplier")


class PeriodKind(models.TextChoices):
    """How the beginning and the end of a period are found."""

    ALWAYS = "always", _("Always")
    FIXED = "fixed", _("From one day to another")
    SAME = "same", _("Same as effectivity")
    AFTER_PUBLISHING = "after_publishing", _("Counted from the publish date")
    AFTER_RESPONSE = "after_response", _("Counted from the response")


# Which kinds each of the three periods can have.
EFFECTIVITY_KINDS = (PeriodKind.ALWAYS, PeriodKind.FIXED, PeriodKind.AFTER_PUBLISHING)
RESPONSE_KINDS = (*EFFECTIVITY_KINDS, PeriodKind.SAME)
USAGE_KINDS = (*RESPONSE_KINDS, PeriodKind.AFTER_RESPONSE)


class CodeSource(models.TextChoices):
    """Where a response's certificate code comes from."""

    NONE = "none", _("No code")
    POOL = "pool", _("Code from a pool")
    GENERATED = "generated", _("Made by a pattern")


class Status(models.TextChoices):
    """Where a response stands. What holds at an instant is judged by `offers.usage`, never by the stored label."""

    PENDING = "pending", _("Pending")
    CLIPPED = "clipped", _("Clipped")
    PROCESSING = "processing", _("Processing")
    SHIPPING = "shipping", _("Shipping")
    EXPIRED = "expired", _("Expired")
    CANCELED = "canceled", _("Canceled")
    COMPLETED = "completed", _("Completed")


# These wait to be used, and end when their time has passed.
WAITING = (Status.PENDING, Status.CLIPPED)
OPEN = (*WAITING, Status.PROCESSING, Status.SHIPPING)
CLOSED = (Status.EXPIRED, Status.CANCELED, Status.COMPLETED)


class UsageState(models.TextChoices):
    """Whether a response is inside its usage period."""

    CURRENT = "current", _("Current")
    PASSED = "passed", _("Passed")
    NOT_STARTED = "not_started", _("Not started")


class Source(models.TextChoices):
    """Through which door a member came to a response."""

    MEMBER = "member", _("Claimed by the member")
    POS = "pos", _("Claimed at the till")
    STAFF = "staff", _("Given by staff")
    BULK = "bulk", _("Assigned in bulk")
    TRIGGER = "trigger", _("Trigger")
    IMPORT = "import", _("Import")


# Who comes through these has asked for it, so the offer has to be open to members at that moment.
ASKED_FOR = (Source.MEMBER, Source.POS)


class Event(models.TextChoices):
    """What happens to a response; the values are the events of the ledger and of the history."""

    ISSUED = "offer.issued", _("Offer issued")
    CLIPPED = "offer.clipped", _("Offer clipped")
    RESERVED = "offer.reserved", _("Reserved at a till")
    RELEASED = "offer.released", _("Reservation released")
    PROCESSING = "offer.processing", _("Processing started")
    SHIPPED = "offer.shipped", _("Shipped")
    COMPLETED = "offer.completed", _("Offer completed")
    EXPIRED = "offer.expired", _("Offer expired")
    CANCELED = "offer.canceled", _("Offer canceled")
    REOPENED = "offer.reopened", _("Reopened")
    REVERSED = "offer.reversed", _("Completion reversed")
    # A bulk action taken back: the response stands where it stood before it.
    UNDONE = "offer.undone", _("Bulk action undone")


MEMBER, TILL, STAFF, JOB = "customer", "api_key", "user", "system"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table of what may change a response's status.

    `target` None: back to the status before. `doors`: the kinds of actors who may do it. `needs_reason`: the kinds
    who have to say why.
    """

    event: Event
    sources: frozenset[Status]
    target: Status | None
    label: str | Promise
    doors: frozenset[str]
    needs_reason: frozenset[str] = frozenset()


def _row(
    event: Event, sources: tuple[Status, ...], target: Status | None, label: Promise, doors: str, reason: str = ""
) -> Transition:
    return Transition(event, frozenset(sources), target, label, frozenset(doors.split()), frozenset(reason.split()))


EVERYBODY = f"{MEMBER} {TILL} {STAFF} {JOB}"
# How a response's status changes, and the label of the button that does it. Whatever is not in this table is refused.
# Tills and jobs go forward only; a till's key with a scope of its own may reverse. Only staff reopen.
TRANSITIONS: dict[Event, Transition] = {
    one.event: one
    for one in (
        _row(Event.CLIPPED, (Status.PENDING,), Status.CLIPPED, _("Clip"), EVERYBODY),
        _row(Event.PROCESSING, WAITING, Status.PROCESSING, _("Start processing"), f"{TILL} {STAFF} {JOB}"),
        _row(Event.SHIPPED, (Status.PROCESSING,), Status.SHIPPING, _("Mark as shipped"), f"{TILL} {STAFF} {JOB}"),
        _row(Event.COMPLETED, (*WAITING, Status.SHIPPING), Status.COMPLETED, _("Complete"), f"{TILL} {STAFF} {JOB}"),
        _row(Event.EXPIRED, WAITING, Status.EXPIRED, _("Expire"), f"{STAFF} {JOB}", STAFF),
        _row(Event.CANCELED, OPEN, Status.CANCELED, _("Cancel response"), f"{TILL} {STAFF} {JOB}", STAFF),
        _row(Event.REOPENED, (Status.EXPIRED, Status.CANCELED), None, _("Reopen"), STAFF, STAFF),
        _row(Event.REVERSED, (Status.COMPLETED,), None, _("Reverse"), f"{TILL} {STAFF}", f"{TILL} {STAFF}"),
    )
}


def may(event: Event, status: str, *, by: str = STAFF) -> bool:
    """Say whether this kind of actor may let the event happen to a response in this status."""
    row = TRANSITIONS.get(event)
    return row is not None and status in row.sources and by in row.doors
