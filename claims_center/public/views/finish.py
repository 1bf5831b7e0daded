"""The end of a funnel: check, send, share."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from claims_center.errors import FunnelClosed, Incomplete, NotInFunnel
from claims_center.marketplaces import is_listing_url
from claims_center.models import Journey
from claims_center.public import cookie, guard, pages, words
from claims_center.public.review import claim_input, lines
from claims_center.public.steps import REVIEW
from claims_center.public.views.base import FunnelView
from claims_center.services import journeys
from claims_center.services.sharing import record_redirect
from claims_center.services.submission import submit_claim
from claims_center.wording import say


class ReviewView(FunnelView):
    """Everything once more, and the button that sends it."""

    def get(self, request: Any) -> HttpResponse:
        """Show what was typed, with a way back to each part."""
        if self.claim is not None:
            return self.go("submitted")
        if self.journey is None or self.walk.first_open() != REVIEW:
            return self.go(self.walk.first_open(), "first")
        return self.page()

    def post(self, request: Any) -> HttpResponse:
        """Send the claim. Of several identical posts the first sends it, the others find it sent."""
        if self.journey is None:
            return self.go("product", "again")
        if journeys.lock(journey=self.journey).submitted_at is not None:
            return self.go("submitted")
        if self.walk.first_open() != REVIEW:
            return self.go(self.walk.first_open(), "check")
        return self.send(self.journey)

    def send(self, journey: Journey) -> HttpResponse:
        """Make the claim, unless too much came from here or the funnel has just closed."""
        answers = self.walk.answers()
        wait = guard.refusal(self.request, funnel=self.funnel, journey=journey, email=answers["email"], now=self.now)
        if wait:
            return self.too_many(wait)
        try:
            with transaction.atomic():
                submit_claim(given=claim_input(journey, self.walk, answers), now=self.now, notify=True)
        except FunnelClosed:
            return self.closed()
        except (NotInFunnel, Incomplete):
            return self.go("product", "check")
        return self.go("submitted")

    def stale(self) -> HttpResponse:
        """Show the page again with a fresh button."""
        if self.journey is None or self.walk.first_open() != REVIEW:
            return super().stale()
        return self.page(status=403, notice=words.STALE)

    def page(self, status: int = 200, **more: Any) -> HttpResponse:
        """Draw the review."""
        walk = self.walk
        context = {
            "step": walk.steps[-1],
            "step_number": len(walk.steps),
            "step_total": len(walk.steps),
            "lines": lines(walk, self.url),
            "heading": say(self.funnel, "review_prompt", self.request.merchant),
            "here": self.url(REVIEW),
            "previous_url": self.url(walk.before(REVIEW)),
        }
        return self.show("review", context | more, status)


class SubmittedView(FunnelView):
    """The claim is in: thanks, the Share button, the private link. Works after the funnel has closed, too."""

    open_only = False

    def get(self, request: Any) -> HttpResponse:
        """Show it to the browser that sent the claim."""
        claim = self.claim
        if claim is None:
            return self.go("product")
        tracker = request.build_absolute_uri(reverse("funnel:track", args=[claim.tracker_token]))
        context = {
            "listing": claim.listing,
            "feedback": claim.feedback,
            "tracker_url": tracker,
            "share_url": self.url("share"),
            "again_url": self.url("again"),
            "can_again": self.funnel.is_open(self.now),
        }
        return self.show("submitted", context | pages.submitted_context(self.funnel, request.merchant))


class ShareView(FunnelView):
    """The click on Share: counted once, then a small page of ours that leads on to the marketplace.

    Not a redirect: `form-action 'self'` also forbids a form's redirects to other sites.
    """

    open_only = False
    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: Any) -> HttpResponse:
        """Lead whoever opens this address again to the page with the button; only pressing it counts."""
        return self.go("submitted")

    def post(self, request: Any) -> HttpResponse:
        """Note the click and lead on, to the listing's own address and nowhere else."""
        claim = self.claim
        if claim is None:
            return self.go("product")
        record_redirect(claim_id=claim.id, now=self.now)
        listing = claim.listing
        target = listing.url if is_listing_url(listing.marketplace, listing.url) else ""
        return self.show("share", {"listing": listing, "target": target, "back_url": self.url("submitted")})


class AgainView(FunnelView):
    """Another claim from the same browser, for another order."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: Any) -> HttpResponse:
        """Lead whoever opens this address again to where the claim is; only the button begins anew."""
        return self.go("submitted")

    def post(self, request: Any) -> HttpResponse:
        """Forget the finished journey and begin from the first page."""
        response = HttpResponseRedirect(self.url("product"))
        if self.claim is not None:
            cookie.forget(response, request, self.funnel)
        return response
