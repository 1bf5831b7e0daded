"""The merchant's door: one place that opens a merchant's scope around a view."""

import re
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation

from tenancy import requests
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.selectors import membership, merchant_by_public_id, merchant_by_slug

GetResponse = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")


class RequestIdMiddleware:
    """Give each request an id (the proxy's, where it sends a sane one) and note where it came from."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        given = request.headers.get("X-Request-Id", "")
        request_id = given if REQUEST_ID.match(given) else uuid.uuid4().hex
        token = requests.remember(requests.RequestFacts(request_id, requests.client_ip(request)))
        try:
            response = self.get_response(request)
        finally:
            requests.forget(token)
        response["X-Request-Id"] = request_id
        return response


class MerchantMiddleware:
    """Open the merchant's scope by the address: staff under m/, public pages under f/ and c/, tokens elsewhere.

    The view runs and its template is rendered inside the scope's transaction; an exception rolls it back, and so does
    an answer of 500 or above.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, then put zone and language back."""
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()
            translation.deactivate()

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Open the door named by the route's first part, or leave addresses that have none alone."""
        match = request.resolver_match
        door = DOORS.get(match.route.split("/", 1)[0] + "/") if match else None
        if door is None:
            return None
        found = door(request, view, kwargs)
        if not isinstance(found, Merchant):
            return found
        return _answer(request, found, view, args, kwargs)


def _answer(
    request: Any, merchant: Merchant, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse:
    request.merchant = merchant
    timezone.activate(zoneinfo.ZoneInfo(merchant.time_zone))
    translation.activate(merchant.language)
    with merchant_scope(merchant):
        response: Any = view(request, *args, **kwargs)
        if hasattr(response, "render") and not response.is_rendered:
            response = response.render()
        if response.status_code >= 500:  # noqa: PLR2004 - a server's failure keeps nothing
            transaction.set_rollback(True)
    return response  # type: ignore[no-any-return]


def _staff(request: Any, view: Any, kwargs: dict[str, Any]) -> Merchant | HttpResponse:
    """Let members in: sign-in first, 404 for strangers, 403 for too low a role."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    found = membership(request.user, kwargs.pop("merchant"))
    if found is None:
        raise Http404
    request.membership, request.role = found, found.role
    if found.merchant.mfa_required and not _has_second_factor(request):
        return redirect("mfa_index")
    if request.role < _required_role(view):
        raise PermissionDenied
    return found.merchant


def _has_second_factor(request: Any) -> bool:
    from allauth.mfa.utils import is_mfa_enabled  # noqa: PLC0415 - needs the app registry

    return is_mfa_enabled(request.user)


def _required_role(view: Any) -> int:
    view_class = getattr(view, "view_class", None)
    role: int | None = getattr(view_class, "role", None)
    if role is None:
        raise TypeError(f"{view_class or view} names no role.")
    return role


def _public(request: Any, view: Any, kwargs: dict[str, Any]) -> Merchant:
    merchant = merchant_by_slug(kwargs.pop("merchant"))
    if merchant is None:
        raise Http404
    return merchant


def _token(request: Any, view: Any, kwargs: dict[str, Any]) -> Merchant:
    """Let in whoever holds a token that begins with a merchant's public id; the view looks its hash up."""
    public_id = kwargs["token"].partition(".")[0] if "token" in kwargs else kwargs.pop("public_id")
    merchant = merchant_by_public_id(public_id)
    if merchant is None:
        raise Http404
    return merchant


DOORS: dict[str, Callable[[Any, Any, dict[str, Any]], Merchant | HttpResponse]] = {
    "m/": _staff,
    "f/": _public,
    "c/": _public,
    "track/": _token,
    "brand/": _public,
    "hooks/": _token,
    "download/": _token,
}
