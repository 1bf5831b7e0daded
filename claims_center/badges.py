"""How a claim's status, verification and delivery look: a word, a tint and an icon of its own shape."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from claims_center.models import OrderStatus, PromotionKind
from claims_center.signals.marks import kinds_in
from claims_center.states import Attention, Delivery, Event, Status, Verification
from ui import cells

STATUS = {
    Status.NEW: ("warn", "clock"),
    Status.VERIFIED: ("info", "badge-check"),
    Status.PROCESSED: ("ok", "circle-check"),
    Status.NEEDS_INFO: ("mute", "message-circle-question-mark"),
    Status.REJECTED: ("bad", "circle-x"),
}
VERIFICATION = {
    Verification.MATCH: ("ok", "circle-check"),
    Verification.NO_SUCH_ORDER: ("warn", "search-x"),
    Verification.ALREADY_CLAIMED: ("bad", "copy-x"),
    Verification.WRONG_PRODUCT: ("warn", "package-x"),
    Verification.TOO_OLD: ("warn", "calendar-x"),
    Verification.OTHER_BUYER: ("warn", "user-x"),
    Verification.NOT_CHECKED: ("mute", "circle-dashed"),
}
DELIVERY = {
    Delivery.QUEUED: ("warn", "clock"),
    Delivery.SENT: ("info", "send"),
    Delivery.DELIVERED: ("ok", "circle-check"),
    Delivery.OPENED: ("ok", "mail-open"),
    Delivery.BOUNCED: ("bad", "mail-x"),
    Delivery.COMPLAINED: ("bad", "mail-warning"),
    Delivery.FAILED: ("bad", "triangle-alert"),
    Delivery.NOT_SHIPPED: ("mute", "package"),
    Delivery.SHIPPED: ("info", "truck"),
}
ATTENTION = {
    Attention.ANSWERED: ("info", "message-circle-reply"),
    Attention.MAIL_MISSED: ("warn", "mail-question-mark"),
}
ORDER = {
    OrderStatus.PENDING: ("warn", "clock"),
    OrderStatus.OPEN: ("mute", "package"),
    OrderStatus.SHIPPED: ("info", "truck"),
    OrderStatus.DELIVERED: ("ok", "circle-check"),
    OrderStatus.CANCELLED: ("bad", "circle-x"),
    OrderStatus.UNKNOWN: ("mute", "circle-dashed"),
}
KINDS = {PromotionKind.DIGITAL: "mail", PromotionKind.PHYSICAL: "package"}


def status(value: str) -> str:
    """Return a claim's state as a badge."""
    tone, icon = STATUS[Status(value)]
    return cells.badge(Status(value).label, tone, icon)


def verification(value: str) -> str:
    """Return the result of checking against orders as a badge."""
    tone, icon = VERIFICATION[Verification(value)]
    return cells.badge(Verification(value).label, tone, icon)


def delivery(value: str) -> str:
    """Return how far the gift has come as a badge; a dash before anything was sent."""
    if value == Delivery.NOT_SENT:
        return cells.dash()
    tone, icon = DELIVERY[Delivery(value)]
    return cells.badge(Delivery(value).label, tone, icon)


def attention(value: str) -> str:
    """Return what the customer said last, as long as nobody has acted on it, as a badge; a dash for nothing."""
    if not value:
        return cells.dash()
    tone, icon = ATTENTION[Attention(value)]
    return cells.badge(Attention(value).label, tone, icon)


def signals(marks: int, is_repeat: bool) -> str:  # noqa: FBT001 - it is what a cell is drawn from
    """Return what stands out about a claim as badges, the one that tells most first; a dash for nothing."""
    found = [cells.badge(kind.label, "warn", "triangle-alert") for kind in kinds_in(marks)]
    found += [cells.badge(_("Repeat customer"), "mute", "repeat")] if is_repeat else []
    return SafeString(" ".join(found)) if found else cells.dash()


def order_status(value: str) -> str:
    """Return what has become of an order as a badge."""
    tone, icon = ORDER[OrderStatus(value)]
    return cells.badge(OrderStatus(value).label, tone, icon)


# How an event looks in a timeline: its tint and its icon.
EVENTS = {
    Event.SUBMITTED: ("info", "inbox"),
    Event.SHARED: ("", "share-2"),
    Event.RECHECKED: ("", "search"),
    Event.VERIFIED: ("info", "badge-check"),
    Event.UNVERIFIED: ("", "undo-2"),
    Event.INFO_ASKED: ("warn", "message-circle-question-mark"),
    Event.REJECTED: ("bad", "circle-x"),
    Event.REOPENED: ("", "rotate-ccw"),
    Event.GIFT_SENT: ("info", "send"),
    Event.GIFT_RESENT: ("info", "send"),
    Event.GIFT_CHANGED: ("", "gift"),
    Event.GIFT_WITHDRAWN: ("", "undo-2"),
    Event.CODE_AWAITED: ("warn", "hourglass"),
    Event.WAIT_ENDED: ("", "hourglass"),
    Event.DELIVERY: ("", "mail-check"),
    Event.PROCESSED: ("ok", "circle-check"),
    Event.UNPROCESSED: ("warn", "undo-2"),
    Event.EMAIL_CORRECTED: ("", "pen-line"),
    Event.ADDRESS_CHANGED: ("", "map-pin"),
    Event.SHIPPING_CHANGED: ("", "truck"),
    Event.ORDER_CORRECTED: ("", "hash"),
    Event.ASSIGNED: ("", "user-check"),
    Event.ANSWERED: ("info", "message-circle-reply"),
    Event.MAIL_MISSED: ("warn", "mail-question-mark"),
}
