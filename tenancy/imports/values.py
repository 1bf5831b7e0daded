"""Reading single values of a report. Each raises BadValue with a reason fit to show."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import cache

from babel import Locale
from django.utils.translation import gettext as _

SKEW = timedelta(hours=1)
# A day without a time may have begun in a zone that is ahead of the merchant's.
DAY_AHEAD = timedelta(hours=14)
OLDEST = 1994
MOST = Decimal("9999999999.99")
DATE_ONLY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
SLASHES = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})$")
# Jul-21-25 and 21-Jul-25, in English and in German, with or without a time behind.
MONTH_FIRST = re.compile(r"^([^\W\d_]{3,4})\.?-(\d{1,2})-(\d{4}|\d{2})$")
DAY_FIRST = re.compile(r"^(\d{1,2})-([^\W\d_]{3,4})\.?-(\d{4}|\d{2})$")
CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?$")
MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan",
            "feb",
            "mar mär mrz märz",
            "apr",
            "may mai",
            "jun juni",
            "jul juli",
            "aug",
            "sep sept",
            "oct okt",
            "nov",
            "dec dez",
        ],
        1,
    )
    for name in names.split()
}
SHORTENED = re.compile(r"^\d(?:[.,]\d+)?E\+?\d+$", re.IGNORECASE)
MONEY = re.compile(r"^([^\d\s.,-]{0,5}(?: ?[$£€])?) ?(\d[\d.,\u00a0\u202f' ]*?) ?([^\d\s.,-]{0,3})$")
CURRENCIES = {"$": "USD", "US$": "USD", "C$": "CAD", "CA$": "CAD", "AU$": "AUD", "A$": "AUD", "£": "GBP", "€": "EUR"}
THOUSANDS = re.compile(r"^\d{1,3}(?:[,.' \u00a0\u202f]\d{3})+$")


class BadValue(Exception):  # noqa: N818 - reads as what it is
    """A value that cannot be what its column says."""


def moment(text: str, column: str, *, now: datetime, zone: tzinfo = UTC) -> datetime:
    """Return an ISO date or time in UTC; one without a zone is in `zone`. Refuses times ahead of `now`."""
    try:
        if DATE_ONLY.match(text):
            found = datetime.combine(date.fromisoformat(text), time(), tzinfo=zone)
        else:
            found = datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        found = found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadValue(_("“%(text)s” in %(column)s is no date.") % _shown(text, column)) from error
    return _plausible(found, text, column, now=now, ahead=SKEW)


def day(text: str, column: str, *, now: datetime, zone: tzinfo, slashes: bool = False) -> datetime:
    """Return a day as marketplaces write it, in UTC: `Jul-21-25`, `21-Jul-25`, `10-Dez-25`, ISO; in `zone`.

    With ``slashes`` also the American `09/25/26`, month first; without, such a day is refused, since nobody knows
    which of the two numbers is the month.
    """
    first, _space, clock = text.strip().partition(" ")
    found = _written_day(first, slashes=slashes)
    if found is None:
        return moment(text, column, now=now, zone=zone)
    try:
        at = datetime.combine(date(*found), _clock(clock), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadValue(_("“%(text)s” in %(column)s is no date.") % _shown(text, column)) from error
    return _plausible(at, text, column, now=now, ahead=DAY_AHEAD)


def _written_day(text: str, *, slashes: bool) -> tuple[int, int, int] | None:
    if slashes and (match := SLASHES.match(text)):
        return _year(match[3]), int(match[1]), int(match[2])
    if match := MONTH_FIRST.match(text):
        return _year(match[3]), MONTHS.get(match[1].lower(), 0), int(match[2])
    if match := DAY_FIRST.match(text):
        return _year(match[3]), MONTHS.get(match[2].lower(), 0), int(match[1])
    return None


def _year(text: str) -> int:
    return int(text) if len(text) > 2 else 2000 + int(text)  # noqa: PLR2004 - of two digits


def _clock(text: str) -> time:
    if not text.strip():
        return time()
    match = CLOCK.match(text.strip())
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def _plausible(found: datetime, text: str, column: str, *, now: datetime, ahead: timedelta) -> datetime:
    if found > now + ahead:
        raise BadValue(_("The date “%(text)s” in %(column)s lies in the future.") % _shown(text, column))
    if found.year < OLDEST:
        raise BadValue(_("The date “%(text)s” in %(column)s is before there were marketplaces.") % _shown(text, column))
    return found


def amount(text: str, column: str) -> Decimal | None:
    """Return an amount with a decimal point, None for an empty cell."""
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise BadValue(_("“%(text)s” in %(column)s is no amount.") % _shown(text, column)) from error
    return _sane_amount(found, text, column)


def money(text: str, column: str, *, comma: bool = False) -> tuple[Decimal | None, str]:
    """Return an amount as people write it, with its currency ("" where none stands there): `$1,433.66`, `116,99 €`.

    With ``comma`` the comma is the decimal sign and the point groups thousands; else the other way round.
    """
    if not text:
        return None, ""
    match = MONEY.match(text)
    digits = _plain_digits(match[2], comma=comma) if match else None
    if match is None or digits is None:
        raise BadValue(_("“%(text)s” in %(column)s is no amount.") % _shown(text, column))
    sign = (match[1] or match[3]).replace(" ", "").upper()
    currency = CURRENCIES.get(sign, sign if re.fullmatch("[A-Z]{3}", sign) else "")
    if sign and not currency:
        raise BadValue(_("“%(text)s” in %(column)s is in no currency that we know.") % _shown(text, column))
    return _sane_amount(Decimal(digits), text, column), currency


def _plain_digits(text: str, *, comma: bool) -> str | None:
    """Return digits with a point, None where the grouping shows that the amount was not meant like this."""
    whole, _sign, cents = text.partition("," if comma else ".")
    if len(cents) > 2 or not (cents.isdigit() or not cents):  # noqa: PLR2004 - cents have two digits
        return None
    if not whole.isdigit() and not THOUSANDS.match(whole):
        return None
    return re.sub(r"\D", "", whole) + (f".{cents}" if cents else "")


def _sane_amount(found: Decimal, text: str, column: str) -> Decimal:
    if not found.is_finite() or not 0 <= found <= MOST:
        raise BadValue(_("“%(text)s” in %(column)s is no amount.") % _shown(text, column))
    return found.quantize(Decimal("0.01"))


def count(text: str, column: str, *, default: int) -> int:
    """Return a whole number of pieces."""
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise BadValue(_("“%(text)s” in %(column)s is no number of pieces.") % _shown(text, column))
    return int(text)


def order_number(text: str, pattern: str, marketplace: str) -> str:
    """Return an order number that has the marketplace's own form.

    Refuses what a spreadsheet has shortened to `2.00012E+14`: its last digits are lost.
    """
    if SHORTENED.match(text):
        reason = _("“%(text)s” was shortened by a spreadsheet. Use the file as it was downloaded.")
        raise BadValue(reason % {"text": text[:40]})
    if not re.fullmatch(pattern, text):
        reason = _("“%(text)s” is no order number of %(marketplace)s.")
        raise BadValue(reason % {"text": text[:40], "marketplace": marketplace})
    return text


def code(text: str, column: str, pattern: str) -> str:
    """Return a short code in capitals, such as a currency; "" for an empty cell."""
    found = text.upper()
    if found and not re.fullmatch(pattern, found):
        raise BadValue(_("“%(text)s” in %(column)s is not known.") % _shown(text, column))
    return found


def country(text: str) -> str:
    """Return a country's code, from a code or from its English or German name; "" for one that is not known."""
    return text.upper() if re.fullmatch("[A-Za-z]{2}", text) else _countries().get(text.casefold(), "")


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("de", "en"):
        found |= {
            name.casefold(): code
            for code, name in Locale(language).territories.items()
            if re.fullmatch("[A-Z]{2}", code)
        }
    return found


def within(text: str, column: str, most: int) -> str:
    """Return a text of at most so many characters."""
    if len(text) > most:
        raise BadValue(
            _("The text in %(column)s is longer than %(most)s characters.") % {"column": column, "most": most}
        )
    return text


def _shown(text: str, column: str) -> dict[str, str]:
    return {"text": text[:40], "column": column}
