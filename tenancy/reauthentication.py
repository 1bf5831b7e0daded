"""Asking for the password (or the second factor) once more before something that matters."""

import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from tenancy.links import local_path


def is_fresh(request: Any) -> bool:
    """Tell whether the person has signed in, or confirmed who they are, in the last few minutes."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def ask_again(request: Any) -> HttpResponse:
    """Send the person to confirm who they are, and then back to the page; what they posted is not kept or replayed."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    address = methods[0]["url"] if methods else reverse("account_login")
    back = request.get_full_path() if request.method in ("GET", "HEAD") else _page_before(request)
    there = f"{address}?{urlencode({'next': back})}"
    return HttpResponse(headers={"HX-Redirect": there}) if request.htmx else HttpResponseRedirect(there)


def _page_before(request: Any) -> str:
    view_class = request.resolver_match.func.view_class
    if hasattr(view_class, "get"):
        return str(request.get_full_path())
    return local_path(request, request.POST.get("next", ""), request.headers.get("Referer", ""))
