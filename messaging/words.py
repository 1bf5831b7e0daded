"""How messages look: a status's tint and icon, one place for lists, pages and other rooms."""

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from messaging.models import Message, MessageEvent
from messaging.states import Status, SuppressionReason
from ui import cells
from ui.timeline import TimelineItem

LOOKS = {
    Status.QUEUED: ("mute", "clock"),
    Status.SENDING: ("info", "loader"),
    Status.UNCERTAIN: ("warn", "circle-question-mark"),
    Status.SENT: ("info", "send"),
    Status.DELIVERED: ("ok", "mail-check"),
    Status.OPENED: ("ok", "mail-open"),
    Status.BOUNCED: ("bad", "mail-x"),
    Status.COMPLAINED: ("bad", "thumbs-down"),
    Status.FAILED: ("bad", "circle-x"),
    Status.SKIPPED: ("mute", "circle-slash"),
}
# How the reason looks for which an address was closed.
CLOSED: dict[str, tuple[str, str]] = {
    SuppressionReason.BOUNCED: ("bad", "mail-x"),
    SuppressionReason.COMPLAINED: ("bad", "thumbs-down"),
    SuppressionReason.UNSUBSCRIBED: ("mute", "ban"),
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
    "gaierror": _("The mail server's name is not known"),
    "TimeoutError": _("The mail server did not answer in time"),
    "ReadTimeout": _("The provider did not answer in time"),
    "ConnectTimeout": _("The provider cannot be reached"),
    "SMTPServerDisconnected": _("The mail server hung up; nobody knows whether it took the mail"),
    "SMTPAuthenticationError": _("The mail server does not know our password"),
    "BadHeaderError": _("The subject or a name cannot be written into a mail"),
    "address_unwritable": _("No mail can be addressed like this"),
    "switched_off": _("E-mails of this kind were switched off meanwhile"),
    "state_changed": _("The claim stood differently when its turn came"),
    "said_again": _("Something newer was said meanwhile"),
    "address_changed": _("The address was corrected meanwhile"),
    "claim_not_verified": _("The claim was not verified any more"),
    "gift_taken_back": _("The gift had been taken back"),
    "gift_changed": _("The gift was another one by then"),
    "promotion_archived": _("The promotion was archived"),
    "use_taken_back": _("Marked as unused meanwhile"),
    "not_ordered": _("No longer waiting to be shipped"),
}
# Answers of mail servers (smtp_451) and of providers' interfaces (http_429) by their first digit.
ANSWERS: dict[str, Any] = {
    "smtp_4": _("The mail server asked us to come back later"),
    "smtp_5": _("The mail server refused it"),
    "http_4": _("The provider refused it"),
    "http_5": _("The provider was out of order"),
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
    if code[:6] in ANSWERS and code not in CODES:
        return f"{ANSWERS[code[:6]]} ({code[5:]})"
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
