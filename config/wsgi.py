"""The WSGI application that granian (or any other server) serves."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, get_script_name
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import get_resolver, set_script_prefix

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

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Answer a call, and look after the database's connections once, when its answer stands.

        Django would tell of the call's beginning and of its end by signals, whose receivers go through every connection
        and cache of the thread, four times in all.
        """
        set_script_prefix(get_script_name(environ))
        request = self.request_class(environ)
        try:
            response: Any = self.get_response(request)
        finally:
            request.close()
            close_old_connections()
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return [response.content]


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
