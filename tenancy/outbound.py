"""The only way out: fetching what an address of a merchant's choosing holds, without being led into our own network.

A name is resolved once, the address is checked, and the connection goes to that very address, so that a second answer
of the name server changes nothing. Only the public internet is reached (no loopback, private, link-local, multicast or
mapped addresses), only over HTTPS on its own port; each redirect is checked like the first address. Size and time are
bounded. `OUTBOUND_ALLOW_PRIVATE` lifts the rules about where, for one machine and for tests.
"""

import ipaddress
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.exceptions import HTTPError, NewConnectionError

from tenancy.cutting import answers_within, watched

TIMEOUT = (3.0, 10.0)
LONGEST = 20.0
MOST_REDIRECTS = 3
CHUNK = 64 * 1024
PORT = 443
REDIRECTS = frozenset({301, 302, 303, 307, 308})
OK = 200
LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


class OutboundError(Exception):
    """Nothing was fetched. `sentence` is fit to show; `again` says whether another try may succeed; `code` is for logs."""

    def __init__(self, sentence: Any, *, again: bool = False, code: str = "bad_address") -> None:
        self.sentence = str(sentence)
        self.again = again
        self.code = code
        super().__init__(self.sentence)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back: the bytes, as they were sent, and what they are said to be."""

    content: bytes
    media_type: str
    url: str


class _PublicOnly(IPFilterAdapter):
    """Connects to the address that was checked, and only where that is one of the public internet."""

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        """Resolve, check, and put the address in the place of the name."""
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        if not is_public(host["host"].strip("[]")):
            raise InvalidIPAddress(host["host"])
        return host, pool


def is_public(text: str) -> bool:
    """Say whether an IP address is one of the public internet, whatever it is wrapped in."""
    address = ipaddress.ip_address(text)
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if inner is not None:
        address = inner
    special = address.is_multicast or address.is_reserved or address.is_link_local or address.is_unspecified
    return address.is_global and not special and not getattr(address, "is_site_local", False)


def check_address(url: str) -> None:
    """Raise OutboundError for an address that is never fetched, whatever it resolves to."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise OutboundError(_("This is not a web address.")) from error
    if not parts.hostname or parts.username or parts.password or any(ord(char) <= 32 for char in url):  # noqa: PLR2004
        raise OutboundError(_("This is not a web address."))
    if settings.OUTBOUND_ALLOW_PRIVATE and parts.scheme in {"http", "https"}:
        return
    if parts.scheme != "https" or port not in {None, PORT}:
        raise OutboundError(_("Give an address that begins with https:// and names no port."))


def fetch(url: str, *, most_bytes: int, accept: str) -> Fetched:
    """Return what the address holds, following up to three redirects; at most `most_bytes`, within 20 seconds.

    Never call it inside a transaction. Raises OutboundError with a sentence that is fit to show.
    """
    until = time.monotonic() + LONGEST
    with _session() as session, _in_time(LONGEST, OutboundError):
        for _hop in range(MOST_REDIRECTS + 1):
            check_address(url)
            with _get(session, url, accept) as response:
                if response.status_code not in REDIRECTS:
                    content = _read(response, most_bytes, until)
                    return Fetched(content, response.headers.get("Content-Type", ""), url)
                url = urljoin(url, response.headers.get("Location", ""))
    raise OutboundError(_("The address leads on and on."))


def _session() -> requests.Session:
    session = requests.Session()
    # Neither proxies nor passwords of the machine's own environment.
    session.trust_env = False
    if not settings.OUTBOUND_ALLOW_PRIVATE:
        session.mount("https://", _PublicOnly(is_https_proto=True))
        session.mount("http://", _PublicOnly(is_https_proto=False))
    else:
        session.mount("http://", HTTPAdapter())
    return watched(session)


@contextmanager
def _in_time(seconds: float, refusal: type[OutboundError]) -> Iterator[None]:
    """Give up on an answer that takes longer as a whole, and raise this refusal, whatever came of it by then."""
    with answers_within(seconds) as watch:
        error: OutboundError | None = None
        try:
            yield
        except OutboundError as raised:
            error = raised
    if watch.is_over:
        raise refusal(_("The address answers too slowly."), again=True, code="no_answer") from error
    if error is not None:
        raise error


