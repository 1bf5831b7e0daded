"""How the catalogue's states and periods are written."""

from datetime import datetime

from django.utils.translation import gettext as _

from claims_center.badges import KINDS
from claims_center.models import Funnel, FunnelState, Promotion, PromotionKind, Source
from ui import cells, locale

STATES = {
    FunnelState.DRAFT: ("mute", "pencil"),
    FunnelState.SCHEDULED: ("info", "calendar-clock"),
    FunnelState.OPEN: ("ok", "circle-check"),
    FunnelState.ENDED: ("mute", "calendar-x"),
    FunnelState.CLOSED: ("mute", "lock"),
    FunnelState.ARCHIVED: ("mute", "archive"),
}


def funnel_state(state: FunnelState) -> str:
    """Return a funnel's state as a badge."""
    tone, icon = STATES[state]
    return cells.badge(state.label, tone, icon)


def archived(when: datetime | None) -> str:
    """Return whether a row is in use as a badge."""
    return cells.badge(_("Archived"), "mute", "archive") if when else cells.badge(_("In use"), "ok", "circle-check")


def kind(promotion: Promotion) -> str:
    """Return how a gift travels as a badge."""
    found = PromotionKind(promotion.kind)
    return cells.badge(found.label, "info" if found == PromotionKind.PHYSICAL else "mute", KINDS[found])


def gift(promotion: Promotion) -> str:
    """Name the pool, the file or the item; a fixed code is masked in lists."""
    if promotion.source == Source.POOL:
        return promotion.pool.name if promotion.pool else ""
    if promotion.source == Source.FIXED:
        return "••••" + promotion.fixed_code[-2:]
    return promotion.item_name if promotion.source == Source.ITEM else promotion.file_name


def period(funnel: Funnel) -> str:
    """Say from when to when a funnel is open, in the active zone."""
    starts, ends = funnel.starts_at, funnel.ends_at
    if starts and ends:
        return f"{locale.moment(starts)} \u2013 {locale.moment(ends)}"
    if starts:
        return _("from %(day)s") % {"day": locale.moment(starts)}
    if ends:
        return _("until %(day)s") % {"day": locale.moment(ends)}
    return _("Always")
