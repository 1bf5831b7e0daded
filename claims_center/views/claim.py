"""The page of one claim."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from claims_center import badges, waiting
from claims_center.claim_page import buttons, facts, history, others, steps
from claims_center.forms import NoteForm, ShippingForm
from claims_center.models import Claim, ClaimChange
from claims_center.signals.found import signals_with_names
from claims_center.views.claims import ClaimList
from tenancy.lists.places import Place, place_of
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
        place = self._place(claim)
        name = claim.customer_name or claim.customer_email
        return {
            "claim": claim,
            "title": name,
            "status_badge": badges.status(claim.status),
            "verification_badge": badges.verification(claim.verification),
            "rating": cells.rating(claim.rating),
            "place": place,
            "crumbs": [(_("Claims Center"), place.back_url), (name, "")],
        }

    def _place(self, claim: Claim) -> Place:
        slug = self.request.merchant.slug
        return place_of(
            ClaimList,
            self.request,
            row=claim,
            list_url=reverse("claims:list", args=[slug]),
            url_of=lambda key: reverse("claims:claim", args=[slug, key]),
        )

    def _tracker(self, claim: Claim) -> dict[str, Any]:
        address = reverse("funnel:track", args=[claim.tracker_token])
        return {"tracker_url": self.request.build_absolute_uri(address)}

    def _body(self, claim: Claim) -> dict[str, Any]:
        changes, notes = history.changes_of(claim), list(claim.notes.order_by("-at", "-id"))
        actors = history.actors_in(changes) | {note.actor for note in notes} | {claim.processed_by} - {""}
        names = history.named(claim, actors, actor_names(actors))
        return {
            **self._required(claim, changes),
            "contact": facts.contact(claim),
            "product": facts.product(claim),
            "compared": facts.compared(claim, self.request.merchant.slug),
            "promotion": facts.promotion(claim),
            "delivery": facts.delivery(claim),
            "processed": facts.processed(claim, names.get(claim.processed_by, "")),
            "address": facts.address_lines(claim.gift_address or claim.ship_to),
            "history": others.merged(
                history.timeline(changes, history.movements_of(claim), names),
                others.mails_of(claim, self.request.merchant.slug),
            ),
            "notes": [(note, names.get(note.actor, "")) for note in notes],
            "journey": history.journey_timeline(claim.journey),
        }

    def _required(self, claim: Claim, changes: list[ClaimChange]) -> dict[str, Any]:
        """Return what helps to decide what to do next."""
        return {
            "steps": steps.required_actions(claim, self._act_url(claim)),
            "said": others.said(claim, changes),
            "same_number": [(one, badges.status(one.status)) for one in others.same_number(claim)],
            "signals": signals_with_names(claim),
            **waiting.shown(claim),
            "shipping_form": ShippingForm(initial=vars(claim)),
            "note_form": NoteForm(),
        }

    def _act_url(self, claim: Claim) -> Callable[[str], str] | None:
        """Return how to find an act's address, for those who may act."""
        if self.request.role < Role.AGENT:
            return None
        return lambda act: reverse(f"claims:{act}", args=[self.request.merchant.slug, claim.id])
