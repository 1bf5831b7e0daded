"""The acts on a response. Each is one service call."""

import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.forms import CompleteForm, NoteForm, ReasonForm, ReopenForm, ShipForm
from offers.models import OfferResponse
from offers.services import closing, using
from offers.views.responses import found
from tenancy.views.acts import DocumentAct


class ResponseAct(DocumentAct):
    """One act on a response."""

    key = "response_id"
    page_name = "offers:response"

    def found(self, row_id: uuid.UUID) -> OfferResponse:
        """Return the response, or answer 404."""
        return found(row_id)


class ClipView(ResponseAct):
    """Clip it for the member."""

    title = _("Clip")
    text = _("The member opts in to this offer, and can use it in its usage period.")
    icon_name = "scissors"
    done = _("Clipped.")

    def perform(self, row: OfferResponse, values: dict[str, Any]) -> None:
        """Clip it."""
        using.clip(**self.facts_for_service(row))


class CompleteView(ResponseAct):
    """Complete it by hand."""

    title = _("Complete")
    text = _("The member has used this response in a purchase. It is closed.")
    icon_name = "badge-check"
    form_class = CompleteForm
    done = _("Completed.")

    def perform(self, row: OfferResponse, values: dict[str, Any]) -> None:
        """Complete it."""
        using.complete(**values, **self.facts_for_service(row))


class ProcessView(ResponseAct):
    """Take it into shipping."""

    title = _("Start processing")
    text = _("It is to be shipped to the member's address as it is now, and does not expire any more.")
    icon_name = "package"
    form_class = NoteForm
    done = _("Processing started.")

    def perform(self, row: OfferResponse, values: dict[str, Any]) -> None:
        """Start it."""
        using.start_processing(**values, **self.facts_for_service(row))


class ShipView(ResponseAct):
    """Say that it is on its way."""

    title = _("Mark as shipped")
    icon_name = "truck"
    form_class = ShipForm
    done = _("Marked as shipped.")

    def perform(self, row: OfferResponse, values: dict[str, Any]) -> None:
        """Ship it."""
        using.ship(**values, **self.facts_for_service(row))


class ReleaseView(ResponseAct):
    """Let a reserved response go."""

    title = _("Release reservation")
    text = _("A till holds this response for a purchase. Release it only if that purchase was given up.")
    icon_name = "lock-open"
    form_class = NoteForm
    done = _("The reservation was released.")

    def perform(self, row: OfferResponse, values: dict[str, Any]) -> None:
        """Release it."""
        using.release(**values, **self.facts_for_service(row))


class CancelView(ResponseAct):
    """Cancel it."""

    title = _("Cancel response")
    text = _("It can no longer be redeemed. The member may claim the offer again, as far as its limits allow.")
    icon_name = "circle-x"
    tone = "bad"
    form_class = ReasonForm
    done = _("The response was canceled.")

    def perform(self, row: OfferResponse, values: dict[str, Any]) -> None:
        """Cancel it."""
        closing.cancel(**values, **self.facts_for_service(row))


class ExpireView(ResponseAct):
    """End its validity by hand."""

    title = _("Expire")
    text = _("Its validity ends now, before its time.")
    icon_name = "hourglass"
    tone = "bad"
    form_class = ReasonForm
    done = _("The response has expired.")

    def perform(self, row: OfferResponse, values: dict[str, Any]) -> None:
        """End it."""
        closing.expire(**values, **self.facts_for_service(row))


class ReopenView(ResponseAct):
    """Bring an expired or canceled response back."""

    title = _("Reopen")
    text = _("It goes back to where it stood before, and can be used again in its usage period.")
    icon_name = "rotate-ccw"
    form_class = ReopenForm
    done = _("The response was reopened.")

    def form_kwargs(self, row: OfferResponse) -> dict[str, Any]:
        """Ask for a new end where the validity has passed."""
        return {"needs_end": closing.needs_new_end(response=row, now=timezone.now())}

    def perform(self, row: OfferResponse, values: dict[str, Any]) -> None:
        """Reopen it."""
        closing.reopen(**values, **self.facts_for_service(row))


class ReverseView(ResponseAct):
    """Take a completion back."""

    title = _("Reverse")
    text = _("The completion is taken back: the member can use the response again while it is valid.")
    icon_name = "undo-2"
    form_class = ReasonForm
    done = _("The completion was reversed.")

    def perform(self, row: OfferResponse, values: dict[str, Any]) -> None:
        """Reverse it."""
        closing.reverse(**values, **self.facts_for_service(row))
