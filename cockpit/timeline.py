"""What the ledger's events are called and how they look; every event of every room stands here."""

import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from claims_center.badges import EVENTS as CLAIM_LOOKS
from claims_center.states import Event as ClaimEvent
from ledger.models import Entry, Movement
from ledger.units import Bucket, Unit
from loyalty.badges import EVENTS as REWARD_LOOKS
from loyalty.badges import POINTS as POINT_LOOKS
from loyalty.states import Event as RewardEvent
from loyalty.states import PointEvent
from offers.badges import EVENTS as OFFER_LOOKS
from offers.states import Event as OfferEvent
from tenancy.actors import Actor
from triggers.states import Occasion
from ui import cells, locale
from ui.timeline import TimelineItem

MINUS = "\N{MINUS SIGN}"

# Actors that are no colleague by name.
KINDS: dict[str, Any] = {"customer": _("Customer"), "system": _("System"), "api_key": _("API key"), "user": _("Staff")}


class Label(NamedTuple):
    """An event in words, its icon and its tint."""

    words: Any
    icon: str
    tone: str = ""


LABELS: dict[str, Label] = {
    **{event.value: Label(event.label, CLAIM_LOOKS[event][1], CLAIM_LOOKS[event][0]) for event in ClaimEvent},
    **{event.value: Label(event.label, REWARD_LOOKS[event][1], REWARD_LOOKS[event][0]) for event in RewardEvent},
    **{event.value: Label(event.label, POINT_LOOKS[event][1], POINT_LOOKS[event][0]) for event in PointEvent},
    **{event.value: Label(event.label, OFFER_LOOKS[event][1], OFFER_LOOKS[event][0]) for event in OfferEvent},
    Occasion.ENROLLED.value: Label(_("Enrolled"), "user-plus", "info"),
    Occasion.BIRTHDAY.value: Label(Occasion.BIRTHDAY.label, "cake", "info"),
    "grant.expired": Label(_("Expired"), "hourglass", "warn"),
}


def label_of(event: str) -> Label:
    """Return how an event is shown; one that a newer release wrote keeps its own name."""
    return LABELS.get(event) or Label(event, "circle-dashed")


def held_change(movements: Iterable[Movement]) -> dict[str, int]:
    """Return by how much the customer's holding of each unit changed."""
    change: dict[str, int] = {}
    for movement in movements:
        sign = (movement.target.bucket == Bucket.HELD) - (movement.source.bucket == Bucket.HELD)
        change[movement.unit] = change.get(movement.unit, 0) + sign * movement.amount
    return change


def in_words(change: dict[str, int]) -> str:
    """Return changes such as `+1 voucher, +200 points`; what came and went in one act is left out."""
    return ", ".join(_amount(Unit(unit), number) for unit, number in change.items() if number)


def _amount(unit: Unit, number: int) -> str:
    shown = {"number": ("+" if number > 0 else MINUS) + locale.number(abs(number))}
    if unit == Unit.POINT:
        return ngettext("%(number)s point", "%(number)s points", abs(number)) % shown
    return ngettext("%(number)s voucher", "%(number)s vouchers", abs(number)) % shown


def items(entries: Iterable[Entry], names: dict[str, str], links: dict[uuid.UUID, str]) -> list[TimelineItem]:
    """Return entries as a timeline; `links` lead to the documents by id, `names` are words for the actors."""
    found = []
    for entry in entries:
        label = label_of(entry.event)
        change = cells.esc(in_words(held_change(entry.movements.all())))
        detail = SafeString(" · ".join(filter(None, (links.get(entry.origin_id, ""), change))))
        found.append(
            TimelineItem(
                label.icon, label.tone, str(label.words), detail, entry.occurred_at, names.get(entry.actor, "")
            )
        )
    return found


def words_for_actors(actors: set[str], users: dict[str, str]) -> dict[str, str]:
    """Return words for every actor: colleagues by name, everybody else by kind."""
    return {actor: users.get(actor) or str(KINDS.get(Actor.parse(actor).kind, "")) for actor in actors}
