"""Putting a claim's details right, and what staff do among themselves. Each is one service call."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from claims_center.claim_page.facts import address_lines
from claims_center.forms import AddressForm, AssignForm, EmailForm, NoteForm, OrderNumberForm, ShippingForm
from claims_center.models import Claim
from claims_center.services import corrections, desk
from claims_center.services.reveal import reveal_code
from claims_center.views.base import ClaimAction
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.htmx import dialog_base, vary_on_htmx


class CorrectEmailView(ClaimAction):
    """Correct the address, and send the gift again where it was sent."""

    title = _("Correct the e-mail address")
    text = _("The customer's record follows. A gift that was sent already goes to the corrected address.")
    submit_label = _("Correct and send")
    icon_name = "pen-line"
    form_class = EmailForm
    done = _("The address was corrected.")

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Begin with the address as it is."""
        return {"initial": {"email": claim.customer_email}}

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Correct the address."""
        corrections.correct_email(claim_id=claim.id, **values, **self.facts_for_service())


class AddressView(ClaimAction):
    """Change where a physical gift goes."""

    title = _("Mailing address")
    submit_label = _("Save")
    form_class = AddressForm
    done = _("The mailing address was changed.")

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Begin with the address as it is."""
        return {"initial": claim.ship_to}

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Change the address."""
        corrections.update_address(claim_id=claim.id, address=values, **self.facts_for_service())


class ShippingView(ClaimAction):
    """Change carrier and tracking number."""

    title = _("Carrier and tracking")
    submit_label = _("Save")
    form_class = ShippingForm
    done = _("Carrier and tracking number were changed.")

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Begin with what is known."""
        return {"initial": {"carrier": claim.carrier, "tracking_number": claim.tracking_number}}

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Change both."""
        corrections.update_shipping(claim_id=claim.id, **values, **self.facts_for_service())


class OrderNumberView(ClaimAction):
    """Put the order number right."""

    title = _("Correct the order number")
    text = _("The claim is checked against the order history again.")
    submit_label = _("Save")
    form_class = OrderNumberForm
    done = _("The order number was corrected; the check follows in a moment.")

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Begin with the number as it was typed."""
        return {"initial": {"order_number": claim.order_number}}

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Correct the number."""
        corrections.correct_order_number(claim_id=claim.id, **values, **self.facts_for_service())


class AssignView(ClaimAction):
    """Say who looks after the claim."""

    title = _("Assign")
    icon_name = "user-check"
    form_class = AssignForm
    done = _("Assigned.")

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Begin with who has it."""
        return {"initial": {"assignee": claim.assignee_id}}

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Give the claim to somebody, or to nobody."""
        person = values["assignee"]
        desk.assign(claim_id=claim.id, user_id=person.id if person else None, **self.facts_for_service())


class NoteView(ClaimAction):
    """Write a note."""

    title = _("Add a note")
    form_class = NoteForm
    done = _("The note was added.")

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Keep the note, once for each form."""
        key = self.request.POST.get("op_id", "")[:64] or uuid.uuid4().hex
        desk.add_note(claim_id=claim.id, op_key=key, **values, **self.facts_for_service())


class CodeView(StaffView):
    """Show the code that was given, in full; who looked is written into the audit."""

    role = Role.AGENT

    def post(self, request: HttpRequest, claim_id: uuid.UUID) -> HttpResponse:
        """Reveal the code."""
        claim = ClaimAction.claim(claim_id)
        context = {
            "dialog_base": dialog_base(request),
            "title": _("What was delivered"),
            "claim": claim,
            "code": reveal_code(claim=claim, actor=self.actor),
        }
        return vary_on_htmx(render(request, "claims/code.html", context))


class LabelView(StaffView):
    """The mailing address on a page of its own, to be printed."""

    role = Role.AGENT

    def get(self, request: HttpRequest, claim_id: uuid.UUID) -> HttpResponse:
        """Draw the label."""
        claim = ClaimAction.claim(claim_id)
        address = address_lines(claim.gift_address or claim.ship_to)
        context = {"claim": claim, "title": _("Mailing address"), "address": address}
        return render(request, "claims/label.html", context)
