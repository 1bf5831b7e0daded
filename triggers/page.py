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
    """A trigger in words, since when it is on, and the address where it can be tried."""

    words: str
    since: datetime
    try_url: str


def card(
    *, target: Target, subject_id: uuid.UUID, addresses: tuple[str, str], slug: str, currency: str
) -> dict[str, Any]:
    """Return what `triggers/parts/card.html` draws; `addresses` are the names of the form's page and of the trial's."""
    form_url, try_url = (reverse(name, args=[slug, subject_id]) for name in addresses)
    known = list(target.triggers_of(subject_id))
    on, off = ([_shown(one, currency, try_url) for one in known if one.is_active is is_on] for is_on in (True, False))
    return {"triggers": on, "triggers_off": off, "triggers_url": form_url, "trial_url": try_url}


def in_words(trigger: Trigger, *, currency: str) -> str:
    """Return when a trigger gives, as a phrase."""
    words = str(BOXES[Occasion(trigger.event)][1])
    if trigger.minimum_amount is None:
        return words
    return _("After a purchase of at least %(amount)s") % {"amount": locale.money(trigger.minimum_amount, currency)}


def _shown(trigger: Trigger, currency: str, try_url: str) -> Shown:
    return Shown(in_words(trigger, currency=currency), trigger.active_since, f"{try_url}?{_query(trigger)}")


def _query(trigger: Trigger) -> str:
    minimum = "" if trigger.minimum_amount is None else f"&minimum={trigger.minimum_amount}"
    return f"on={BOXES[Occasion(trigger.event)][0]}{minimum}"
