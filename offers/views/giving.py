"""Giving an offer to one member by hand."""

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from offers.errors import Refused
from offers.forms import GiveForm
from offers.models import Offer
from offers.services import issuing
from offers.states import Source
from offers.views.offers import OfferView
from tenancy.roles import Role
from ui.htmx import dialog_base, vary_on_htmx


class GiveView(OfferView):
    """Ask whom, and give it."""

    role = Role.ADMIN
    title = _("Give to a member")

    def get(self, request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
        """Ask."""
        return self._ask(self.offer(offer_id), GiveForm(), status=200)

    def post(self, request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
        """Give it, or say why not beside the form."""
        offer, form = self.offer(offer_id), GiveForm(request.POST)
        if not form.is_valid():
            return self._ask(offer, form, status=422)
        try:
            with transaction.atomic():
                response_id = self._give(offer, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self._ask(offer, form, status=409)
        self.say(_("The member has the offer now."))
        return HttpResponseRedirect(self.at("response", response_id))

    def _give(self, offer: Offer, values: dict[str, Any]) -> uuid.UUID:
        response = issuing.issue(
            offer_id=offer.id,
            customer_id=values["member"].id,
            op_key=self.request.POST.get("op_id", "")[:120] or str(uuid.uuid4()),
            source=Source.STAFF,
            reason=values["reason"],
            is_clipped=values["is_clipped"],
            **self.facts_for_service(),
        )
        found: uuid.UUID = response.id
        return found

    def _ask(self, offer: Offer, form: GiveForm, *, status: int) -> HttpResponse:
        context = {
            "dialog_base": dialog_base(self.request),
            "title": self.title,
            "form": form,
            "submit_label": self.title,
            "icon_name": "user-plus",
            "cancel_url": self.at("offer", offer.id),
        }
        return vary_on_htmx(render(self.request, "ui/confirm.html", context, status=status))
