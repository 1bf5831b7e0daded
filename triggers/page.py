"""What the pages of things that triggers give say about their triggers."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from triggers.forms import BOXES
from triggers.kit import Target
from triggers.models import Trigger
from triggers.states import Occasion
from ui import locale


@dataclass(frozen=True, slots=True)
class Shown:
    """A trigger that is on, in words, since when, and the address where it can be tried."""

    words: str
    since: datetime
    try_url: str


def card(
    *, target: Target, subject_id: uuid.UUID, addresses: tuple[str, str], slug: str, currency: str
) -> dict[str, Any]:
    """Return what `triggers/parts/card.html` draws; `addresses` are the names of the form's page and of the trial's."""
    form_url, try_url = (reverse(name, args=[slug, subject_id]) for name in addresses)
    on = [one for one in target.triggers_of(subject_id) if one.is_active]
    shown = [Shown(in_words(one, currency=currency), one.active_since, f"{try_url}?{_query(one)}") for one in on]
    return {"triggers": shown, "triggers_url": form_url, "trial_url": try_url}


def in_words(trigger: Trigger, *, currency: str) -> str:
    """Return when a trigger gives, as a phrase."""
    words = str(BOXES[Occasion(trigger.event)][1])
    if trigger.minimum_amount is None:
        return words
    return _("After a purchase of at least %(amount)s") % {"amount": locale.money(trigger.minimum_amount, currency)}


def _query(trigger: Trigger) -> str:
    minimum = "" if trigger.minimum_amount is None else f"&minimum={trigger.minimum_amount}"
    return f"on={BOXES[Occasion(trigger.event)][0]}{minimum}"
