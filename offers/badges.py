"""How a response looks: its status and usage period as a word, a tint and an icon of its own shape."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from offers.models import Offer, OfferResponse
from offers.periods import effectivity
from offers.states import Event, Source, Status, UsageState
from offers.usage import usage_of
from ui import cells, locale
from ui.icons import icon

STATUS = {
    Status.PENDING: ("mute", "circle-dashed"),
    Status.CLIPPED: ("info", "scissors"),
    Status.PROCESSING: ("warn", "package"),
    Status.SHIPPING: ("info", "truck"),
    Status.EXPIRED: ("warn", "hourglass"),
    Status.CANCELED: ("bad", "circle-x"),
    Status.COMPLETED: ("ok", "badge-check"),
}
# A green check mark, a red circle, a grey clock.
USAGE = {
    UsageState.CURRENT: ("ok", "circle-check"),
    UsageState.PASSED: ("bad", "circle"),
    UsageState.NOT_STARTED: ("mute", "clock"),
}
SOURCE = {
    Source.MEMBER: "user",
    Source.POS: "store",
    Source.STAFF: "briefcase",
    Source.BULK: "users",
    Source.TRIGGER: "zap",
    Source.IMPORT: "upload",
}
EVENTS = {
    Event.ISSUED: ("info", "megaphone"),
    Event.CLIPPED: ("info", "scissors"),
    Event.RESERVED: ("mute", "lock"),
    Event.RELEASED: ("mute", "lock-open"),
    Event.PROCESSING: ("warn", "package"),
    Event.SHIPPED: ("info", "truck"),
    Event.COMPLETED: ("ok", "badge-check"),
    Event.EXPIRED: ("warn", "hourglass"),
    Event.CANCELED: ("bad", "circle-x"),
    Event.REOPENED: ("info", "rotate-ccw"),
    Event.REVERSED: ("warn", "undo-2"),
    Event.UNDONE: ("mute", "undo-2"),
}
MEANINGS = {
    Status.PENDING: gettext_lazy("Issued, not redeemed; the first status."),
    Status.CLIPPED: gettext_lazy("The member opted in."),
    Status.PROCESSING: gettext_lazy("To be shipped, not yet shipped."),
    Status.SHIPPING: gettext_lazy("Shipped."),
    Status.EXPIRED: gettext_lazy("Its validity ended without redemption."),
    Status.CANCELED: gettext_lazy("Can no longer be redeemed."),
    Status.COMPLETED: gettext_lazy("Used in a purchase; closed."),
    UsageState.CURRENT: gettext_lazy("Inside its usage period, or usable always."),
    UsageState.PASSED: gettext_lazy("Its usage period is over."),
    UsageState.NOT_STARTED: gettext_lazy("Its usage period has not begun."),
}
SOON_DAYS = 14
# Days as far off as this are written with their year.
FAR_DAYS = 300


@dataclass(frozen=True, slots=True)
class Explained:
    """One line of the legend: the badge, and what it means."""

    badge: SafeString
    meaning: str


def status(value: str) -> SafeString:
    """Return a processing status as its icon with its name."""
    tone, name = STATUS[Status(value)]
    return cells.badge(Status(value).label, tone, name)


def source(value: str) -> SafeString:
    """Return through which door a response came."""
    return cells.badge(Source(value).label, "mute", SOURCE[Source(value)])


def usage(response: OfferResponse, *, at: datetime, zone: tzinfo) -> SafeString:
    """Return whether a response is inside its usage period, with the day that matters next; the state is read aloud."""
    state = usage_of(response, at=at, zone=zone)
    return usage_between(state, response.usage_from, response.usage_to, at)


def usage_between(state: UsageState, start: datetime | None, end: datetime | None, at: datetime) -> SafeString:
    """Return the same of a state that is known, and a period."""
    words = cells.esc(_until(start, end, state, at))
    return _usage(state, SafeString(f'<span class="sr">{cells.esc(state.label)}: </span>{words}'))


def legend() -> list[Explained]:
    """Return what every icon of the list means: the usage period's, then those of the status."""
    usages = [Explained(_usage(one, one.label), str(MEANINGS[one])) for one in UsageState]
    return usages + [Explained(status(one), str(MEANINGS[one])) for one in Status]


def _usage(state: UsageState, words: Any) -> SafeString:
    tone, name = USAGE[state]
    return SafeString(f'<span class="badge badge-{tone} usage-{state.value}">{icon(name, 14)}{cells.esc(words)}</span>')


def offer_state(offer: Offer, *, at: datetime, zone: tzinfo) -> SafeString:
    """Return whether members see an offer now, as a badge."""
    if offer.archived_at is not None:
        return cells.badge(_("Archived"), "mute", "archive")
    if offer.published_at is None:
        return cells.badge(_("Draft"), "mute", "file-pen-line")
    period = effectivity(offer, zone)
    if period.has_passed(at):
        return cells.badge(_("Ended"), "warn", "calendar-x")
    if period.start is not None and period.start > at:
        return cells.badge(_("From %(day)s") % {"day": locale.day(period.start)}, "mute", "clock")
    return cells.badge(_("Active"), "ok", "circle-check")


def _until(start: datetime | None, end: datetime | None, state: UsageState, at: datetime) -> str:
    """Return the usage period in a few words: always, 3 days left, until 31 Dec, from 1 Dec, ended 2 Nov."""
    if state == UsageState.PASSED and end is not None:
        return _("ended %(day)s") % {"day": _day(end, at)}
    if state == UsageState.NOT_STARTED:
        if start is not None and start > at:
            return _("from %(day)s") % {"day": _day(start, at)}
        return _("outside its hours")
    if end is None:
        return _("Always")
    days = (end - at).days
    if days > SOON_DAYS:
        return _("until %(day)s") % {"day": _day(end, at)}
    if days < 1:
        return _("ends today") if locale.day(end) == locale.day(at) else _("ends tomorrow")
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}


def _day(value: datetime, at: datetime) -> str:
    return locale.short_day(value) if abs((value - at).days) < FAR_DAYS else locale.day(value)
