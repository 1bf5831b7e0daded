"""Required actions: what is still to do on a claim, in order."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from claims_center.models import Claim
from claims_center.services.verdicts import needs_override
from claims_center.states import DELIVERY_PROBLEMS, Status, Verification
from ui.timeline import Step


def required_actions(claim: Claim) -> list[Step]:
    """Return every step with its state: done, now or later. A rejected claim has none."""
    if claim.status == Status.REJECTED:
        return []
    found: list[Step] = []
    open_found = False
    for done, label, detail in _steps(claim):
        state = "done" if done else "later" if open_found else "now"
        open_found = open_found or not done
        found.append(Step(label, state, "" if done else detail))
    return found


def _steps(claim: Claim) -> Iterator[tuple[bool, str, str]]:
    verified = claim.status in (Status.VERIFIED, Status.PROCESSED)
    if claim.status == Status.NEEDS_INFO:
        yield False, _("Wait for the customer"), claim.status_reason
    checked = claim.verification != Verification.NOT_CHECKED or not needs_override(claim=claim)
    yield verified or checked, _("Check the order"), claim.verification_reason
    yield verified, _("Verify the claim"), "" if verified else _verify_hint(claim)
    yield from _shipping(claim) if claim.is_physical else _mailing(claim)
    yield claim.status == Status.PROCESSED, _("Mark as processed"), ""


def _verify_hint(claim: Claim) -> str:
    if needs_override(claim=claim):
        return _("The order check does not say Match: verifying asks for a reason.")
    return ""


def _mailing(claim: Claim) -> Iterator[tuple[bool, str, str]]:
    yield claim.is_gift_issued, _("Send the gift by e-mail"), claim.promotion_name
    if claim.is_gift_issued and claim.delivery_status in DELIVERY_PROBLEMS and claim.status != Status.PROCESSED:
        yield False, _("Reach the customer"), _("The e-mail did not arrive. Correct the address and send again.")


def _shipping(claim: Claim) -> Iterator[tuple[bool, str, str]]:
    has_address = bool(claim.ship_to.get("street") and claim.ship_to.get("city"))
    shipped = claim.status == Status.PROCESSED
    yield has_address, _("Have the mailing address"), "" if has_address else _("The mailing address is missing.")
    yield shipped, _("Ship the gift"), claim.promotion.item_name
