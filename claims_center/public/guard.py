"""What keeps machines out without troubling people."""

import ipaddress
import math
import re
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware

from claims_center.models import Funnel, Journey, Via
from customers.normalise import email_norm
from tenancy.links import parts_of
from tenancy.requests import client_ip
from tenancy.throttle import Limit, allowed

VISITS = Limit("funnel-visit", 120, 60)
CLAIMS_A_MINUTE = Limit("claim-minute", 5, 60)
CLAIMS_A_DAY = Limit("claim-day", 30, 24 * 3600)
CLAIMS_OF_ADDRESS = Limit("claim-email", 3, 24 * 3600)
# Nobody reads and fills in four pages so quickly; a browser that fills in forms by itself may, now and then.
QUICK = timedelta(seconds=3)
QUICK_CLAIMS = Limit("claim-quick", 5, 3600)
# Search engines, link previews of messengers, monitors and scripts: they say who they are.
MACHINES = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|telegram|slack|discord|skype|linkedin"
    r"|embedly|pingdom|uptime|monitor|headlesschrome|lighthouse|curl/|wget/|python-|go-http|java/|okhttp|libwww",
    re.IGNORECASE,
)


def sender(request: HttpRequest) -> str:
    """Return whom to count: the address, or the whole /64 that one IPv6 household has."""
    try:
        address = ipaddress.ip_address(client_ip(request) or "")
    except ValueError:
        return "unknown"
    if address.version == 6:  # noqa: PLR2004 - the protocol's own number
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def is_machine(request: HttpRequest) -> bool:
    """Tell whether a page is looked at without anybody reading it: a robot, a link's preview, a browser ahead of time."""
    if request.method == "HEAD":
        return True
    purpose = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    agent = request.headers.get("User-Agent", "")
    return "prefetch" in purpose or "preview" in purpose or bool(MACHINES.search(agent))


def via_of(request: HttpRequest) -> Via:
    """Tell how a visitor came: by an insert's code, by a link of ours or of another site, or by the bare address."""
    named = request.GET.get("via", "")
    if named in (Via.INSERT, Via.LINK):
        return Via(named)
    host = parts_of(request.headers.get("Referer", "")).netloc
    return Via.LINK if host and host != request.get_host() else Via.DIRECT


def may_visit(request: HttpRequest) -> bool:
    """Tell whether another journey from this address is counted."""
    return allowed(VISITS, sender(request))


def refusal(request: HttpRequest, *, funnel: Funnel, journey: Journey, email: str, now: datetime) -> int:
    """Return 0 where a claim may be sent now, else after how many seconds to try again."""
    address = sender(request)
    tried = [
        (CLAIMS_A_MINUTE, address),
        (CLAIMS_A_DAY, address),
        (CLAIMS_OF_ADDRESS, f"{funnel.id}:{email_norm(email)}"),
    ]
    if now - journey.visited_at < QUICK:
        tried.insert(0, (QUICK_CLAIMS, address))
    for limit, subject in tried:
        if not allowed(limit, subject):
            return wait(limit)
    return 0


def wait(limit: Limit) -> int:
    """Return the seconds until the limit gives one more."""
    return math.ceil(limit.seconds / limit.count)


class _Check(CsrfViewMiddleware):
    """Says why a form was not sent from our own page, instead of answering."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def is_stale(request: HttpRequest) -> bool:
    """Tell whether a post carries no valid token of our own page: it waited too long, or comes from elsewhere."""
    check = _Check(lambda _request: None)  # type: ignore[arg-type]
    check.process_request(request)
    return check.process_view(request, None, (), {}) is not None  # type: ignore[arg-type]
