"""How webhooks look: badges and reasons, one place for lists and pages."""

from http import HTTPStatus
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from messaging.webhooks.models import WebhookDelivery, WebhookEndpoint
from messaging.webhooks.states import Status
from ui import cells

LOOKS = {
    Status.WAITING: ("info", "clock"),
    Status.DELIVERED: ("ok", "circle-check"),
    Status.FAILED: ("bad", "circle-x"),
    Status.DROPPED: ("mute", "circle-slash"),
}
ERRORS: dict[str, Any] = {
    "private_address": _("The address leads into a private network"),
    "bad_address": _("The address cannot be used"),
    "bad_certificate": _("The address has no valid certificate"),
    "unreachable": _("The address could not be reached"),
    "no_answer": _("No answer came in time"),
    "cut_off": _("Cut off on our side: whether it arrived is not known"),
    "endpoint_off": _("The endpoint was switched off"),
    "worker_lost": _("Workers stopped again and again"),
    "cancelled": _("Its job was cancelled"),
}


def status(delivery: WebhookDelivery) -> SafeString:
    """Return where a message stands, as a badge; one that failed before and waits says so."""
    found = Status(delivery.status)
    if found is Status.WAITING and delivery.attempts:
        return cells.badge(_now("Tries again"), "warn", "refresh-cw")
    return cells.badge(found.label, *LOOKS[found])


def state(endpoint: WebhookEndpoint) -> SafeString:
    """Return how it goes with an endpoint, as a badge."""
    if not endpoint.is_active:
        return cells.badge(_now("Off"), "mute", "circle-pause")
    if endpoint.failing_since:
        return cells.badge(_now("Failing"), "bad", "triangle-alert")
    return cells.badge(_now("On"), "ok", "circle-check")


def answer(code: int | None, error: str) -> str:
    """Return in words what an attempt came to: the status that was answered, or why there was none."""
    if code is None:
        return str(ERRORS.get(error, error))
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)
