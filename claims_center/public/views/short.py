"""The short address that inserts are printed with, and a funnel's colours."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control

from claims_center.models import Via
from claims_center.public import selectors
from tenancy.branding import stylesheet, version_of
from tenancy.views import PublicView

A_YEAR = 31_536_000
FIVE_MINUTES = 300


class ShortView(PublicView):
    """Leads to the funnel's page, wherever that is by now, and nowhere else; the visit counts as one by an insert."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Any, token: str) -> HttpResponse:
        """Lead on; an unknown code, and one of a funnel that was never published, is no page."""
        funnel = selectors.funnel_by_short_code(token.partition(".")[2])
        if funnel is None:
            raise Http404
        address = reverse("funnel:product", args=[request.merchant.slug, funnel.slug])
        response = HttpResponseRedirect(f"{address}?via={Via.INSERT.value}")
        patch_cache_control(response, no_store=True)
        response["X-Robots-Tag"] = "noindex"
        return response


class FunnelBrand(PublicView):
    """The colours of a funnel that has its own; for good under the address that names them."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Any, funnel: str) -> HttpResponse:
        """Answer the stylesheet."""
        found = selectors.published_funnel(funnel)
        if found is None:
            raise Http404
        response = HttpResponse(stylesheet(found.accent), content_type="text/css; charset=utf-8")
        fresh = request.GET.get("v") == version_of(found.accent)
        patch_cache_control(response, public=True, max_age=A_YEAR if fresh else FIVE_MINUTES)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
