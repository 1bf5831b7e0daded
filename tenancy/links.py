"""Addresses to go back to: ours or none."""

from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_local(address: str) -> bool:
    """Tell whether an address stays on this site whatever the browser makes of it: a path, without scheme or host."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def parts_of(address: str) -> SplitResult:
    """Return the parts of an address that somebody sent us; of one that cannot be read, none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def local_path(request: HttpRequest, *addresses: str, fallback: str = "/") -> str:
    """Return the first address that is ours, without its host; the fallback where none is."""
    for address in addresses:
        parts = parts_of(address)
        if parts.netloc and parts.netloc == request.get_host():
            address = urlunsplit(("", "", parts.path, parts.query, ""))  # noqa: PLW2901 - the same address, as a path
        if is_local(address):
            return address
    return fallback
