"""The API itself: its OpenAPI document, and the page on which calls can be tried."""

import json
from functools import cache
from threading import Lock
from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView, View
from drf_spectacular.generators import SchemaGenerator

from pos.base import answer
from ui.csp import csp_override

# Swagger UI draws its arrows from data: addresses; everything else is our own.
POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
}


# The generator keeps what it has seen so far where every thread writes to it.
ONE_AT_A_TIME = Lock()


def document() -> bytes:
    """Return the document; it is the same for everybody, and made once a process, whoever asks meanwhile."""
    with ONE_AT_A_TIME:
        return made()


@cache
def made() -> bytes:
    """Make the document; one thread at a time (see `document`)."""
    generator: Any = SchemaGenerator
    found = generator(urlconf="config.urls").get_schema(request=None, public=True)
    return json.dumps(found, indent=1, default=str).encode()


class Root(View):
    """Where programs and people that come to the API itself find out about it."""

    is_open: ClassVar[bool] = True

    def get(self, request: Any) -> HttpResponse:
        """Answer with the addresses of the document and of the page."""
        return answer({name: request.build_absolute_uri(reverse(f"pos:{name}")) for name in ("schema", "docs")})


class Schema(View):
    """The OpenAPI 3.1 document."""

    is_open: ClassVar[bool] = True

    def get(self, request: Any) -> HttpResponse:
        """Answer with it."""
        return HttpResponse(document(), content_type="application/vnd.oai.openapi+json; charset=utf-8")


class Docs(TemplateView):
    """Where calls can be read and tried, under a Content-Security-Policy of its own."""

    is_open: ClassVar[bool] = True
    template_name = "pos/docs.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the page, under its policy."""
        show: Any = super().dispatch
        return csp_override(POLICY)(show)(request, *args, **kwargs)
