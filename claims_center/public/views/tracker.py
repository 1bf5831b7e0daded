"""The customer's private page about one claim."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from claims_center.catalogue.files import as_download
from claims_center.models import Source
from claims_center.public import selectors
from claims_center.public.tracking import facts, next_step, state, timeline
from tenancy.views import PublicView


class TrackerView(PublicView):
    """How far a claim is, for whoever holds its link. An unknown token is no page, whoever's it may be."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Any, token: str) -> HttpResponse:
        """Show the claim in a customer's words; the address is a secret, so it goes to no other site."""
        claim = selectors.claim_by_token(token)
        if claim is None:
            raise Http404
        context = {
            "title": str(state(claim).label),
            "claim": claim,
            "state": state(claim),
            "next": next_step(claim),
            "facts": facts(claim),
            "timeline": timeline(claim, selectors.history_of(claim)),
        }
        return secret(render(request, "track/claim.html", context))


class GiftView(PublicView):
    """The file that is the gift, for whoever holds the claim's link, once it was given and as long as it is."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Any, token: str) -> HttpResponse:
        """Send the file as a download."""
        claim = selectors.claim_by_token(token)
        if claim is None or claim.grant_id is None or claim.promotion.source != Source.FILE:
            raise Http404
        return secret(as_download(claim.promotion))


def secret(response: HttpResponse) -> HttpResponse:
    """Keep an address that is a secret, and what it shows, from caches, search engines and other sites."""
    patch_cache_control(response, no_store=True, private=True)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
