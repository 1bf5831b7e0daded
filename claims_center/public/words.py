"""What the public pages say outside their forms."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from claims_center.models import Funnel, FunnelState, Promotion
from ui import locale

NOTICES = {
    "again": _lazy("You were away for a long time, so this starts from the beginning. What you typed last is kept."),
    "check": _lazy("Something has to be filled in again before your claim can be sent."),
    "first": _lazy("Please begin here."),
    "welcome": _lazy("Welcome back. Everything that you typed is still here."),
    "expired": _lazy("That link was too old, so this starts from the beginning."),
}
STALE = _lazy(
    "This page had been open for too long, or your browser keeps no cookies. Your words are still here: "
    "press the button once more."
)


def notice(name: str) -> Any:
    """Return the sentence of this name, or "" for a name that is none of ours."""
    return NOTICES.get(name, "")


OVER = 410
OPENS_LATER = 200


def closed(funnel: Funnel, now: datetime) -> dict[str, Any]:
    """Return title and sentence for a funnel that takes no claims at `now`, and the moment that they speak of."""
    state = funnel.state(now)
    if state == FunnelState.SCHEDULED and funnel.starts_at:
        day = locale.moment_with_zone(funnel.starts_at)
        text = _("This promotion opens on %(day)s.") % {"day": day}
        return {"title": _("Not open yet"), "text": text, "moment": funnel.starts_at, "status": OPENS_LATER}
    found: dict[str, Any] = {"icon_name": "calendar-x", "status": OVER}
    if state == FunnelState.ENDED and funnel.ends_at:
        day = locale.moment_with_zone(funnel.ends_at)
        text = _("This promotion ended on %(day)s, so no more claims can be made.") % {"day": day}
        return found | {"title": _("This promotion has ended"), "text": text, "moment": funnel.ends_at}
    text = _("This promotion has been closed, so no more claims can be made.")
    return found | {"title": _("This promotion is closed"), "text": text}


def sold_out() -> dict[str, Any]:
    """Return title and sentence for a funnel whose gifts are all given."""
    text = _("All gifts of this promotion have been given. Claims that are in are still worked on.")
    return {"title": _("All gifts are gone"), "text": text, "icon_name": "gift"}


def nothing_to_choose() -> dict[str, Any]:
    """Return title and sentence for a funnel whose products were all taken out of use."""
    text = _("No product can be chosen at the moment. Please come back later.")
    return {"title": _("Nothing to choose at the moment"), "text": text, "icon_name": "package"}


def too_many(seconds: int, back_url: str) -> dict[str, Any]:
    """Return title and sentence for an address that has sent too much."""
    minutes = max(1, round(seconds / 60))
    if seconds < 90:  # noqa: PLR2004 - a minute and a half reads better in seconds
        span = ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    else:
        span = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    text = _("A lot was sent from your network. Try again in %(span)s; what you typed is kept.") % {"span": span}
    return {"title": _("One moment, please"), "text": text, "link_url": back_url, "link_label": _("Go back")}


def gift(promotion: Promotion) -> str:
    """Say what the customer gets."""
    name = promotion.item_name if promotion.is_physical and promotion.item_name else promotion.name
    if not promotion.value:
        return _("Your gift: %(name)s") % {"name": name}
    worth = locale.money(promotion.value, promotion.currency)
    return _("Your gift: %(name)s, worth %(worth)s") % {"name": name, "worth": worth}
