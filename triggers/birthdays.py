"""Birthdays: noted in the journal on the day, in the merchant's zone, where something is given for them."""

import uuid
from calendar import isleap
from collections.abc import Collection
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from customers.models import Customer
from tenancy.actors import Actor
from triggers import matching
from triggers.models import TriggerState
from triggers.services import noted
from triggers.states import Occasion

# Members of one transaction, and days that are made up for after the clock was away.
BATCH = 50
LATEST = timedelta(days=7)
DAY = timedelta(days=1)
FEBRUARY_28, FEBRUARY_29 = 228, 229


def keys_of(day: date) -> list[int]:
    """Return the birthdays of a day as month times 100 plus day; of February 29, in years without, on the 28th."""
    key = day.month * 100 + day.day
    return [key, FEBRUARY_29] if key == FEBRUARY_28 and not isleap(day.year) else [key]


def born(keys: Collection[int]) -> Any:
    """Return the members who were born on these days of a year, found by the index on them."""
    return Customer.objects.filter(birthday_key__in=list(keys), birthday__isnull=False, erased_at=None)


def next_day(*, zone: tzinfo, now: datetime) -> date | None:
    """Return the first day whose birthdays are still to be noted, None where today's are.

    Not before the trigger was switched on, and no further back than LATEST.
    """
    since = [one.active_since for one in matching.armed(events=[Occasion.BIRTHDAY])]
    if not since:
        return None
    state: TriggerState | None = TriggerState.objects.first()
    today = now.astimezone(zone).date()
    done = state.birthdays_until if state is not None else None
    first = max(min(since).astimezone(zone).date(), today - LATEST, done + DAY if done else date.min)
    return first if first <= today else None


def note(*, day: date, after: uuid.UUID | None, now: datetime) -> uuid.UUID | None:
    """Note the birthdays of the next members, and let triggers answer them, in the caller's transaction.

    1. Writes one entry for each member and year: whoever changes their birthday has no second one in a year.
    2. Answers those that are new; what cannot be given now is left to the job that looks through the journal.

    Returns the last member, to go on from; None once the day is done, which is then written down.
    """
    found = born(keys_of(day)).order_by("id")
    found = found.filter(id__gt=after) if after else found
    ids = list(found.values_list("id", flat=True)[:BATCH])
    if ids:
        keys = {one: f"birthday:{one}:{day.year}" for one in ids}
        noted(event=Occasion.BIRTHDAY, keys=keys, actor=Actor.system(), now=now)
    if len(ids) == BATCH:
        return ids[-1]
    TriggerState.objects.update(birthdays_until=day)
    return None
