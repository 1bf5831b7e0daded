"""What may become of a response in a bulk act, besides what may become of anything: a letter and its words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.bulk import outcomes
from offers.errors import Refused
from offers.states import Status

IS_EXPIRED = "e"
IS_CANCELED = "c"
IS_COMPLETED = "d"
IS_WAITING = "p"
IS_PROCESSING = "s"
IS_SHIPPING = "h"
NOT_CLIPPED = "n"
OUTSIDE_PERIOD = "o"
IS_RESERVED = "r"
NEEDS_END = "w"
LIMIT = "l"
SOLD_OUT = "t"

WORDS: dict[str, Any] = outcomes.WORDS | {
    IS_EXPIRED: _("It has expired"),
    IS_CANCELED: _("It was canceled"),
    IS_COMPLETED: _("It was used"),
    IS_WAITING: _("It is not being shipped"),
    IS_PROCESSING: _("It waits to be shipped"),
    IS_SHIPPING: _("It is on its way to the member"),
    NOT_CLIPPED: _("The member has to clip it first"),
    OUTSIDE_PERIOD: _("It is outside its usage period"),
    IS_RESERVED: _("A till has reserved it"),
    NEEDS_END: _("Its validity has passed, and no new end was given"),
    LIMIT: _("The member has the offer as often as one member may"),
    SOLD_OUT: _("Nothing is left of the offer"),
}
# Why a response in this status is left as it is, where the table of transitions has no row for it.
BY_STATUS = {
    Status.PENDING: IS_WAITING,
    Status.CLIPPED: IS_WAITING,
    Status.PROCESSING: IS_PROCESSING,
    Status.SHIPPING: IS_SHIPPING,
    Status.EXPIRED: IS_EXPIRED,
    Status.CANCELED: IS_CANCELED,
    Status.COMPLETED: IS_COMPLETED,
}
# What the services refuse, by the code of the refusal.
REFUSALS = {
    "expired": IS_EXPIRED,
    "canceled": IS_CANCELED,
    "already_completed": IS_COMPLETED,
    "not_clipped": NOT_CLIPPED,
    "outside_usage_period": OUTSIDE_PERIOD,
    "reserved_by_another": IS_RESERVED,
    "new_end_needed": NEEDS_END,
    "response_limit_reached": LIMIT,
    "sold_out": SOLD_OUT,
}


def outcome_of(refusal: Exception) -> str:
    """Return the letter for what a service refused."""
    return REFUSALS.get(refusal.code, outcomes.IMPOSSIBLE) if isinstance(refusal, Refused) else outcomes.IMPOSSIBLE
