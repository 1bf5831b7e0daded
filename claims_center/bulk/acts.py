"""The acts that can be done to many claims, and why one of them may be skipped."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from claims_center.errors import Refused
from claims_center.forms import AssignForm
from claims_center.models import Claim
from claims_center.services import desk, gifts, processing, verdicts
from claims_center.states import Status
from tenancy.actors import Actor
from ui.forms import StyledForm

DONE = "+"
# One letter for each outcome, so that thousands of rows keep their result in one short text.
OUTCOMES: dict[str, Any] = {
    DONE: _("Done"),
    "a": _("This was done before"),
    "o": _("The order check does not say Match: it needs a reason of its own"),
    "n": _("Not verified"),
    "c": _("Processed or rejected"),
    "p": _("The gift is shipped, not mailed"),
    "m": _("The gift was not sent yet"),
    "l": _("The mailing address is missing"),
    "e": _("The customer has no usable e-mail address"),
    "k": _("The code pool is empty"),
    "w": _("The promotion was archived"),
    "x": _("Not possible"),
}
REFUSALS = {
    "reason_needed": "o",
    "gift_not_sent": "m",
    "address_missing": "l",
    "address_unusable": "e",
    "nothing_to_give": "k",
    "promotion_withdrawn": "w",
}
CLOSED = (Status.PROCESSED, Status.REJECTED)


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its words, its form if it asks something, what it skips, and the service that does it."""

    name: str
    label: Any
    icon: str
    skips: Callable[[Claim, dict[str, Any]], str]
    service: Callable[..., Any]
    form_class: type[StyledForm] | None = None

    def do(self, claim: Claim, values: dict[str, Any], *, actor: Actor, now: datetime) -> str:
        """Do it to one claim unless it is skipped; return the outcome's letter. Refusals leave the caller's savepoint."""
        skipped = self.skips(claim, values)
        if not skipped:
            self.service(claim_id=claim.id, actor=actor, now=now, **values)
        return skipped or DONE


def outcome_of(refusal: Refused) -> str:
    """Return the letter for what a service refused."""
    return REFUSALS.get(refusal.code, "x")


def _skip_verify(claim: Claim, values: dict[str, Any]) -> str:
    if claim.status in CLOSED:
        return "c"
    if claim.status == Status.VERIFIED:
        return "a"
    return "o" if verdicts.needs_override(claim=claim) else ""


def _skip_send(claim: Claim, values: dict[str, Any]) -> str:
    if claim.status in CLOSED:
        return "c"
    if claim.is_physical:
        return "p"
    if claim.is_gift_issued:
        return "a"
    if claim.status != Status.VERIFIED:
        return "n"
    return "" if claim.customer_email else "e"


def _skip_process(claim: Claim, values: dict[str, Any]) -> str:
    if claim.status in CLOSED:
        return "a" if claim.status == Status.PROCESSED else "c"
    if claim.status != Status.VERIFIED:
        return "n"
    if not claim.is_physical:
        return "" if claim.is_gift_issued else "m"
    return "" if claim.ship_to.get("street") and claim.ship_to.get("city") else "l"


def _skip_assign(claim: Claim, values: dict[str, Any]) -> str:
    return "a" if claim.assignee_id == values.get("user_id") else ""


ACTS = {
    act.name: act
    for act in (
        Act("verify", _("Verify"), "badge-check", _skip_verify, verdicts.verify),
        Act("send_gift", _("Send Gift by Email"), "send", _skip_send, gifts.send_gift),
        Act("process", _("Mark as Processed"), "circle-check", _skip_process, processing.mark_processed),
        Act("assign", _("Assign"), "user-check", _skip_assign, desk.assign, AssignForm),
    )
}


def values_of(act: Act, payload: dict[str, Any]) -> dict[str, Any]:
    """Return what the service takes besides the claim, from a job's payload."""
    if act.form_class is None:
        return {}
    user = payload.get("user")
    return {"user_id": uuid.UUID(user) if user else None}
