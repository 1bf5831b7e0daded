"""Signals: settling one with a note, and from when on a merchant wants to hear of many claims."""

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims_center.models import Claim, SignalKind, SignalRules
from claims_center.services import signals as services
from claims_center.signals.found import rules
from claims_center.views.base import ClaimAction
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.forms import StyledForm, StyledModelForm, invalid


class NoteForm(StyledForm):
    """Why there is nothing wrong."""

    note = forms.CharField(
        label=_("Why there is nothing wrong"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For colleagues; the customer never sees it."),
    )


class DismissView(ClaimAction):
    """Settle a signal of a claim."""

    title = _("Nothing wrong")
    text = _("The signal is kept with your note. It shows again when another claim gives cause to it.")
    icon_name = "shield-check"
    form_class = NoteForm
    done = _("The signal was settled.")

    def prepare(self) -> None:
        """Know the kind of signals that the address names."""
        self.kind = self.kwargs["kind"]
        if self.kind not in SignalKind.values:
            raise Http404

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Write the note."""
        services.dismiss_signal(claim_id=claim.id, kind=self.kind, **values, **self.facts_for_service())

    def get(self, request: HttpRequest, claim_id: uuid.UUID, **_kind: str) -> HttpResponse:
        """Ask for the note."""
        return super().get(request, claim_id)

    def post(self, request: HttpRequest, claim_id: uuid.UUID, **_kind: str) -> HttpResponse:
        """Keep it."""
        return super().post(request, claim_id)


class RulesForm(StyledModelForm):
    """From how many claims in how many days on."""

    half = ("most_claims", "days")

    class Meta:
        model = SignalRules
        fields = ("most_claims", "days")
        help_texts = {"most_claims": _("One claim more of the same customer is shown as a signal.")}


class RulesView(StaffView):
    """The merchant's rules for signals."""

    role = Role.ADMIN
    title = _("Signals")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return render(request, "ui/form_page.html", self._context(RulesForm(instance=rules())))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save it."""
        form = RulesForm(request.POST, instance=rules())
        if not form.is_valid():
            return invalid(request, "ui/form_page.html", self._context(form))
        services.save_rules(**form.cleaned_data, actor=self.actor, now=timezone.now())
        self.say(_("Saved."))
        return HttpResponseRedirect(request.path)

    def _context(self, form: RulesForm) -> dict[str, Any]:
        listed = reverse("claims:list", args=[self.request.merchant.slug])
        intro = _("Signals say what stands out about a claim, with the claims it stands out with. They decide nothing.")
        crumbs = [(_("Claims Center"), listed), (self.title, "")]
        return {"title": self.title, "form": form, "intro": intro, "cancel_url": listed, "crumbs": crumbs}
