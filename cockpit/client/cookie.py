"""The cookie by which a browser stays signed in with one merchant: a signed session id, apart from the staff's."""

import uuid
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse

from cockpit.client.sessions import LIFE
from cockpit.models import ClientSession

SALT = "cockpit.client"


def _name(request: Any) -> str:
    plain = f"client-{request.merchant.public_id}"
    return f"__Host-{plain}" if request.is_secure() else plain


def _path(request: Any) -> str:
    """Return the path of this merchant's customer pages; `__Host-` asks for "/"."""
    return "/" if request.is_secure() else f"/c/{request.merchant.slug}/"


def _signer(request: Any) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"{SALT}.{request.merchant.id}")


def read(request: HttpRequest) -> uuid.UUID | None:
    """Return the id of this browser's session with this merchant; None for none, a forged one, or one too old."""
    try:
        return uuid.UUID(_signer(request).unsign(request.COOKIES.get(_name(request), ""), max_age=LIFE))
    except (signing.BadSignature, ValueError):
        return None


def write(response: HttpResponse, request: HttpRequest, session: ClientSession) -> None:
    """Keep this browser signed in."""
    response.set_cookie(
        _name(request),
        _signer(request).sign(str(session.id)),
        max_age=LIFE,
        path=_path(request),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse, request: HttpRequest) -> None:
    """Take the session away from this browser."""
    response.delete_cookie(_name(request), path=_path(request), samesite="Lax")
