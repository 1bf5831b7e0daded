"""The page of one claim."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from claims_center import badges
from claims_center.claim_page import buttons, facts, history, steps
from claims_center.forms import NoteForm, ShippingForm
from claims_center.models import Claim
from tenancy.roles import Role
from tenancy.selectors import actor_names
from tenancy.views import StaffView
from ui import cells

RELATED = ("customer", "product", "listing", "promotion", "funnel", "journey", "matched_order")


class ClaimPage(StaffView):
    """Everything about one claim, and what may be done with it."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, claim_id: uuid.UUID) -> HttpResponse:
        """Draw the page."""
        rows = Claim.objects.select_related(*RELATED).prefetch_related("matched_order__items")
        claim = get_object_or_404(rows, id=claim_id)
        context = self._head(claim) | self._body(claim)
        if self.request.role >= Role.AGENT:
            context |= self._tracker(claim)
            context |= {"buttons": buttons.main_buttons(claim), "more": buttons.more_buttons(claim)}
        return render(request, "claims/claim.html", context)

    def _head(self, claim: Claim) -> dict[str, Any]:
        back = QueryDict(self.request.GET.get("back", "")[:2000]).urlencode()
        listed = reverse("claims:list", args=[self.request.merchant.slug])
        name = claim.customer_name or claim.customer_email
        return {
            "claim": claim,
            "title": name,
            "status_badge": badges.status(claim.status),
            "verification_badge": badges.verification(claim.verification),
            "rating": cells.rating(claim.rating),
            "crumbs": [(_("Claims Center"), f"{listed}?{back}" if back else listed), (name, "")],
        }

    def _tracker(self, claim: Claim) -> dict[str, Any]:
        address = reverse("funnel:track", args=[claim.tracker_token])
        return {"tracker_url": self.request.build_absolute_uri(address)}

    def _body(self, claim: Claim) -> dict[str, Any]:
        changes, notes = history.changes_of(claim), list(claim.notes.order_by("-at", "-id"))
        actors = history.actors_in(changes) | {note.actor for note in notes} | {claim.processed_by} - {""}
        names = history.named(claim, actors, actor_names(actors))
        return {
            "steps": steps.required_actions(claim),
            "contact": facts.contact(claim),
            "product": facts.product(claim),
            "compared": facts.compared(claim, self.request.merchant.slug),
            "promotion": facts.promotion(claim),
            "delivery": facts.delivery(claim),
            "processed": facts.processed(claim, names.get(claim.processed_by, "")),
            "address": facts.address_lines(claim.gift_address or claim.ship_to),
            "shipping_form": ShippingForm(initial=vars(claim)),
            "history": history.timeline(changes, history.movements_of(claim), names),
            "journey": history.journey_timeline(claim.journey),
            "notes": [(note, names.get(note.actor, "")) for note in notes],
            "note_form": NoteForm(),
        }
