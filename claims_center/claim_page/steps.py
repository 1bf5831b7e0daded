"""Required actions: what is still to do on a claim, in order."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from claims_center.models import Claim
from claims_center.services.verdicts import needs_override
from claims_center.states import DELIVERY_PROBLEMS, Attention, Status, Verification
from ui.timeline import Step

# What a step leads to: the name of an act's address, and the words on its button.
ACTS: dict[str, Any] = {
    "verify": _lazy("Verify"),
    "info": _lazy("Ask something else"),
    "send-gift": _lazy("Send"),
    "address": _lazy("Add it"),
    "correct-email": _lazy("Correct"),
    "resend": _lazy("Send again"),
}
Row = tuple[bool, str, str, str]


def required_actions(claim: Claim, url_of: Callable[[str], str] | None = None) -> list[Step]:
    """Return every step with its state: done, now or later. A rejected claim has none.

    ``url_of`` gives the address of an act for those who may act; the step to take now leads there.
    """
    if claim.status == Status.REJECTED:
        return []
    found: list[Step] = []
    open_found = False
    for done, label, detail, act in _steps(claim):
        state = "done" if done else "later" if open_found else "now"
        open_found = open_found or not done
        url = url_of(act) if url_of and act and state == "now" else ""
        found.append(Step(label, state, "" if done else detail, url, str(ACTS.get(act, "")) if url else ""))
    return found


def _steps(claim: Claim) -> Iterator[Row]:
    verified = claim.status in (Status.VERIFIED, Status.PROCESSED)
    if claim.status == Status.NEEDS_INFO:
        yield False, _("Wait for the customer"), claim.status_reason, "info"
    if claim.attention == Attention.ANSWERED:
        yield False, _("Read the customer's answer"), _("Then verify, ask once more, or reject."), "verify"
    checked = claim.verification != Verification.NOT_CHECKED or not needs_override(claim=claim)
    yield verified or checked, _("Check the order"), claim.verification_reason, ""
    yield verified, _("Verify the claim"), "" if verified else _verify_hint(claim), "verify"
    yield from _shipping(claim) if claim.is_physical else _mailing(claim)
    yield claim.status == Status.PROCESSED, _("Mark as processed"), "", ""


def _verify_hint(claim: Claim) -> str:
    if needs_override(claim=claim):
        return _("The order check does not say Match: verifying asks for a reason.")
    return ""


def _mailing(claim: Claim) -> Iterator[Row]:
    yield claim.is_gift_issued, _("Send the gift by e-mail"), claim.promotion_name, "send-gift"
    if not claim.is_gift_issued or claim.status == Status.PROCESSED:
        return
    if claim.delivery_status in DELIVERY_PROBLEMS:
        text = _("The e-mail did not arrive. Correct the address and send again.")
        yield False, _("Reach the customer"), text, "correct-email"
    elif claim.attention == Attention.MAIL_MISSED:
        text = _("The customer says that the e-mail did not come. Send it again, or correct the address.")
        yield False, _("Reach the customer"), text, "resend"


def _shipping(claim: Claim) -> Iterator[Row]:
    has_address = bool(claim.ship_to.get("street") and claim.ship_to.get("city"))
    shipped = claim.status == Status.PROCESSED
    missing = "" if has_address else _("The mailing address is missing.")
    yield has_address, _("Have the mailing address"), missing, "address"
    yield shipped, _("Ship the gift"), claim.promotion.item_name, ""
