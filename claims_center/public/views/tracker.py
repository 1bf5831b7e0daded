"""The customer's private page about one claim."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _

from claims_center.catalogue.files import as_download
from claims_center.errors import Refused
from claims_center.models import Claim, Source
from claims_center.public import guard, selectors, words
from claims_center.public.answering import ANSWERS, POSTS, REPORTS, AnswerForm
from claims_center.public.tracking import facts, next_step, state, steps, timeline
from claims_center.services.answers import answer, may_report, open_question, report_missing_mail
from claims_center.states import Attention, Delivery, Status
from tenancy.throttle import Limit, allowed
from tenancy.views import PublicView
from ui import locale

SAID = {
    "answered": _("Thank you, your answer has come in. We look at your claim again."),
    "missing": _("Thank you. Somebody looks into it and sends the e-mail again if it got lost."),
}


class TrackedView(PublicView):
    """A page for whoever holds a claim's link. An unknown token is no page, whoever's it may be."""

    claim: Claim

    def dispatch(self, request: Any, *args: Any, token: str, **kwargs: Any) -> HttpResponse:
        """Find the claim; keep the address, which is a secret, and what it shows to this browser."""
        found = selectors.claim_by_token(token)
        if found is None:
            raise Http404
        self.claim = found
        response = super().dispatch(request, *args, **kwargs)
        return secret(response)  # type: ignore[arg-type]

    def page(self, form: AnswerForm | None = None, *, refusal: str = "", status: int = 200) -> HttpResponse:
        """Draw the claim in a customer's words."""
        claim, asked = self.claim, open_question(claim=self.claim)
        if form is None and asked:
            form = AnswerForm(claim=claim, initial={"question": asked})
        context = {
            "title": str(state(claim).label),
            "claim": claim,
            "state": state(claim),
            "next": next_step(claim),
            "steps": steps(claim),
            "facts": facts(claim),
            "timeline": timeline(claim, selectors.history_of(claim)),
            "form": form if asked else None,
            "may_report": self._may_report(),
            "is_reported": claim.attention == Attention.MAIL_MISSED,
            "said": SAID.get(self.request.GET.get("said", ""), ""),
            "refusal": refusal,
            "help_url": reverse("funnel:track-help", args=[claim.tracker_token]),
        }
        return render(self.request, "track/claim.html", context | {"zone": locale.zone_name()}, status=status)

    def lead(self) -> HttpResponse:
        """Send the browser to the claim's page."""
        return HttpResponseRedirect(reverse("funnel:track", args=[self.claim.tracker_token]))

    def back(self, said: str) -> HttpResponse:
        """Send the browser to the claim's page, which says what has come of it."""
        return HttpResponseRedirect(
            f"{reverse('funnel:track', args=[self.claim.tracker_token])}?said={said}", status=303
        )

    def is_too_much(self, limit: Limit) -> bool:
        """Count a form of this claim and of this sender; True where it is too much."""
        return not (allowed(POSTS, guard.sender(self.request)) and allowed(limit, str(self.claim.id)))

    def too_many(self, limit: Limit) -> HttpResponse:
        """Say when to try again."""
        wait = guard.wait(limit)
        context = words.too_many(wait, reverse("funnel:track", args=[self.claim.tracker_token]))
        response = render(self.request, "track/sentence.html", context, status=429)
        response["Retry-After"] = str(wait)
        return response

    def _may_report(self) -> bool:
        claim = self.claim
        was_sent = claim.is_gift_issued and not claim.is_physical and claim.delivery_status != Delivery.QUEUED
        return was_sent and claim.status in (Status.VERIFIED, Status.PROCESSED) and may_report(claim=claim)


class TrackerView(TrackedView):
    """How far a claim is."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Any) -> HttpResponse:
        """Show it."""
        return self.page()


class AnswerView(TrackedView):
    """The customer's answer to what we asked."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: Any) -> HttpResponse:
        """Lead whoever reloads to the page that has the form."""
        return self.lead()

    def post(self, request: Any) -> HttpResponse:
        """Take it in, once; a machine is told the same and nothing is done."""
        form = AnswerForm(request.POST, claim=self.claim)
        if form.is_trapped:
            return self.back("answered")
        if self.is_too_much(ANSWERS):
            return self.too_many(ANSWERS)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            with transaction.atomic():
                answer(claim_id=self.claim.id, now=timezone.now(), **form.given())
        except Refused as refusal:
            self.claim.refresh_from_db()
            return self.page(refusal=refusal.sentence, status=409)
        return self.back("answered")


class MissingMailView(TrackedView):
    """The customer says that the gift's e-mail did not come: somebody is told, nothing is sent."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: Any) -> HttpResponse:
        """Lead whoever reloads to the page that has the button."""
        return self.lead()

    def post(self, request: Any) -> HttpResponse:
        """Note it, once for each time that it was sent."""
        if self.is_too_much(REPORTS):
            return self.too_many(REPORTS)
        try:
            with transaction.atomic():
                report_missing_mail(claim_id=self.claim.id, now=timezone.now())
        except Refused as refusal:
            return self.page(refusal=refusal.sentence, status=409)
        return self.back("missing")


class GiftView(TrackedView):
    """The file that is the gift, once it was given and as long as it is."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Any) -> HttpResponse:
        """Send the file as a download."""
        claim = self.claim
        if claim.grant_id is None or claim.promotion.source != Source.FILE:
            raise Http404
        return as_download(claim.promotion)


def secret(response: HttpResponse) -> HttpResponse:
    """Keep an address that is a secret, and what it shows, from caches, search engines and other sites.

    Not no-referrer: browsers would then send forms without the origin that the forgery check asks for.
    """
    patch_cache_control(response, no_store=True, private=True)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
