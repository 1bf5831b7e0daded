"""How messages look: a status's tint and icon, one place for lists, pages and other rooms."""

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from messaging.models import Message, MessageEvent
from messaging.states import Status
from ui import cells
from ui.timeline import TimelineItem

LOOKS = {
    Status.QUEUED: ("mute", "clock"),
    Status.SENDING: ("info", "loader"),
    Status.UNCERTAIN: ("warn", "circle-help"),
    Status.SENT: ("info", "send"),
    Status.DELIVERED: ("ok", "mail-check"),
    Status.OPENED: ("ok", "mail-open"),
    Status.BOUNCED: ("bad", "mail-x"),
    Status.COMPLAINED: ("bad", "thumbs-down"),
    Status.FAILED: ("bad", "circle-x"),
}
# Codes of ours that people meet; any other code is shown as it is.
CODES: dict[str, Any] = {
    "suppressed_bounced": _("Mail to this address bounced before"),
    "suppressed_complained": _("This person complained about our mail"),
    "suppressed_unsubscribed": _("This person does not want our mail"),
    "interrupted": _("A worker stopped while sending"),
    "replaced": _("Sent again by hand"),
    "worker_lost": _("Workers stopped again and again"),
    "cancelled": _("Its job was cancelled"),
    "unknown_kind": _("Nobody knows how to write this message"),
    "ConnectionRefusedError": _("The mail server cannot be reached"),
}


def status(message: Message) -> SafeString:
    """Return the status as a badge."""
    found = Status(message.status)
    return cells.badge(found.label, *LOOKS[found])


# Enhanced status codes of mail servers (RFC 3463) that people meet most.
MAILBOX: dict[str, Any] = {
    "5.1.1": _("There is no such mailbox"),
    "5.1.2": _("There is no such mail domain"),
    "5.2.1": _("The mailbox is closed"),
    "5.2.2": _("The mailbox is full"),
    "4.2.2": _("The mailbox is full"),
    "5.7.1": _("The recipient's server refuses our mail"),
}


def reason(code: str) -> str:
    """Return a code in words, or as it is."""
    enhanced = code.rpartition(" ")[2]
    if enhanced in MAILBOX:
        return f"{MAILBOX[enhanced]} ({enhanced})"
    return str(CODES.get(code, code))


def timeline(events: list[MessageEvent], message: Message) -> list[TimelineItem]:
    """Return what happened to a message, the latest first."""
    return [_item(event, message) for event in reversed(events)]


def _item(event: MessageEvent, message: Message) -> TimelineItem:
    known = event.event in Status.values
    tone, icon = LOOKS[Status(event.event)] if known else ("", "info")
    title = str(Status(event.event).label) if known else event.event
    said = _now("reported by %(provider)s") % {"provider": event.source} if event.source else ""
    late = "" if event.moved else _now("came later than what followed it")
    detail = " · ".join(filter(None, (reason(event.detail), late)))
    return TimelineItem(icon, "" if tone == "mute" else tone, title, detail, event.at, said)
