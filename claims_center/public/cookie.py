"""The cookie by which a browser keeps its way through one funnel.

It holds nothing but the journey's signed id; what was typed stays in the database. It is independent of the staff
session, and each funnel has one of its own, so two promotions open in two tabs do not meet.
"""

import uuid
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest, HttpResponse

from claims_center.models import Funnel, Journey

MAX_AGE = timedelta(days=7)
SALT = "claims_center.journey"


def _name(request: HttpRequest, funnel: Funnel) -> str:
    plain = f"funnel-{funnel.id.hex[-12:]}"
    return f"__Host-{plain}" if request.is_secure() else plain


def read(request: HttpRequest, funnel: Funnel) -> uuid.UUID | None:
    """Return the id of this browser's journey through this funnel; None where there is none, or it is too old."""
    signer = signing.TimestampSigner(salt=f"{SALT}.{funnel.id}")
    try:
        return uuid.UUID(signer.unsign(request.COOKIES.get(_name(request, funnel), ""), max_age=MAX_AGE))
    except (signing.BadSignature, ValueError):
        return None


def _path(request: HttpRequest) -> str:
    """Return the path of every public page, whatever the funnel's address becomes; `__Host-` asks for "/"."""
    return "/" if request.is_secure() else "/f/"


def write(response: HttpResponse, request: HttpRequest, journey: Journey) -> None:
    """Give the browser its journey, for public pages; the funnel's id in the name keeps journeys apart."""
    secure = request.is_secure()
    response.set_cookie(
        _name(request, journey.funnel),
        signing.TimestampSigner(salt=f"{SALT}.{journey.funnel_id}").sign(str(journey.id)),
        max_age=MAX_AGE,
        path=_path(request),
        secure=secure,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse, request: HttpRequest, funnel: Funnel) -> None:
    """Take the journey away, so that the next visit is a new one."""
    response.delete_cookie(_name(request, funnel), path=_path(request), samesite="Lax")
