"""The WSGI application that granian (or any other server) serves."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

CALLS = "/api/"
# Below it, but read by people in a browser.
READ = ("/api/v1/docs/", "/api/v1/schema/")


class CallHandler(WSGIHandler):
    """Answers calls of the API through the layers that a call needs, and none that only a browser does."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's own signature
        """Build the chain of `settings.API_MIDDLEWARE`; Django reads the one name, and only here."""
        pages, settings.MIDDLEWARE = settings.MIDDLEWARE, settings.API_MIDDLEWARE
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = pages


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a call of the API, or a page."""
    path = environ.get("PATH_INFO", "")
    handler = calls if path.startswith(CALLS) and not path.startswith(READ) else pages
    answer: Iterable[bytes] = handler(environ, start_response)
    return answer


pages = get_wsgi_application()
calls = CallHandler()
# Every view and its forms are loaded before the first visitor comes, and not while that one waits.
_ = get_resolver().url_patterns
settle()
