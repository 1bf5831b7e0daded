"""The acts on a claim: verdicts, gift, processing. Each is one service call."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from claims_center import badges
from claims_center.claim_page.sentences import ready_questions, ready_refusals
from claims_center.forms import (
    GiftForm,
    OverrideForm,
    ReasonForm,
    RejectForm,
    ReopenForm,
    ShippingForm,
    ToldReasonForm,
)
from claims_center.models import Claim
from claims_center.services import gifts, notices, processing, verdicts
from claims_center.states import Status
from claims_center.views.base import ClaimAction
from messaging.texts import is_on
from ui.timeline import Fact

UNVERIFIED = (Status.NEW, Status.NEEDS_INFO)


def may_notify(claim: Claim, kind: str) -> bool:
    """Say whether a mail of this kind can tell the customer: the merchant sends them, and the address takes mail."""
    return is_on(kind) and notices.takes_mail(claim=claim)


class Overriding(ClaimAction):
    """An act that asks why where the order check does not say Match, or nobody has verified the claim."""

    form_class = OverrideForm

    def facts(self, claim: Claim) -> list[Fact]:
        """Show what the reason is asked for."""
        return [
            Fact(str(_("Status")), badges.status(claim.status)),
            Fact(str(_("Verification")), badges.verification(claim.verification)),
        ]

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Ask for the reason only where it is needed."""
        return {"needed": claim.status in UNVERIFIED and verdicts.needs_override(claim=claim)}


class VerifyView(Overriding):
    """Verify."""

    title = _("Verify")
    icon_name = "badge-check"
    done = _("Verified.")

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Verify the claim."""
        verdicts.verify(claim_id=claim.id, reason=values["reason"], **self.facts_for_service())


class UnverifyView(ClaimAction):
    """Take the verification back."""

    title = _("Take verification back")
    text = _("The claim is new again. Nothing was sent for it.")
    done = _("The verification was taken back.")

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Make the claim new again."""
        verdicts.unverify(claim_id=claim.id, **self.facts_for_service())


class InfoView(ClaimAction):
    """Ask the customer for information."""

    title = _("Ask for information")
    icon_name = "message-circle-question-mark"
    form_class = ToldReasonForm
    done = _("The claim waits for the customer.")

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Offer the sentences that fit the order check."""
        return {"ready": ready_questions(claim), "may_notify": may_notify(claim, notices.NEEDS_INFO)}

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Set the claim to Needs info."""
        verdicts.ask_info(claim_id=claim.id, **values, **self.facts_for_service())


class RejectView(ClaimAction):
    """Reject the claim."""

    title = _("Reject")
    icon_name = "circle-x"
    tone = "bad"
    form_class = RejectForm
    done = _("Rejected.")

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Offer the sentences that fit; ask about the code where one was taken from a pool."""
        told = {"ready": ready_refusals(claim), "may_notify": may_notify(claim, notices.REJECTED)}
        return told | {"has_code": claim.code_id is not None}

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Reject the claim and take its gift back."""
        verdicts.reject(claim_id=claim.id, **values, **self.facts_for_service())


class ReopenView(ClaimAction):
    """Bring a claim back to new."""

    title = _("Reopen")
    icon_name = "rotate-ccw"
    form_class = ReopenForm
    done = _("The claim is new again.")

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Offer to tell the customer."""
        return {"may_notify": may_notify(claim, notices.REOPENED)}

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Make the claim new again."""
        verdicts.reopen(claim_id=claim.id, **values, **self.facts_for_service())


class SendGiftView(Overriding):
    """Send Gift by Email."""

    title = _("Send Gift by Email")
    icon_name = "send"
    done = _("The gift is on its way to the customer.")

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Ask for a reason where the claim is not verified."""
        return {"needed": claim.status in UNVERIFIED}

    def text_for(self, claim: Claim) -> Any:
        """Say what else sending does where nobody has verified the claim."""
        return (
            _("This claim is not verified. Sending its gift verifies it as well.") if claim.status in UNVERIFIED else ""
        )

    def facts(self, claim: Claim) -> list[Fact]:
        """Show what goes to whom as well."""
        return [
            Fact(str(_("Gift")), claim.promotion_name),
            Fact(str(_("To")), claim.customer_email),
            *super().facts(claim),
        ]

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Give the gift and queue its mail."""
        gifts.send_gift(claim_id=claim.id, reason=values["reason"], **self.facts_for_service())


class ResendView(ClaimAction):
    """Send the same gift again."""

    title = _("Send again")
    text = _("The same gift goes to the same address once more. No second code is taken.")
    icon_name = "send"
    form_class = ReasonForm
    done = _("The gift is on its way once more.")

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Queue the gift's mail again."""
        gifts.resend_gift(claim_id=claim.id, **values, **self.facts_for_service())


class ChangeGiftView(ClaimAction):
    """Give another gift."""

    title = _("Change the gift")
    text = _("A code that was sent already is withdrawn; the new gift waits to be sent.")
    icon_name = "gift"
    form_class = GiftForm
    done = _("The gift was changed.")

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Begin with the gift that the claim has; ask about its code where one was taken from a pool."""
        return {"has_code": claim.code_id is not None, "initial": {"promotion": claim.promotion_id}}

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Change the claim's promotion."""
        chosen = values.pop("promotion")
        gifts.change_gift(claim_id=claim.id, promotion_id=chosen.id, **values, **self.facts_for_service())


class ProcessForm(OverrideForm, ShippingForm):
    """Carrier and tracking number, and why where the claim is not verified."""

    field_order = ("carrier", "tracking_number", "reason")

    def __init__(self, *args: Any, physical: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not physical:
            del self.fields["carrier"], self.fields["tracking_number"]


class ProcessView(ClaimAction):
    """Mark as Processed."""

    title = _("Mark as Processed")
    icon_name = "circle-check"
    form_class = ProcessForm
    done = _("Marked as processed.")

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Ask how a physical gift travels, and for a reason where the claim is not verified."""
        initial = {"carrier": claim.carrier, "tracking_number": claim.tracking_number}
        return {"needed": claim.status in UNVERIFIED, "physical": claim.is_physical, "initial": initial}

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Close the claim."""
        processing.mark_processed(claim_id=claim.id, notify=True, **values, **self.facts_for_service())


class UnprocessView(ClaimAction):
    """Unprocess."""

    title = _("Unprocess")
    text = _("The claim is Verified again and can be changed. A code that was sent stays with the customer.")
    icon_name = "undo-2"
    done = _("The claim is verified again and can be changed.")

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Bring the claim back to verified."""
        processing.unprocess(claim_id=claim.id, **self.facts_for_service())


class DeliveredView(ClaimAction):
    """Note that a shipped gift arrived."""

    title = _("Mark as Delivered")
    icon_name = "package-check"
    done = _("Marked as delivered.")

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Set the delivery status to Delivered."""
        processing.mark_delivered(claim_id=claim.id, notify=True, **self.facts_for_service())
