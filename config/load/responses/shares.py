"""Believable shares of synthetic offer responses."""

from offers.states import Source

SOURCES = (
    (Source.MEMBER.value, 58),
    (Source.BULK.value, 16),
    (Source.POS.value, 13),
    (Source.TRIGGER.value, 6),
    (Source.IMPORT.value, 4),
    (Source.STAFF.value, 3),
)
# Of a hundred responses so many end like this, as far as time and usage period allow it; the others wait and expire.
ENDS = (("used", 52), ("kept", 39), ("canceled", 9))
# Of those that need it, and of those that do not, so many are clipped; of those assigned in bulk, from the beginning.
CLIPPED, CLIPPED_UNASKED, BORN_CLIPPED = 0.75, 0.12, 0.5
# Of those that could be used now, so many are held by a till; since four minutes, for eleven more.
HELD = 0.003
HELD_SINCE, HELD_FOR = "interval '4 minutes'", "interval '11 minutes'"
# The sweep finds what has expired so much later.
SWEPT_AFTER = "interval '20 seconds'"
