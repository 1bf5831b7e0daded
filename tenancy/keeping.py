"""How long records are kept: what the merchant in scope chose, and what the page about it shows.

Which kinds of records there are, the rooms above know: the module that `settings.RETENTION` names holds `RECORDS` and
`last_run`.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import ngettext

from tenancy.models import Retention
from tenancy.models.retention import PERIODS

YEAR = 365


@dataclass(frozen=True, slots=True)
class Record:
    """A kind of record: what it holds, and how long it is kept.

    `period` is the name of what the merchant chooses (see `tenancy.models.retention.PERIODS`); where it is empty, `kept`
    says it in words. `cleaners` are the steps of the nightly clean-up that remove it.
    """

    label: Any
    holds: Any
    period: str = ""
    kept: Any = ""
    cleaners: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LastRun:
    """When the clean-up ended last for the merchant in scope (UTC), and how many records it removed."""

    at: datetime
    removed: int


def retention() -> Retention:
    """Return the periods of the merchant in scope; the usual ones, unsaved and with version 0, where nobody chose."""
    found: Retention | None = Retention.objects.first()
    return found or Retention.made_with(version=0)


def kept_for(period: str) -> timedelta:
    """Return how long the merchant in scope has a kind of record kept; one query. Raises AttributeError."""
    return timedelta(days=getattr(retention(), period))


def records() -> tuple[Record, ...]:
    """Return every kind of record that there is."""
    found: tuple[Record, ...] = importlib.import_module(settings.RETENTION).RECORDS
    return found


def last_run() -> LastRun | None:
    """Return how the clean-up ended last for the merchant in scope; None where it has not run yet."""
    found: LastRun | None = importlib.import_module(settings.RETENTION).last_run()
    return found


def in_words(days: int) -> str:
    """Return a period in words: "30 days", "2 years"."""
    if days % YEAR == 0:
        return ngettext("%(n)s year", "%(n)s years", days // YEAR) % {"n": days // YEAR}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def choices_of(period: str, now: int) -> list[tuple[int, str]]:
    """Return what may be chosen for a kind of record, among it what is chosen now."""
    return [(days, in_words(days)) for days in sorted({*PERIODS[period].choices, now})]
