"""Codes by pattern: `BREW-####-????`, where # is a digit, ? a letter and * either."""

import math
import secrets

from django.utils.translation import gettext as _

from codes.errors import PatternRefused
from codes.normalise import MAX_LENGTH, value_norm

# Without the signs that are most often mistaken for each other: 0 and O, 1 and I and L.
DIGITS = "23456789"
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
SETS = {"#": DIGITS, "?": LETTERS, "*": DIGITS + LETTERS}
# One guess in so many may hit a code, at the worst.
ROOM = 1_000
MAX_COUNT = 200_000


def capacity(pattern: str) -> int:
    """Return how many different codes a pattern has."""
    return math.prod(len(SETS[sign]) for sign in pattern if sign in SETS)


def check_pattern(pattern: str, *, count: int, existing: int = 0) -> None:
    """Raise PatternRefused, in words for the reader, unless the pattern has room for so many more codes.

    ``existing`` codes of the pool share the room: at most one possible code in a thousand is ever given out, so that
    guessing does not pay and collisions are rare.
    """
    if not pattern or len(pattern) > MAX_LENGTH or not pattern.isprintable():
        raise PatternRefused(_("A pattern has 1 to %(count)s characters.") % {"count": MAX_LENGTH})
    room = capacity(pattern)
    if room == 1:
        raise PatternRefused(_("Put # for a digit, ? for a letter or * for either into the pattern."))
    if not 1 <= count <= MAX_COUNT:
        raise PatternRefused(_("Between 1 and %(count)s codes can be generated at once.") % {"count": f"{MAX_COUNT:,}"})
    safe = room // ROOM - existing
    if count > safe:
        raise PatternRefused(
            _(
                "This pattern has %(room)s different codes, of which %(safe)s more can be used safely. "
                "Put more of # ? * into it."
            )
            % {"room": f"{room:,}", "safe": f"{max(safe, 0):,}"}
        )


def draw(pattern: str, count: int) -> list[tuple[str, str]]:
    """Return up to ``count`` distinct random codes as (value, norm); fewer if chance drew the same one twice."""
    drawn = ("".join(secrets.choice(SETS[sign]) if sign in SETS else sign for sign in pattern) for _n in range(count))
    return [(value, norm) for norm, value in {value_norm(value): value for value in drawn}.items()]
