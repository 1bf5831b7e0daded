"""Which merchant an address belongs to, and who may come in."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.audit import security_event
from tenancy.links import local_path
from tenancy.models import Merchant
from tenancy.problems import problem
from tenancy.roles import Role
from tenancy.selectors import memberships_at_door, merchant_by_public_id, merchant_by_slug
from tenancy.services.keys import public_id_of
from tenancy.typed import words_of
from tenancy.views.errors import signed_out

Door = Callable[[Any, Any, dict[str, Any]], Merchant | HttpResponse | None]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SEEN_EVERY = timedelta(minutes=5)
REMEMBERED = 10_000
_remembered: dict[str, Merchant] = {}


def staff(request: Any, view: Any, kwargs: dict[str, Any]) -> Merchant | HttpResponse:
    """Let members in: sign-in first, 404 for strangers, 403 for too low a role.

    Membership is looked up on each request, so that whoever is removed is out at once.
    """
    slug = kwargs.pop("merchant")
    if not request.user.is_authenticated:
        return _sign_in(request)
    found = memberships_at_door(request.user, slug, request.session.session_key)
    if not found:
        raise Http404
    if _is_over(request, found[0].began_at, found[0].last_seen_at):
        get_adapter().logout(request)
        return _sign_in(request)
    request.memberships = found
    request.membership, request.role = found[0], Role(found[0].role)
    merchant: Merchant = found[0].merchant
    return _stop(request, view, merchant, second_factor=found[0].second_factor) or merchant


def _sign_in(request: Any) -> HttpResponse:
    """Send to sign-in, and from there back to the page that the person was looking at.

    Who typed something meanwhile gets it back first: it would be lost on the way.
    """
    shown = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    is_page = request.method in SAFE and not request.htmx
    response = redirect_to_login(request.get_full_path() if is_page else local_path(request, shown))
    typed = request.method not in SAFE and words_of(request.POST)
    return signed_out(request, typed, sign_in=response["Location"]) if typed else response


def _stop(request: Any, view: Any, merchant: Merchant, *, second_factor: bool) -> HttpResponse | None:
    """Return where a member must go first, or None; raise PermissionDenied for too low a role."""
    if merchant.mfa_required and not second_factor:
        messages.info(request, _("%(merchant)s asks for a second factor at sign-in.") % {"merchant": merchant})
        return redirect("mfa_activate_totp")
    if request.role < required_role(view, request.method):
        security_event(
            kind="role.refused",
            user_id=request.user.pk,
            merchant_id=merchant.pk,
            detail=request.resolver_match.view_name,
        )
        raise PermissionDenied
    return None


def _is_over(request: Any, began_at: Any, last_seen_at: Any) -> bool:
    """Note now and then that the session is in use; True where it was left alone, or has gone on, for too long."""
    now = timezone.now()
    if last_seen_at is None:
        UserSession.objects.create_from_request(request)
        return False
    is_idle = now - last_seen_at > timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    if is_idle or now - began_at > timedelta(seconds=settings.SESSION_LONGEST_SECONDS):
        security_event(kind="session.over", user_id=request.user.pk)
        return True
    if now - last_seen_at > SEEN_EVERY:
        UserSession.objects.create_from_request(request)
    return False


def required_role(view: Any, method: str = "GET") -> int:
    """Return the least role that may use the view with this method; raise TypeError where it names none."""
    view_class = getattr(view, "view_class", None)
    role: int | None = getattr(view_class, "role", None)
    if role is None:
        raise TypeError(f"{view_class or view} names no role.")
    write_role: int | None = getattr(view_class, "write_role", None)
    return role if method in SAFE or write_role is None else write_role


def public(request: Any, view: Any, kwargs: dict[str, Any]) -> Merchant:
    """Let everybody in to the public pages of the merchant that the address names."""
    merchant = merchant_by_slug(kwargs.pop("merchant"))
    if merchant is None:
        raise Http404
    return merchant


def token(request: Any, view: Any, kwargs: dict[str, Any]) -> Merchant:
    """Let in whoever holds a token that begins with a merchant's public id; the view looks its hash up."""
    public_id = kwargs["token"].partition(".")[0] if "token" in kwargs else kwargs.pop("public_id")
    merchant = merchant_by_public_id(public_id)
    if merchant is None:
        raise Http404
    return merchant


def key(request: Any, view: Any, kwargs: dict[str, Any]) -> Merchant | HttpResponse | None:
    """Let in whoever brings an API key, which begins with its merchant's public id; the view looks its hash up.

    Addresses that are open to everybody belong to no merchant. What is remembered of a merchant here says whose scope
    to open, which never changes; the view reads the merchant itself together with the key.
    """
    if getattr(getattr(view, "view_class", None), "is_open", False):
        return None
    scheme, _space, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    public_id = public_id_of(text=text.strip()) if scheme.lower() == "bearer" else ""
    merchant = _remembered.get(public_id) or merchant_by_public_id(public_id)
    if merchant is not None and len(_remembered) < REMEMBERED:
        _remembered[public_id] = merchant
    detail = "Give an API key: Authorization: Bearer pk_..."
    return merchant or problem(HTTPStatus.UNAUTHORIZED, "unauthorized", detail)


# What people type for letters and digits that our short addresses do not have.
MEANT = str.maketrans("oil", "011")


def printed(request: Any, view: Any, kwargs: dict[str, Any]) -> Merchant:
    """Let in by a token as it was typed off paper: in capitals, with an O for a nought."""
    kwargs["token"] = kwargs["token"].lower().translate(MEANT)
    return token(request, view, kwargs)


# By the first part of the route.
DOORS: dict[str, Door] = {
    "m/": staff,
    "f/": public,
    "c/": public,
    "brand/": public,
    "q/": printed,
    "track/": token,
    "stop/": token,
    "join/": token,
    "hooks/": token,
    "download/": token,
    "api/": key,
}
