"""What every act on a claim's page shares: the dialog that asks, the one service call, the refusal in words."""

import uuid
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from claims_center.errors import ReasonNeeded, Refused
from claims_center.models import Claim
from tenancy.links import parts_of
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.forms import StyledForm
from ui.htmx import dialog_base, vary_on_htmx


class ClaimAction(StaffView):
    """One act: GET asks (in a dialog, or on a page of its own), POST does it and goes back to the claim.

    A subclass names its words, its form if it needs one, and `perform`, which calls one service.
    """

    role = Role.AGENT
    title: ClassVar[Any]
    text: ClassVar[Any] = ""
    submit_label: ClassVar[Any] = ""
    icon_name: ClassVar[str] = ""
    tone: ClassVar[str] = ""
    done: ClassVar[Any]
    form_class: ClassVar[type[StyledForm] | None] = None

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Call the service."""
        raise NotImplementedError

    def form_kwargs(self, claim: Claim) -> dict[str, Any]:
        """Return what the form needs of the claim."""
        return {}

    def text_for(self, claim: Claim) -> Any:
        """Return what is said above the question."""
        return self.text

    def facts(self, claim: Claim) -> list[Any]:
        """Return facts that help to decide."""
        return []

    def get(self, request: HttpRequest, claim_id: uuid.UUID) -> HttpResponse:
        """Ask."""
        claim = self.claim(claim_id)
        return self._ask(claim, self._form(claim, None), status=200)

    def post(self, request: HttpRequest, claim_id: uuid.UUID) -> HttpResponse:
        """Do it, or say why not where the person is."""
        claim = self.claim(claim_id)
        form = self._form(claim, request.POST)
        if form is not None and not form.is_valid():
            return self._ask(claim, form, status=422)
        try:
            # A refusal must leave nothing of what the service had done so far.
            with transaction.atomic():
                self.perform(claim, form.cleaned_data if form else {})
        except Refused as refusal:
            return self._refuse(claim, form, refusal)
        self.say(self.done)
        return self.back_to(self.claim_url(claim))

    @staticmethod
    def claim(claim_id: uuid.UUID) -> Claim:
        """Return the claim, or answer 404."""
        found: Claim = get_object_or_404(Claim.objects.select_related("funnel", "promotion"), id=claim_id)
        return found

    def claim_url(self, claim: Claim) -> str:
        """Return the address of the claim's page."""
        return reverse("claims:claim", args=[self.request.merchant.slug, claim.id])

    def facts_for_service(self) -> dict[str, Any]:
        """Return who does it, and when."""
        return {"actor": self.actor, "now": timezone.now()}

    def _form(self, claim: Claim, data: Any) -> StyledForm | None:
        return self.form_class(data, **self.form_kwargs(claim)) if self.form_class else None

    def _refuse(self, claim: Claim, form: StyledForm | None, refusal: Refused) -> HttpResponse:
        if form is None:
            self.warn(refusal.sentence)
            return self.back_to(self.claim_url(claim))
        wants_reason = isinstance(refusal, ReasonNeeded) and "reason" in form.fields
        form.add_error("reason" if wants_reason else None, refusal.sentence)
        return self._ask(claim, form, status=422)

    def _opened_on(self, claim: Claim) -> str:
        """Return the claim's page as it stands behind the dialog, with the list that it leads back to."""
        page, sent = self.claim_url(claim), self.request.headers
        given = self.request.POST.get("next", "") or sent.get("HX-Current-URL", "") or sent.get("Referer", "")
        behind = parts_of(given)
        return f"{page}?{behind.query}" if behind.path == page and behind.query else page

    def _ask(self, claim: Claim, form: StyledForm | None, *, status: int) -> HttpResponse:
        context = {
            "dialog_base": dialog_base(self.request),
            "title": self.title,
            "text": self.text_for(claim),
            "form": form,
            "facts": self.facts(claim),
            "submit_label": self.submit_label or self.title,
            "icon_name": self.icon_name,
            "tone": self.tone,
            "cancel_url": self._opened_on(claim),
            "hidden": [("next", self._opened_on(claim))],
        }
        return vary_on_htmx(render(self.request, "ui/confirm.html", context, status=status))
