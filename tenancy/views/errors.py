"""Pages that say plainly what is wrong. None of them asks the database for anything."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from tenancy.problems import problem

# What programs are told, where people get a page.
CODES = {400: "malformed_request", 403: "forbidden", 404: "not_found", 429: "rate_limited", 500: "internal_error"}
PROGRAMS = "/api/"


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    if request.path_info.startswith(PROGRAMS):
        return problem(status, CODES[status], "This cannot be answered.")
    # Rendered without the request's context processors, so that there is no session, user or merchant to look up.
    page = render_to_string(template, {"request": request})
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
    """403, for a form without a valid token against forged requests."""
    return _page(request, "403_csrf.html", 403)


def too_many(request: HttpRequest, retry_after: int = 60) -> HttpResponse:
    """429, with the seconds to wait."""
    response = _page(request, "429.html", 429)
    response["Retry-After"] = str(retry_after)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(request, "500.html", 500)
