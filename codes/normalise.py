"""When two codes are the same: letter case, spaces and dashes do not count."""

import re
import unicodedata

IGNORED = re.compile(r"[\s\-\u2010-\u2015\u2212_.]+")
MAX_LENGTH = 64


def value_norm(value: str) -> str:
    """Return the spelling by which codes are compared; "" if nothing is left of it."""
    return IGNORED.sub("", unicodedata.normalize("NFKC", value)).upper()


def masked(value: str) -> str:
    """Return a code fit for a list: its last four characters where it is long enough, else none."""
    shown = value[-4:] if len(value) >= 8 else ""  # noqa: PLR2004 - at most half of a code is shown
    return "••••" + shown
