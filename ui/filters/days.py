"""Days that are named by where they lie from today: `today`, `7_days_ago`, `last_month_end`.

They stand in addresses, saved views and exports in place of a day of the calendar, and mean another day tomorrow. What
"today" is says whoever resolves them; a list and an export take the merchant's day.
"""

import functools
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

_DAYS_AGO = re.compile(r"([1-9][0-9]{0,2})_days_ago")


def _last_month_end(today: date) -> date:
    return today.replace(day=1) - timedelta(days=1)


def _month_end(today: date) -> date:
    # The 28th and four days are in the next month, whatever the month.
    return _last_month_end(today.replace(day=28) + timedelta(days=4))


_WORDS: dict[str, tuple[Any, Callable[[date], date]]] = {
    "today": (_("today"), lambda today: today),
    "yesterday": (_("yesterday"), lambda today: today - timedelta(days=1)),
    "month_start": (_("start of this month"), lambda today: today.replace(day=1)),
    "month_end": (_("end of this month"), _month_end),
    "last_month_start": (_("start of last month"), lambda today: _last_month_end(today).replace(day=1)),
    "last_month_end": (_("end of last month"), _last_month_end),
    "year_start": (_("start of this year"), lambda today: today.replace(month=1, day=1)),
}
# What the filters offer; any number of days from 1 to 999 is understood.
OFFERED = ("today", "yesterday", "7_days_ago", "30_days_ago", "90_days_ago", *list(_WORDS)[2:])


def resolve(word: str, today: date) -> date | None:
    """Return the day that a word names, counted from `today`; None for what is no such word."""
    if word in _WORDS:
        return _WORDS[word][1](today)
    ago = _DAYS_AGO.fullmatch(word)
    return today - timedelta(days=int(ago[1])) if ago else None


def label_of(word: str) -> str:
    """Return a word as it reads within a sentence: `7 days ago`, `start of this month`."""
    if word in _WORDS:
        return str(_WORDS[word][0])
    number = int(word.partition("_")[0])
    return ngettext("%(number)s day ago", "%(number)s days ago", number) % {"number": number}


def choices(chosen: str = "") -> list[tuple[str, str]]:
    """Return the words on offer with their labels, and the chosen one where it is none of them."""
    words = [*OFFERED, *([chosen] if chosen and chosen not in OFFERED else [])]
    return [(word, str(capfirst(label_of(word)))) for word in words]


def options(chosen: str = "") -> SafeString:
    """Return the options of a select: the words on offer, the chosen one with them, and first the way to a fixed day."""
    return _options(get_language(), chosen)


@functools.lru_cache(maxsize=256)
def _options(_language: str | None, chosen: str) -> SafeString:
    first = _now("A day of the calendar …") if chosen else _now("or a relative day …")
    known = [(word, " selected" if word == chosen else "", label) for word, label in choices(chosen)]
    return format_html('<option value="">{}</option>', first) + format_html_join(
        "", '<option value="{}"{}>{}</option>', known
    )
