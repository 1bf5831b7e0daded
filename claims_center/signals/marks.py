"""Signals as they are kept on a claim, so that lists show, sort and filter by them: one bit for each kind that is open.

The more a kind tells, the higher its bit, so that lists sort by it.
"""

from functools import cache

from claims_center.models import SignalKind

ORDER = (
    SignalKind.MANY_CLAIMS,
    SignalKind.EMAIL_ALIAS,
    SignalKind.SAME_PHONE,
    SignalKind.SAME_ADDRESS,
    SignalKind.SAME_NUMBER,
)
BITS: dict[str, int] = {kind.value: 1 << place for place, kind in enumerate(ORDER)}
EVERY = sum(BITS.values())


def kinds_in(marks: int) -> list[SignalKind]:
    """Return the kinds that a claim's mark stands for, the one that tells most first."""
    return [kind for kind in reversed(ORDER) if marks & BITS[kind]]


@cache
def marks_with(kind: str) -> list[int]:
    """Return every mark that this kind is in: whole values, because a column is found by those in an index."""
    return [marks for marks in range(1, EVERY + 1) if marks & BITS[kind]]
