"""How contact details are compared: one spelling for many ways of writing."""

import re
import unicodedata

DIGITS = re.compile(r"\D+")
# One sign may stand for several: what is compared is no longer than its column.
LONGEST_EMAIL = 254
LONGEST_PHONE = 40


def email_norm(text: str) -> str:
    """Return the address in lower case without surrounding space; "" for none."""
    return unicodedata.normalize("NFKC", (text or "").replace("\x00", "")).strip().lower()[:LONGEST_EMAIL]


def phone_norm(text: str) -> str:
    """Return the digits of a phone number, with a leading + where an international prefix was written."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    digits = DIGITS.sub("", plain)[: LONGEST_PHONE - 1]
    if plain.startswith("00"):
        return f"+{digits[2:]}" if len(digits) > 2 else ""  # noqa: PLR2004
    return f"+{digits}" if plain.startswith("+") and digits else digits
