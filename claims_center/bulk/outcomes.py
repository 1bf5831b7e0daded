"""What may become of a claim in a bulk act: one letter each, and its words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from claims_center.errors import Refused

DONE = "+"
ALREADY = "a"
NEEDS_REASON = "o"
NOT_VERIFIED = "n"
IS_PROCESSED = "p"
IS_REJECTED = "r"
NOT_PROCESSED = "u"
IS_SHIPPED = "s"
NOT_SENT = "m"
NO_ADDRESS = "l"
NO_MAIL = "e"
NO_CODE = "k"
WAITS = "y"
WITHDRAWN = "w"
CHANGED = "v"
OUTSIDE = "f"
GONE = "g"
MAIL_WENT = "t"
MAIL_LEAVING = "i"
GIFT_GONE = "h"
HAS_LEFT = "q"
IMPOSSIBLE = "x"
NOT_REACHED = "-"

WORDS: dict[str, Any] = {
    DONE: _("Done"),
    ALREADY: _("This was done before"),
    NEEDS_REASON: _("The order check does not say Match: it needs a reason of its own"),
    NOT_VERIFIED: _("Not verified"),
    IS_PROCESSED: _("It is processed"),
    IS_REJECTED: _("It is rejected"),
    NOT_PROCESSED: _("Not processed"),
    IS_SHIPPED: _("The gift is shipped, not mailed"),
    NOT_SENT: _("The gift was not sent yet"),
    NO_ADDRESS: _("The mailing address is missing"),
    NO_MAIL: _("The customer has no usable e-mail address"),
    NO_CODE: _("No code is left in its pool, or others wait for one"),
    WAITS: _("Waits for a code: the gift goes out when one comes"),
    WITHDRAWN: _("The promotion was archived"),
    CHANGED: _("Somebody changed it in the meantime"),
    OUTSIDE: _("It no longer matches the filters"),
    GONE: _("It is no longer there"),
    MAIL_WENT: _("Cannot be undone: the e-mail is on its way or has arrived"),
    MAIL_LEAVING: _("The e-mail with its code is on its way: try again in a minute, or do not return the code"),
    GIFT_GONE: _("Cannot be undone: its gift was taken back. Reopen it and send a new one"),
    HAS_LEFT: _("Cannot be undone: who had it before works on claims no more"),
    IMPOSSIBLE: _("Not possible"),
    NOT_REACHED: _("Not reached: the work was stopped before its turn"),
}
# What the services refuse, by the code of the refusal.
REFUSALS = {
    "reason_needed": NEEDS_REASON,
    "gift_not_sent": NOT_SENT,
    "address_missing": NO_ADDRESS,
    "address_unusable": NO_MAIL,
    "nothing_to_give": NO_CODE,
    "promotion_withdrawn": WITHDRAWN,
}


def outcome_of(refusal: Refused) -> str:
    """Return the letter for what a service refused."""
    return REFUSALS.get(refusal.code, IMPOSSIBLE)