def _get(session: requests.Session, url: str, accept: str) -> requests.Response:
    headers = {"Accept": accept, "Accept-Encoding": "identity", "User-Agent": "ClaimsCenter"}
    try:
        return session.get(url, headers=headers, stream=True, allow_redirects=False, timeout=TIMEOUT)
    except InvalidIPAddress as error:
        raise OutboundError(_("This address leads into a private network.")) from error
    except requests.RequestException as error:
        again = isinstance(error, requests.ConnectionError | requests.Timeout)
        raise OutboundError(_("The address could not be reached."), again=again) from error


def _read(response: requests.Response, most_bytes: int, until: float) -> bytes:
    """Read the body as it was sent, never unpacked, and stop where it is too much or takes too long."""
    if response.status_code != OK:
        text = _("The address answered with the error %(code)s.") % {"code": response.status_code}
        raise OutboundError(text, again=response.status_code in LATER)
    parts, size = [], 0
    try:
        while chunk := response.raw.read(CHUNK, decode_content=False):
            size += len(chunk)
            if size > most_bytes:
                raise OutboundError(_("What the address holds is too large."))
            if time.monotonic() > until:
                raise OutboundError(_("The address answers too slowly."), again=True)
            parts.append(chunk)
    except (HTTPError, OSError) as error:
        raise OutboundError(_("The connection broke off."), again=True) from error
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a service of others answered: the status, the body as far as it came, and the headers."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class NotSent(OutboundError):  # noqa: N818 - reads as what is the case
    """Nothing reached the other side: asking again is safe."""


class NoAnswer(OutboundError):  # noqa: N818 - reads as what is the case
    """It may have reached the other side, but no answer came back."""


def post(url: str, *, body: bytes, headers: Mapping[str, str], most_bytes: int = CHUNK) -> Answered:
    """Post a body once and return the answer, whatever its status; see `send`."""
    return send("POST", url, body=body, headers=headers, most_bytes=most_bytes)


def send(
    method: str,
    url: str,
    *,
    body: bytes | BinaryIO,
    headers: Mapping[str, str],
    most_bytes: int = CHUNK,
    timeout: tuple[float, float] = TIMEOUT,
) -> Answered:
    """Send a body once and return the answer, whatever its status; no redirect is followed.

    `timeout` are the seconds for connecting (and for each piece of the body), and for the answer. Never call it inside a
    transaction. Raises NotSent where no connection came about, NoAnswer where the request may have arrived, and
    OutboundError for an address that is never used.
    """
    check_address(url)
    # Whoever waits longer for the answer's beginning waits longer for all of it.
    longest = LONGEST + max(timeout[1] - TIMEOUT[1], 0.0)
    with _session() as session, _in_time(longest, NoAnswer):
        try:
            response = session.request(
                method, url, data=body, headers=dict(headers), stream=True, allow_redirects=False, timeout=timeout
            )
        except InvalidIPAddress as error:
            raise NotSent(_("This address leads into a private network."), code="private_address") from error
        except requests.ConnectTimeout as error:
            raise NotSent(_("The address could not be reached."), again=True, code="unreachable") from error
        except requests.exceptions.SSLError as error:
            raise NotSent(_("The address has no valid certificate."), again=True, code="bad_certificate") from error
        except requests.ConnectionError as error:
            kind, code = (NotSent, "unreachable") if _never_connected(error) else (NoAnswer, "no_answer")
            raise kind(_("The address could not be reached."), again=True, code=code) from error
        except requests.RequestException as error:
            raise NoAnswer(_("No answer came."), again=True, code="no_answer") from error
        until = time.monotonic() + LONGEST
        with response:
            return Answered(response.status_code, _read_some(response, most_bytes, until), dict(response.headers))


def _never_connected(error: requests.ConnectionError) -> bool:
    """Say whether it failed before a byte could be sent."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, NewConnectionError)


def _read_some(response: requests.Response, most_bytes: int, until: float) -> bytes:
    """Read up to `most_bytes` of the body. Raises NoAnswer where it breaks off: the request has arrived."""
    parts, size = [], 0
    try:
        while size < most_bytes and (chunk := response.raw.read(CHUNK, decode_content=True)):
            if time.monotonic() > until:
                raise NoAnswer(_("The address answers too slowly."), again=True, code="no_answer")
            size += len(chunk)
            parts.append(chunk)
    except (HTTPError, OSError) as error:
        raise NoAnswer(_("The connection broke off."), again=True, code="no_answer") from error
    return b"".join(parts)[:most_bytes]
