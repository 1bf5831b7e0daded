"""What may become of a redeemed reward in a bulk act, besides what may become of anything: a letter and its words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.bulk import outcomes
from loyalty.errors import Refused
from loyalty.states import CouponStatus

IS_EXPIRED = "e"
IS_CANCELED = "c"
NOT_YET = "i"
IS_USED = "u"
NOT_USED = "n"
IS_SHIPPED = "s"
IS_CASHBACK = "b"
NOT_GIFT = "t"
WRONG_STEP = "w"
NOT_ORDERED = "o"
NOBODY = "m"
IS_PAID = "p"

WORDS: dict[str, Any] = outcomes.WORDS | {
    IS_EXPIRED: _("The coupon has expired"),
    IS_CANCELED: _("It was canceled"),
    NOT_YET: _("The coupon is not active yet"),
    IS_USED: _("It is marked as used"),
    NOT_USED: _("It is not marked as used"),
    IS_SHIPPED: _("The gift has been shipped"),
    IS_CASHBACK: _("A cashback is paid, not used"),
    NOT_GIFT: _("Only gifts are shipped"),
    WRONG_STEP: _("Its delivery status does not allow this step"),
    NOT_ORDERED: _("No gift waits to be shipped"),
    NOBODY: _("Nobody can be told: no usable address for fulfilment"),
    IS_PAID: _("The cashback is paid, or its payment is on its way"),
}
BY_COUPON = {
    CouponStatus.EXPIRED: IS_EXPIRED,
    CouponStatus.CANCELED: IS_CANCELED,
    CouponStatus.INACTIVE: NOT_YET,
}
# What the services refuse, by the code of the refusal.
REFUSALS = {"already_used": IS_USED, "not_used": NOT_USED, "shipped": IS_SHIPPED, "wrong_type": IS_CASHBACK}


def outcome_of(refusal: Exception) -> str:
    """Return the letter for what a service refused."""
    return REFUSALS.get(refusal.code, outcomes.IMPOSSIBLE) if isinstance(refusal, Refused) else outcomes.IMPOSSIBLE
