"""What is known of the request in hand: its id, for logs and audit, and the address it came from."""

import contextvars
import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """A request's id and the address of whoever sent it."""

    id: str
    ip: str | None


_facts: contextvars.ContextVar[RequestFacts | None] = contextvars.ContextVar("request_facts", default=None)


def current_request() -> RequestFacts | None:
    """Return the facts of the request in hand, or None in jobs and commands."""
    return _facts.get()


def remember(facts: RequestFacts | None) -> contextvars.Token[RequestFacts | None]:
    """Keep the facts for as long as the request is answered."""
    return _facts.set(facts)


def forget(token: contextvars.Token[RequestFacts | None]) -> None:
    """Forget them again."""
    _facts.reset(token)


def client_ip(request: HttpRequest) -> str | None:
    """Return the sender's address: the hop before the trusted proxies, never what the client wrote itself.

    None where that is not an address (a proxy that writes none, a socket).
    """
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    found = request.META.get("REMOTE_ADDR") or ""
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        found = hops[-settings.TRUSTED_PROXIES]
    try:
        address = ipaddress.ip_address(found.removeprefix("[").removesuffix("]").partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
