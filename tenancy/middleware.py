"""Around every request: its id, the refusal of what no database can hold, and the merchant's door."""

import re
import time
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from tenancy import calls, requests
from tenancy.doors import DOORS
from tenancy.logs import log_answer
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.throttle import RateLimited
from tenancy.views.errors import too_many

__all__ = ["DOORS", "MerchantMiddleware", "NulMiddleware", "RequestIdMiddleware", "settle"]

GetResponse = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
SERVER_ERROR = 500


class RequestIdMiddleware:
    """Give each request an id (the proxy's, where it sends a sane one), note where it came from, and log its end."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if REQUEST_ID.match(given) else uuid.uuid4().hex
        token = requests.remember(requests.RequestFacts(request_id, requests.client_ip(request)))
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            _log(request, response, seconds)
            calls.note(request, response, seconds)
        finally:
            requests.forget(token)
        response["X-Request-Id"] = request_id
        return response


def _log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    # The route and not the path: paths hold tokens.
    match = getattr(request, "resolver_match", None)
    log_answer(
        method=request.method or "",
        route=match.route if match else None,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
    )


class NulMiddleware:
    """Refuse addresses with NUL bytes, which no text column can hold."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, 400 where its address holds a NUL byte."""
        query = request.META.get("QUERY_STRING", "")
        if "\x00" in request.path_info or "\x00" in query or "%00" in query:
            raise BadRequest("NUL byte in the address")
        return self.get_response(request)


class MerchantMiddleware:
    """Open the merchant's scope by the address: staff under m/, public pages under f/ and c/, tokens elsewhere.

    The view runs and its template is rendered inside the scope's transaction; an exception rolls it back, and so does
    an answer of 500 or above.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, then put zone and language back; an answer that says nothing of caches is kept by none.

        So that no page has to think of it: among those that are not our own is the one that shows a second factor's secret.
        """
        try:
            response = self.get_response(request)
        finally:
            timezone.deactivate()
            translation.deactivate()
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Open the door named by the route's first part, or leave addresses that have none alone."""
        match = request.resolver_match
        door = DOORS.get(match.route.split("/", 1)[0] + "/") if match else None
        if door is None:
            return None
        try:
            found = door(request, view, kwargs)
            if found is None:
                return None
            if not isinstance(found, Merchant):
                return _instead(request, found)
            return _answer(request, found, view, args, kwargs)
        except RateLimited as refusal:
            return too_many(request, retry_after=refusal.retry_after)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 429 for views without a door as well."""
        if isinstance(exception, RateLimited):
            return too_many(request, retry_after=exception.retry_after)
        return None


def settle(request: Any, merchant: Merchant) -> None:
    """Let the request be this merchant's, in its time zone and its language."""
    request.merchant = merchant
    timezone.activate(zoneinfo.ZoneInfo(merchant.time_zone))
    translation.activate(merchant.locale.replace("_", "-").lower())


def _instead(request: Any, response: HttpResponse) -> HttpResponse:
    """Let the whole page go where the door sends it: htmx would draw the sign-in page inside a part of it."""
    address = response.get("Location")
    return HttpResponse(headers={"HX-Redirect": address}) if address and request.htmx else response


def _answer(request: Any, merchant: Merchant, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponse:
    settle(request, merchant)
    with merchant_scope(merchant, savepoint=getattr(getattr(view, "view_class", None), "savepoint", "")):
        response: Any = view(request, *args, **kwargs)
        if hasattr(response, "render") and not response.is_rendered:
            response = response.render()
        if response.status_code >= SERVER_ERROR:
            transaction.set_rollback(True)
    return response
