"""The merchant's stylesheet, from our own address, as the Content-Security-Policy demands."""

from typing import Any

from django.http import HttpResponse
from django.utils.cache import patch_cache_control

from tenancy.branding import stylesheet, version_of
from tenancy.views.base import PublicView

A_YEAR = 31_536_000
FIVE_MINUTES = 300


class Brand(PublicView):
    """Answer the stylesheet; for good under the address that names its digest, else for five minutes."""

    def get(self, request: Any) -> HttpResponse:
        """Return the colours of the merchant that the address names."""
        accent = request.merchant.accent
        response = HttpResponse(stylesheet(accent), content_type="text/css; charset=utf-8")
        if request.GET.get("v") == version_of(accent):
            patch_cache_control(response, public=True, max_age=A_YEAR, immutable=True)
        else:
            patch_cache_control(response, public=True, max_age=FIVE_MINUTES)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
