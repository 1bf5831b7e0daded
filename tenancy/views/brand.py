"""The merchant's stylesheet, from our own address, as the Content-Security-Policy demands."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from tenancy.branding import stylesheet, version_of
from tenancy.selectors import merchant_by_slug

A_YEAR = 31_536_000
FIVE_MINUTES = 300


@require_safe
def brand(request: HttpRequest, merchant: str) -> HttpResponse:
    """Answer the stylesheet; for good under the address that names its digest, else for five minutes."""
    found = merchant_by_slug(merchant)
    if found is None:
        raise Http404
    response = HttpResponse(stylesheet(found.accent), content_type="text/css; charset=utf-8")
    if request.GET.get("v") == version_of(found.accent):
        patch_cache_control(response, public=True, max_age=A_YEAR, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=FIVE_MINUTES)
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
