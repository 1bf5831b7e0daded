"""A customer's points, line by line: what brought them, what took them, and which lots paid."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cockpit.timeline import MINUS, Label, label_of
from loyalty.models import Purchase, RedeemedReward
from loyalty.statement import Cursor, LotShare, StatementLine, statement
from loyalty.states import Event, PointEvent
from ui import cells, locale

SIZE = 25
# What customers hear in other words than the staff; everything else keeps its own.
WORDS: dict[str, Any] = {
    Event.REDEEMED.value: _("Reward redeemed"),
    Event.CANCELED.value: _("Points given back"),
    PointEvent.PURCHASE.value: _("Purchase"),
    PointEvent.RETURN.value: _("Goods returned"),
    PointEvent.ADJUSTED.value: _("Put right by the shop"),
    PointEvent.IMPORTED.value: _("Carried over"),
    PointEvent.UNDONE.value: _("Put right by the shop"),
    PointEvent.FORFEITED.value: _("Points ended"),
    "grant.expired": _("Points ended"),
}
REWARD, PURCHASE = "redeemed_reward", "purchase"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that moved points, in words; `about` names the reward or the purchase."""

    label: Label
    words: str
    about: SafeString | str
    points: str
    is_gain: bool
    after: int
    at: datetime
    lots: tuple[LotShare, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, the latest first, and where the next page begins ("" at the end)."""

    lines: list[Line]
    next: str


def history_page(*, customer_id: uuid.UUID, slug: str, at: datetime, before: str = "") -> Page:
    """Return a page of the customer's points at an instant; a position that cannot be read is the first page."""
    try:
        cursor = Cursor.parse(before) if before else None
    except (ValueError, OverflowError):
        cursor = None
    found = statement(customer_id=customer_id, before=cursor, limit=SIZE + 1, at=at)
    shown = found[:SIZE]
    names = _names(shown, customer_id, slug)
    lines = [_line(one, names.get(one.source_id, "")) for one in shown]
    return Page(lines, shown[-1].cursor.token if len(found) > SIZE else "")


def _names(lines: Sequence[StatementLine], customer_id: uuid.UUID, slug: str) -> dict[uuid.UUID, SafeString | str]:
    """Return what lines are about by their document, by one query a kind of document."""
    wanted: dict[str, set[uuid.UUID]] = {REWARD: set(), PURCHASE: set()}
    for line in lines:
        wanted.setdefault(line.source_type, set()).add(line.source_id)
    rewards = RedeemedReward.objects.filter(id__in=wanted[REWARD], customer_id=customer_id)
    purchases = Purchase.objects.filter(id__in=wanted[PURCHASE], customer_id=customer_id)
    named: dict[uuid.UUID, SafeString | str] = {
        pk: cells.link(reverse("client:one", args=[slug, pk]), name)
        for pk, name in rewards.values_list("id", "reward_name")
    }
    return named | dict(purchases.values_list("id", "reference"))


def _line(line: StatementLine, about: SafeString | str) -> Line:
    label = label_of(line.event)
    sign = "+" if line.points > 0 else MINUS
    return Line(
        label=label,
        words=str(WORDS.get(line.event, label.words)),
        about=about,
        points=f"{sign}{locale.number(abs(line.points))}" if line.points else "0",
        is_gain=line.points > 0,
        after=line.points_after,
        at=line.occurred_at,
        lots=line.lots,
    )
