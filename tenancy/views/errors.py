"""Pages that say plainly what is wrong. None of them asks the database for anything."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from tenancy.problems import problem
from tenancy.typed import words_of

# What programs are told, where people get a page.
CODES = {
    400: "malformed_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    429: "rate_limited",
    500: "internal_error",
}
PROGRAMS = "/api/"
# Customers have nothing to do with the start page, where staff sign in.
CUSTOMERS = ("/f/", "/q/", "/track/", "/stop/", "/c/")


def _page(request: HttpRequest, template: str, status: int, **more: Any) -> HttpResponse:
    if request.path_info.startswith(PROGRAMS):
        return problem(status, CODES[status], "This cannot be answered.")
    # Rendered without the request's context processors, so that there is no session, user or merchant to look up.
    context = {"request": request, "for_customers": request.path_info.startswith(CUSTOMERS)}
    page = render_to_string(template, context | more)
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _page(request, "400.html", 400)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _page(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same whether there is nothing or it is somebody else's."""
    return _page(request, "404.html", 404)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, for a form without a valid token against forged requests; with what was typed, if it came from our page."""
    # A foreign site could else put its own words on a page of ours.
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    return _page(request, "403_csrf.html", 403, typed=words_of(request.POST) if is_ours else [])


def signed_out(request: HttpRequest, typed: Sequence[tuple[str, str]], *, sign_in: str) -> HttpResponse:
    """401, for a form that came after its person was signed out: what was typed, and the way to sign in."""
    return _page(request, "401.html", 401, typed=typed, sign_in=sign_in)


def too_many(request: HttpRequest, retry_after: int = 60) -> HttpResponse:
    """429, with the seconds to wait."""
    response = _page(request, "429.html", 429)
    response["Retry-After"] = str(retry_after)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(request, "500.html", 500)
