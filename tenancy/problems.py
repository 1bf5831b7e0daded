"""Errors for programs: RFC 9457 problem documents with a stable `code`."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:claims-center:problem:"


def problem(
    status: int, code: str, detail: str, *, errors: Sequence[dict[str, str]] = (), retry_after: int = 0, **members: Any
) -> HttpResponse:
    """Return a problem document; `errors` name fields of the request, `members` are further facts of this problem."""
    document = {
        "type": f"{TYPE}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": list(errors),
        **members,
    }
    response = HttpResponse(json.dumps(document, default=str), status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if retry_after:
        response["Retry-After"] = str(retry_after)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    return response
