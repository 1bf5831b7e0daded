"""Content-Security-Policy from a settings dict in the shape of Django 6's `SECURE_CSP`.

    SECURE_CSP = {"default-src": ["'none'"], "script-src": ["'self'"], "upgrade-insecure-requests": True}

Once the project runs on Django 6 its own middleware and decorator of the same shape take over.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Policy = Mapping[str, Iterable[str] | str | bool | None]

HEADER = "Content-Security-Policy"


def build_policy(policy: Policy) -> str:
    """Return the header's value; True stands for a directive without sources, False, None and [] leave it out."""
    parts = []
    for directive, sources in policy.items():
        if sources is True:
            parts.append(directive)
        elif sources:
            words = [sources] if isinstance(sources, str) else sources
            parts.append(f"{directive} {' '.join(words)}")
    return "; ".join(parts)


class ContentSecurityPolicyMiddleware:
    """Sets the header on every response that has none, unless the view brought a policy of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, with the header."""
        response = self.get_response(request)
        policy = getattr(response, "_csp_config", None)
        if policy is None:
            policy = getattr(settings, "SECURE_CSP", {})
        value = build_policy(policy)
        if value and HEADER not in response.headers:
            response.headers[HEADER] = value
        return response


def csp_override(policy: Policy) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Give one view a policy of its own (an empty one sends no header): `@csp_override({...})`."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(*args: Any, **kwargs: Any) -> HttpResponse:
            response = view(*args, **kwargs)
            response._csp_config = policy  # type: ignore[attr-defined]  # noqa: SLF001 - the name that Django 6 uses
            return response

        return wrapped

    return decorate
