"""Where a request came from, and where it may be sent on to."""

from typing import Any

import pytest
from django.test import RequestFactory

from tenancy.links import is_local, local_path
from tenancy.requests import client_ip


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "found"),
    [
        (0, "", "192.0.2.1", "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1", "192.0.2.1"),
        (1, "203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1", "10.0.0.1"),
        (1, "'; DROP TABLE x", "10.0.0.1", None),
        (1, "unknown", "10.0.0.1", None),
        (0, "", "", None),
        (0, "", "::ffff:192.0.2.1", "192.0.2.1"),
        (0, "", "fe80::1%eth0", "fe80::1"),
        (1, "[2001:db8::1]", "10.0.0.1", "2001:db8::1"),
    ],
)
def test_believe_only_our_own_proxies(
    settings: Any, proxies: int, forwarded: str, remote: str, found: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_ip(request) == found


@pytest.mark.parametrize("address", ["/", "/m/x/?q=1#a", "/a//b"])
def test_know_our_own_paths(address: str) -> None:
    assert is_local(address)


@pytest.mark.parametrize(
    "address", ["", "x", "//evil.example", "/\\evil.example", "https://evil.example", "///x", "javascript:x", "\n//x"]
)
def test_know_what_leads_away(address: str) -> None:
    assert not is_local(address)


def test_come_back_from_our_own_host_only() -> None:
    request = RequestFactory().get("/")
    assert local_path(request, "", "http://testserver/m/x/?q=1") == "/m/x/?q=1"
    assert local_path(request, "https://evil.example/m/x/", fallback="/safe") == "/safe"
    assert local_path(request, "http://testserver//evil.example/") == "/"
    assert local_path(request, "http://[", "/m/x/") == "/m/x/"
