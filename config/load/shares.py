"""Believable shares of synthetic claims, and how SQL draws by them."""

from collections.abc import Sequence
from datetime import timedelta

from messaging.states import Status as Mail

DAYS = 400
# Of a hundred claims so many name an order that ...
OUTCOMES = (
    ("match", 71),
    ("unknown", 9),
    ("left_out", 5),
    ("wrong_product", 4),
    ("claimed_before", 4),
    ("too_old", 4),
    ("other_buyer", 3),
)
# ... and so many end like this, unless they have only just come in ...
ENDS = (("processed", 58), ("new", 13), ("rejected", 9), ("gifted", 8), ("verified", 7), ("needs_info", 5))
# ... or are so old that nearly all work on them is done.
OLD_ENDS = (("processed", 85), ("rejected", 10), ("gifted", 3), ("needs_info", 2))
REPORTS = (
    (Mail.OPENED, 57),
    (Mail.DELIVERED, 33),
    (Mail.SENT, 4),
    (Mail.BOUNCED, 4),
    (Mail.COMPLAINED, 1),
    (Mail.FAILED, 1),
)
# Seconds from sending to the last report.
AFTER = {Mail.SENT: 2, Mail.DELIVERED: 20, Mail.OPENED: 2400, Mail.BOUNCED: 30, Mail.COMPLAINED: 900, Mail.FAILED: 5}
RATINGS = (("5", 48), ("4", 26), ("3", 11), ("2", 6), ("1", 5), (None, 4))
SHARE, ASSIGNED = 0.55, 0.3
# Work on a claim begins so many minutes after it came in.
WAIT = (60, 60 * 26)
FRESH, OLD = timedelta(hours=30), timedelta(days=45)


def pick(dice: str, shares: Sequence[tuple[str | None, int]]) -> str:
    """Return the SQL that draws one of the words by its share; `dice` is a number from nought to one."""
    whole, so_far, parts = sum(share for _, share in shares), 0, []
    for word, share in shares:
        so_far += share
        parts.append(f"WHEN {dice} < {so_far / whole:.6f} THEN {literal(word)}")
    return f"CASE {' '.join(parts)} ELSE {literal(shares[-1][0])} END"


def seconds(dice: str, least: int, most: int) -> str:
    """Return the SQL of a time between two numbers of minutes."""
    return f"floor({least * 60} + {dice} * {(most - least) * 60}) * interval '1 second'"


def literal(word: str | None) -> str:
    """Return one of our own words as SQL."""
    return "NULL" if word is None else f"'{word}'"
