"""What people call the things that move points, and where their documents are."""

import uuid
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty.services import adjustments, purchases
from loyalty.services.base import ORIGIN as REDEEMED
from loyalty.statement import EXPIRED
from loyalty.states import AdjustmentState, Event, PointEvent
from ui import cells

WORDS: dict[str, Any] = {
    **{event.value: event.label for event in Event},
    **{event.value: event.label for event in PointEvent},
    EXPIRED: _("Expired"),
}
PAGES = {REDEEMED: "loyalty:redeemed_detail", purchases.ORIGIN: "loyalty:purchase"}
STATES = {
    AdjustmentState.WAITING: ("warn", "clock"),
    AdjustmentState.DONE: ("ok", "circle-check"),
    AdjustmentState.DECLINED: ("mute", "ban"),
    AdjustmentState.UNDONE: ("mute", "undo-2"),
}


def words_of(event: str) -> Any:
    """Return an event of the ledger in words; one of another room by its own name."""
    return WORDS.get(event, event)


def page_of(source_type: str, source_id: uuid.UUID, *, slug: str) -> str:
    """Return the address of the document that moved points, "" where it has no page of its own."""
    if source_type == adjustments.ORIGIN:
        return reverse("loyalty:adjustments", args=[slug])
    return reverse(PAGES[source_type], args=[slug, source_id]) if source_type in PAGES else ""


def state_badge(state: str) -> str:
    """Return how an adjustment stands as a badge."""
    return cells.badge(AdjustmentState(state).label, *STATES[AdjustmentState(state)])
