"""Which acts a claim's page offers, by the claim's state. Who may not act gets none."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from claims_center.models import Claim
from claims_center.services.verdicts import needs_override
from claims_center.states import DELIVERY_PROBLEMS, Delivery, Status


@dataclass(frozen=True, slots=True)
class Button:
    """One act. `at_once` posts; otherwise a dialog asks first. `form` names the form on the page that it sends."""

    name: str
    label: Any
    icon: str
    tone: str = ""
    at_once: bool = False
    form: str = ""

    @property
    def address(self) -> str:
        """Return the name of the act's address."""
        return f"claims:{self.name}"


VERIFY = _("Verify")
SEND = _("Send Gift by Email")
PROCESS = _("Mark as Processed")


def main_buttons(claim: Claim) -> list[Button]:
    """Return the acts that stand in the page's head, the one to do next first."""
    return list(_main(claim))


def _main(claim: Claim) -> Iterator[Button]:
    status = claim.status
    if status in (Status.NEW, Status.NEEDS_INFO):
        yield Button("verify", VERIFY, "badge-check", "primary", at_once=not needs_override(claim=claim))
    elif status == Status.VERIFIED:
        yield from _verified(claim)
    elif status == Status.PROCESSED:
        yield Button("unprocess", _("Unprocess"), "undo-2", at_once=True)
        if claim.delivery_status == Delivery.SHIPPED:
            yield Button("delivered", _("Mark as Delivered"), "package-check", at_once=True)
    else:
        yield Button("reopen", _("Reopen"), "rotate-ccw")


def _verified(claim: Claim) -> Iterator[Button]:
    if claim.is_physical:
        yield Button("process", PROCESS, "circle-check", "primary", at_once=True, form="shipping")
    elif not claim.is_gift_issued:
        yield Button("send-gift", SEND, "send", "primary", at_once=True)
    elif claim.delivery_status in DELIVERY_PROBLEMS:
        yield Button("correct-email", _("Correct the e-mail address"), "pen-line", "primary")
        yield Button("process", PROCESS, "circle-check", at_once=True)
    else:
        yield Button("process", PROCESS, "circle-check", "primary", at_once=True)


def more_buttons(claim: Claim) -> list[Button]:
    """Return the acts under "More", each with a dialog."""
    return list(_more(claim))


def _more(claim: Claim) -> Iterator[Button]:
    status, issued = claim.status, claim.is_gift_issued
    if status in (Status.PROCESSED, Status.REJECTED):
        return
    if status != Status.VERIFIED and not issued and not claim.is_physical:
        yield Button("send-gift", SEND, "send")
    if status != Status.VERIFIED and (issued or claim.is_physical):
        yield Button("process", PROCESS, "circle-check")
    if issued and not claim.is_physical:
        yield Button("resend", _("Send again"), "send")
    if status in (Status.NEW, Status.NEEDS_INFO) or (status == Status.VERIFIED and not issued):
        label = _("Ask something else") if status == Status.NEEDS_INFO else _("Ask for information")
        yield Button("info", label, "message-circle-question-mark")
    if status == Status.NEEDS_INFO:
        yield Button("reopen", _("Reopen"), "rotate-ccw")
    if status == Status.VERIFIED and not issued:
        yield Button("unverify", _("Take verification back"), "undo-2")
    yield Button("order-number", _("Correct the order number"), "hash")
    yield Button("correct-email", _("Correct the e-mail address"), "pen-line")
    yield Button("change-gift", _("Change the gift"), "gift")
    yield Button("reject", _("Reject"), "circle-x", "bad")
