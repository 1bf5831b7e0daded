"""How addresses, phones and mailboxes are compared: one spelling for many ways of writing, and a fingerprint of it.

Pure functions. They give "" for what is too little to compare by.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping

# Words that people shorten, with the short form that all of them get; English, German, French, Spanish.
SHORT = {
    short: words.split()
    for short, words in {
        "st": "street str strasse straße",
        "ave": "avenue av avenida",
        "rd": "road",
        "blvd": "boulevard bd boul",
        "ln": "lane",
        "dr": "drive",
        "ct": "court",
        "pl": "place platz plaza",
        "sq": "square",
        "hwy": "highway",
        "apt": "apartment appartement wohnung unit suite ste flat",
        "n": "north",
        "s": "south",
        "e": "east",
        "w": "west",
    }.items()
}
SHORTENED = {word: short for short, words in SHORT.items() for word in words}
# A German street is written in one word: "Hauptstraße 5" and "Hauptstr. 5".
ENDING = re.compile(r"(?<=\w{3})(?:strasse|str)$")
LEAST_DIGITS = 7
COMPARED_DIGITS = 9
# Mailboxes whose owners write their address with dots as they like.
DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def address_of(ship_to: Mapping[str, str]) -> str:
    """Return a mailing address as it is compared, without the name: street, numbers, postal code or town, country."""
    street = " ".join(str(ship_to.get(name) or "") for name in ("street", "house_number", "building_number"))
    country = str(ship_to.get("country") or "").lower()
    town = _postal(str(ship_to.get("postal_code") or ""), country) or "".join(_words(str(ship_to.get("city") or "")))
    parts = [SHORTENED.get(word, ENDING.sub("st", word)) for word in _words(street)]
    # Where there is no number at all, half a town would share the address.
    if not town or not any(char.isdigit() for char in "".join(parts)):
        return ""
    return "|".join(("".join(sorted(parts)), town, country))


def phone_of(phone: str) -> str:
    """Return the last nine digits of a phone number, with which a country's prefix does not matter."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone or "")).lstrip("0")
    return digits[-COMPARED_DIGITS:] if len(digits) >= LEAST_DIGITS else ""


def mailbox_of(email: str) -> str:
    """Return the mailbox that an address leads to: without +tags, and without dots where these do not count."""
    local, _at, domain = unicodedata.normalize("NFKC", email or "").strip().lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in DOTLESS:
        local, domain = local.replace(".", ""), DOTLESS[domain]
    return f"{local}@{domain}" if local and domain else ""


def token_of(kind: str, value: str) -> str:
    """Return the fingerprint of a value, "" for none."""
    return hashlib.blake2b(f"{kind}:{value}".encode(), digest_size=16).hexdigest() if value else ""


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).casefold()
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return re.findall(r"[^\W\d_]+|\d+", bare)


def _postal(code: str, country: str) -> str:
    bare = re.sub(r"\W", "", unicodedata.normalize("NFKC", code)).lower()
    # American codes come with or without the four digits that name the block.
    return bare[:5] if country == "us" else bare
