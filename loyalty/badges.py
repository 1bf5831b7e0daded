"""How the dimensions of a redeemed reward look: a word, a tint and an icon of its own shape."""

from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.coupon import status_of
from loyalty.models import RedeemedReward
from loyalty.states import CashbackStatus, CouponStatus, DeliveryStatus, Event, PointEvent, RewardType
from ui import cells
from ui.icons import icon

COUPON = {
    CouponStatus.INACTIVE: ("mute", "clock"),
    CouponStatus.ACTIVE: ("ok", "circle-check"),
    CouponStatus.EXPIRED: ("warn", "hourglass"),
    CouponStatus.CANCELED: ("bad", "circle-x"),
}
DELIVERY = {
    DeliveryStatus.ORDERED: ("warn", "clipboard-list"),
    DeliveryStatus.SHIPPED: ("info", "truck"),
    DeliveryStatus.DELIVERED: ("ok", "package-check"),
    DeliveryStatus.CANCELED: ("bad", "package-x"),
}
CASHBACK = {
    CashbackStatus.INIT: ("mute", "circle-dashed"),
    CashbackStatus.SUCCESS: ("ok", "circle-check"),
    CashbackStatus.FAILURE: ("bad", "circle-x"),
    CashbackStatus.PENDING: ("warn", "clock"),
}
EVENTS = {
    Event.REDEEMED: ("info", "award"),
    Event.GRANTED: ("info", "gift"),
    Event.USED: ("ok", "square-check"),
    Event.UNUSED: ("mute", "undo-2"),
    Event.CANCELED: ("bad", "circle-x"),
    Event.SHIPPED: ("info", "truck"),
    Event.DELIVERED: ("ok", "package-check"),
    Event.SHIPPING_CANCELED: ("bad", "package-x"),
    Event.ORDERED_AGAIN: ("warn", "clipboard-list"),
    Event.TOLD: ("info", "mail"),
    Event.CASHBACK_STARTED: ("mute", "circle-dashed"),
    Event.CASHBACK_PAID: ("ok", "banknote"),
    Event.CASHBACK_FAILED: ("bad", "circle-x"),
    Event.CASHBACK_PENDING: ("warn", "clock"),
}
POINTS = {
    PointEvent.PURCHASE: ("ok", "shopping-cart"),
    PointEvent.RETURN: ("warn", "undo-2"),
    PointEvent.ADJUSTED: ("info", "sliders-horizontal"),
    PointEvent.IMPORTED: ("info", "upload"),
    PointEvent.UNDONE: ("warn", "undo-2"),
    PointEvent.FORFEITED: ("warn", "user-x"),
}
# Why a reward with such a coupon can be neither marked nor unmarked.
FIXED = {
    CouponStatus.EXPIRED: gettext_lazy("The coupon has expired."),
    CouponStatus.CANCELED: gettext_lazy("The reward was canceled."),
    CouponStatus.INACTIVE: gettext_lazy("The coupon is not active yet."),
}


def coupon(value: str) -> SafeString:
    """Return a coupon's status as a badge."""
    tone, name = COUPON[CouponStatus(value)]
    return cells.badge(CouponStatus(value).label, tone, name)


def delivery(value: str) -> SafeString:
    """Return how far a reward has come as a badge, a dash where it is unused."""
    if not value:
        return cells.dash()
    tone, name = DELIVERY[DeliveryStatus(value)]
    return cells.badge(DeliveryStatus(value).label, tone, name)


def cashback(value: str, text: str) -> SafeString:
    """Return how a payment stands, in the provider's own words; a dash for other types."""
    if not value:
        return cells.dash()
    tone, name = CASHBACK[CashbackStatus(value)]
    return cells.badge(text, tone, name)


def used_words(*, is_used: bool) -> str:
    """Return what the box of a reward says: an unused one was delivered to the customer, and waits to be used."""
    return _("Used") if is_used else _("Delivered")


def box(*, is_used: bool) -> SafeString:
    """Return the box, marked or empty."""
    return icon("square-check" if is_used else "square", 16)


def why_fixed(redeemed: RedeemedReward, *, at: datetime) -> str:
    """Return why a reward can be neither marked nor unmarked now, "" where it can."""
    if redeemed.reward_type == RewardType.CASHBACK:
        return _("A cashback is paid, not used.")
    if redeemed.delivery_status in (DeliveryStatus.SHIPPED, DeliveryStatus.DELIVERED):
        return _("The gift has been shipped.")
    return str(FIXED.get(status_of(redeemed, at=at), ""))
