"""Dates, times, numbers and money in the active locale and the active time zone.

The middleware activates zone and language for the merchant (`timezone.activate`, `translation.activate`) and, where
the merchant writes dates and numbers another way than its language does, `locale.activate("en_US")`. Plain "en" is
written the international way (21 Nov 2026, 24-hour clock).
"""

import functools
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel import dates as babel_dates
from babel import numbers as babel_numbers
from babel import units as babel_units
from django.utils import timezone, translation

Amount = int | float | Decimal

_active: ContextVar[str] = ContextVar("locale", default="")


@functools.cache
def _locale_for(language: str) -> Locale:
    tag = translation.to_locale(language)
    for candidate in (tag, tag.split("_")[0]):
        try:
            return Locale.parse("en_GB" if candidate == "en" else candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en_GB")


def activate(name: str) -> None:
    """Write dates and numbers as in this locale (`en_US`, `de_CH`) until `deactivate`; "" follows the language."""
    _active.set(name)


def deactivate() -> None:
    """Follow the active language again."""
    _active.set("")


def current_locale() -> Locale:
    """Return Babel's locale: the activated one, else that of the active language."""
    return _locale_for(_name())


def _name() -> str:
    # What was written before is kept by this name: to look a Locale up takes as long as a whole cell.
    return _active.get() or translation.get_language() or "en"


def zone_name() -> str:
    """Return the active zone's name, such as `Europe/Berlin`."""
    return timezone.get_current_timezone_name()


@functools.lru_cache(maxsize=4096)
def _day(value: date, style: str, name: str) -> str:
    return babel_dates.format_date(value, style, locale=_locale_for(name))


@functools.lru_cache(maxsize=2048)
def _skeleton(skeleton: str, value: date, name: str) -> str:
    return babel_dates.format_skeleton(skeleton, value, locale=_locale_for(name))


@functools.lru_cache(maxsize=2048)
def _clock(hour: int, minute: int, name: str) -> str:
    return babel_dates.format_time(time(hour, minute), "short", locale=_locale_for(name))


def _as_day(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime, style: str = "medium") -> str:
    """Return the calendar day in the active zone: `21 Nov 2026` (style short, medium, long or full)."""
    return _day(_as_day(value), style, _name())


def short_day(value: date | datetime) -> str:
    """Return the day without its year: `21 Nov`."""
    return _skeleton("MMMd", _as_day(value), _name())


def month(value: date | datetime) -> str:
    """Return month and year: `Nov 2026`."""
    return _skeleton("yMMM", _as_day(value), _name())


def clock(value: datetime) -> str:
    """Return the time of day in the active zone: `19:10`."""
    local = timezone.localtime(value)
    return _clock(local.hour, local.minute, _name())


def day_and_clock(value: datetime) -> tuple[str, str]:
    """Return both parts of a moment in the active zone, for cells that show them in two tones."""
    local, name = timezone.localtime(value), _name()
    return _day(local.date(), "medium", name), _clock(local.hour, local.minute, name)


def moment(value: datetime) -> str:
    """Return day and time of day in the active zone: `21 Nov 2026, 19:10`."""
    return f"{day(value)}, {clock(value)}"


def moment_with_zone(value: datetime) -> str:
    """Return day, time and the zone's name: `21 Nov 2026, 19:10 (Europe/Berlin)`."""
    return f"{moment(value)} ({zone_name()})"


def interval(start: date, end: date) -> str:
    """Return two days as one phrase, without repeating what they share (23 Oct to 21 Nov 2026)."""
    if start == end:
        return day(start)
    return babel_dates.format_interval(start, end, "yMMMd", locale=current_locale())


def ago(value: datetime, *, now: datetime | None = None) -> str:
    """Return how long ago, or in how long: `3 hours ago`, `in 2 days`."""
    delta: timedelta = value - (now or timezone.now())
    return babel_dates.format_timedelta(delta, add_direction=True, locale=current_locale())


def duration(value: timedelta) -> str:
    """Return a length of time in its two largest units: `5 hr 20 min`."""
    minutes = int(value.total_seconds() // 60)
    parts = [
        ("duration-day", minutes // 1440),
        ("duration-hour", minutes % 1440 // 60),
        ("duration-minute", minutes % 60),
    ]
    chosen = [(unit, n) for unit, n in parts if n][:2] or [("duration-minute", 0)]
    found = (babel_units.format_unit(n, unit, length="short", locale=current_locale()) for unit, n in chosen)
    return " ".join(str(text) for text in found)


@functools.lru_cache(maxsize=4096)
def _number(value: Amount, name: str) -> str:
    return babel_numbers.format_decimal(value, locale=_locale_for(name))


@functools.lru_cache(maxsize=4096)
def _money(amount: Amount, currency: str, name: str) -> str:
    return babel_numbers.format_currency(amount, currency, locale=_locale_for(name))


def number(value: Amount) -> str:
    """Return a number with the locale's separators: `1,240`."""
    return _number(value, _name())


def percent(value: Amount) -> str:
    """Return a share of one as per cent with at most one decimal: 0.084 is `8.4%`."""
    return babel_numbers.format_percent(round(float(value), 3), locale=current_locale(), decimal_quantization=False)


def money(amount: Amount, currency: str) -> str:
    """Return an amount in major units with its currency, with that currency's own decimals: `€18.00`, `¥500`."""
    return _money(amount, currency, _name())


def country(code: str) -> str:
    """Return the country's name for a two-letter code; an unknown code comes back as it is."""
    return current_locale().territories.get(code.upper(), code)
