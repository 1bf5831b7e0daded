"""Filling a text's fields in: one pass, so that what a person typed is never read as a field, a link or as HTML."""

import re
from collections.abc import Collection, Mapping
from urllib.parse import quote

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from messaging.kinds import LINK, LINKED

FIELD = re.compile(r" ?\{([a-z_]+)\}")
BRACES = re.compile(r"\{([^{}]*)\}")
ADDRESS = r"https?://[^\s<>\"]+"
PIECE = re.compile(rf"({ADDRESS})| ?\{{([a-z_]+)\}}")
PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
# What ends a sentence after an address is not part of it.
AFTER = ".,;:!?)]'"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


def unknown_fields(text: str, known: Collection[str]) -> list[str]:
    """Return what stands between curly brackets and is no known field, each once, as it was typed."""
    return [name for name in dict.fromkeys(BRACES.findall(text)) if name not in known]


def fields_in(text: str) -> set[str]:
    """Return the names between curly brackets."""
    return set(BRACES.findall(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its fields filled in, as plain text. A blank before an empty value goes with it."""

    def put(match: re.Match[str]) -> str:
        value = values.get(match[1])
        if value is None:
            return match[0]
        blank = " " if match[0].startswith(" ") else ""
        return f"{blank}{value}" if value else ""

    return FIELD.sub(put, text)


def line(text: str, values: Mapping[str, str]) -> str:
    """Return a subject or heading: filled in, on one line, without control characters."""
    return " ".join(CONTROL.sub(" ", filled(text, values)).split())


def text_paragraphs(text: str, values: Mapping[str, str]) -> list[str]:
    """Return the paragraphs as plain text; empty ones are left out."""
    return _paragraphs(_clean(filled(text, values)))


def html_paragraphs(text: str, values: Mapping[str, str], shown: Mapping[str, str]) -> list[SafeString]:
    """Return the paragraphs as HTML: everything escaped, web addresses of the text itself made links.

    ``shown`` says how a field's value is shown; without a word it is escaped and nothing else.
    """
    # Every piece that html() returns is escaped; paragraphs are cut between them only.
    return [mark_safe(part.replace("\n", "<br>")) for part in _paragraphs(_html(_clean(text), values, shown))]  # noqa: S308


def _html(text: str, values: Mapping[str, str], shown: Mapping[str, str]) -> str:
    parts: list[str] = []
    end = 0
    for match in PIECE.finditer(text):
        parts.append(escape(text[end : match.start()]))
        parts.append(_anchor(match[1], values) if match[1] else _value(match, values, shown))
        end = match.end()
    return "".join([*parts, escape(text[end:])])


def _value(match: re.Match[str], values: Mapping[str, str], shown: Mapping[str, str]) -> str:
    value = values.get(match[2])
    if value is None:
        return escape(match[0])
    if not value:
        return ""
    blank = " " if match[0].startswith(" ") else ""
    how = shown.get(match[2], "")
    if how == LINK and re.fullmatch(ADDRESS, value):
        return blank + _anchor(value, {})
    if how == LINKED:
        return blank + "".join(
            _anchor(part, {}) if number % 2 else escape(part)
            for number, part in enumerate(re.split(f"({ADDRESS})", _clean(value)))
        )
    return blank + escape(_clean(value))


def _anchor(address: str, values: Mapping[str, str]) -> str:
    """Return an address as a link; fields in it are written as an address needs them."""
    found = address.rstrip(AFTER)
    quoted = {name: quote(value, safe="") for name, value in values.items()}
    link = format_html('<a href="{}">{}</a>', filled(found, quoted), filled(found, values))
    return link + escape(address[len(found) :])


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in PARAGRAPHS.split(text) if part.strip()]


def _clean(text: str) -> str:
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
