"""What the list of a pool's codes shows of them, as expressions that the list and its indexes share."""

from typing import Any

from django.db.models import Case, CharField, F, Func, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Right

from ui.sorting import empty_first

# The same as `codes.normalise.masked` shows: the last four signs of eight or more.
_LAST_FOUR = "CASE WHEN length(%(expressions)s) >= 8 THEN right(%(expressions)s, 4) ELSE '' END"


def ending() -> Func:
    """Return the part of a code that everybody may see; nothing of a short one."""
    return Func(F("value"), template=_LAST_FOUR, output_field=CharField())


def holder() -> Case:
    """Return who holds a code as `codes.words.holder` puts it; nothing for one that nobody has held."""
    named = Concat("holder_origin", Value(" …"), Right(Cast("holder_id", TextField()), 6), output_field=TextField())
    return Case(When(holder_id__isnull=True, then=Value("")), default=named, output_field=TextField())


def taken() -> Coalesce:
    """Return when a code was taken; what never was comes first."""
    return empty_first("taken_at")


def in_pool(part: Any) -> tuple[Any, ...]:
    """Return the expressions of an index by which a pool's codes are sorted by one part."""
    return F("merchant"), F("pool"), part, F("id")
