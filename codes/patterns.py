"""Codes by pattern: `BREW-####-????`, where # is a digit, ? a letter and * either; signs can be left out."""

import math
import secrets
import string

from django.utils.translation import gettext as _

from codes.errors import PatternRefused
from codes.normalise import MAX_LENGTH, value_norm
from codes.states import LOOK_ALIKES

SIGNS = {"#": string.digits, "?": string.ascii_uppercase, "*": string.digits + string.ascii_uppercase}
# One guess in so many may hit a code, at the worst.
ROOM = 1_000
MAX_COUNT = 200_000
EXAMPLES = 5


def drawn_from(excluded: str = LOOK_ALIKES) -> dict[str, str]:
    """Return what each sign of a pattern may become, without the signs that are left out."""
    out = set(excluded.upper())
    return {sign: "".join(char for char in chars if char not in out) for sign, chars in SIGNS.items()}


def capacity(pattern: str, *, excluded: str = LOOK_ALIKES) -> int:
    """Return how many different codes a pattern has."""
    sets = drawn_from(excluded)
    return math.prod(len(sets[sign]) for sign in pattern if sign in sets)


def check_pattern(pattern: str, *, count: int, existing: int = 0, excluded: str = LOOK_ALIKES) -> None:
    """Raise PatternRefused, in words for the reader, unless the pattern has room for so many more codes.

    ``existing`` codes of the pool share the room: at most one possible code in a thousand is ever given out, so that
    guessing does not pay and collisions are rare.
    """
    if not pattern or len(pattern) > MAX_LENGTH or not pattern.isprintable():
        raise PatternRefused(_("A pattern has 1 to %(count)s characters.") % {"count": MAX_LENGTH})
    room = capacity(pattern, excluded=excluded)
    if room == 0:
        raise PatternRefused(_("Every sign of a kind is left out, so that no code can be made. Leave out fewer."))
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


def draw(pattern: str, count: int, *, excluded: str = LOOK_ALIKES) -> list[tuple[str, str]]:
    """Return up to ``count`` distinct random codes as (value, norm); fewer if chance drew the same one twice."""
    sets = drawn_from(excluded)
    choice = secrets.SystemRandom().choice
    drawn = ("".join(choice(sets[sign]) if sign in sets else sign for sign in pattern) for _n in range(count))
    return [(value, norm) for norm, value in {value_norm(value): value for value in drawn}.items()]
