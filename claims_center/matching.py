"""Order numbers, as marketplaces write them and as customers type them.

Everything is compared by one spelling: capitals and digits alone, with O read as 0 and I, L and | read as 1, on both
sides. So spaces, dashes, a leading # and look-alikes do not matter; and two numbers that differ by a look-alike alone
are one number, as they are to the eye.
"""

import re
import unicodedata

LONGEST = 60
# Fewer characters than this are no order number, and no group that could name one.
SHORTEST = 4
LONGEST_GROUP = 8
MOST = 4

LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "|": "1"})
DASHES = re.compile(r"[\u2010-\u2015\u2212\u00ad_]")
DIGIT = "[0-9OIL|]"
LABEL = re.compile(
    r"^\W*(?:(?:MY|THE|YOUR|AMAZON|EBAY|WALMART|ETSY|COM)\b\W*)*"
    r"(?:(?:ORDER|PO|BESTELLUNG|BESTELLNUMMER)\b\W*(?:(?:NUMBER|NO|NR|ID|IS)\b\W*)*)?"
)
ONLY_NUMBER = re.compile(r"^[\s#:.,;/()-]*(?:[0-9OIL|][\s#:.,;/()-]*)+$")
# The marketplaces' own patterns, found in the middle of a sentence: Amazon's 3-7-7 and eBay's 2-5-5.
PATTERNS = (
    re.compile(rf"(?<![0-9A-Z])({DIGIT}{{3}}[\s-]*{DIGIT}{{7}}[\s-]*{DIGIT}{{7}})(?![0-9A-Z])"),
    re.compile(rf"(?<![0-9A-Z])({DIGIT}{{2}}-{DIGIT}{{5}}-{DIGIT}{{5}})(?![0-9A-Z])"),
)
WORD = re.compile(r"[0-9A-Z|]+(?:-[0-9A-Z|]+)*")
REAL_DIGIT = re.compile(r"[0-9]")
OTHER = re.compile(r"[^0-9A-Z|]+")


def comparable(number: str) -> str:
    """Return the spelling by which an order number is compared; "" for none."""
    plain = unicodedata.normalize("NFKC", number or "").upper()
    return OTHER.sub("", plain).translate(LOOK_ALIKES)[:LONGEST]


def last_group(number: str) -> str:
    """Return the part behind the last dash as it is compared, where it could name the order by itself; else ""."""
    parts = DASHES.sub("-", unicodedata.normalize("NFKC", number or "")).split("-")
    group = comparable(parts[-1]) if len(parts) > 1 else ""
    return group if SHORTEST <= len(group) <= LONGEST_GROUP else ""


def numbers_of(typed: str) -> list[str]:
    """Return what a customer may have meant, as it is compared, the likeliest first; nothing where no number is in it.

    A label is left out; a text of digits, look-alikes and separators is one number; in a sentence the marketplaces'
    patterns are looked for, then words that hold digits, the longest first.
    """
    text = DASHES.sub("-", unicodedata.normalize("NFKC", typed or "").replace("\x00", "")).upper().strip()
    bare = LABEL.sub("", text)
    if ONLY_NUMBER.match(bare) and REAL_DIGIT.search(bare):
        return _distinct([bare])
    found = [
        match.group(1) for pattern in PATTERNS for match in pattern.finditer(text) if _mostly_digits(match.group(1))
    ]
    words = [word for word in WORD.findall(bare) if REAL_DIGIT.search(word)]
    words.sort(key=lambda word: -sum(char.isdigit() for char in word))
    whole = [bare] if not found and REAL_DIGIT.search(bare) and len(bare.split()) <= 2 else []  # noqa: PLR2004
    # Nothing has a digit: whatever it is, it can be compared as it stands.
    return _distinct([*found, *whole, *words] or [bare])


def number_of(typed: str) -> str:
    """Return the likeliest number in what a customer typed, as it is compared; "" where none is in it."""
    return next(iter(numbers_of(typed)), "")


def is_group(number: str) -> bool:
    """Say whether this may be the last group of an order number, typed alone."""
    return SHORTEST <= len(number) <= LONGEST_GROUP


def _mostly_digits(text: str) -> bool:
    real = sum(char.isdigit() for char in text)
    return real * 2 > sum(char.isalnum() or char == "|" for char in text)


def _distinct(found: list[str]) -> list[str]:
    compared = [comparable(one) for one in found]
    return [one for one in dict.fromkeys(compared) if len(one) >= SHORTEST][:MOST]
