"""Reading single values of a report. Each raises BadValue with a reason fit to show."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

SKEW = timedelta(hours=1)
OLDEST = 1994
MOST = Decimal("9999999999.99")
DATE_ONLY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


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
    if found > now + SKEW:
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


def code(text: str, column: str, pattern: str) -> str:
    """Return a short code in capitals, such as a currency; "" for an empty cell."""
    found = text.upper()
    if found and not re.fullmatch(pattern, found):
        raise BadValue(_("“%(text)s” in %(column)s is not known.") % _shown(text, column))
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
