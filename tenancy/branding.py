"""A merchant's accent colour: whether it can be read, and the stylesheet that brings it to the pages."""

import functools
import hashlib
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

# WCAG 2.2 AA for text.
ENOUGH = 4.5
WHITE = "#ffffff"
BLACK = "#000000"
# The darkest and the lightest ground that text in the accent colour stands on, in the light and in the dark theme.
LIGHT_GROUND = "#f9fafb"
DARK_GROUND = "#1b1d22"
STEPS = 40

RULES = """:root {{
  --accent: light-dark({light.fill}, {dark.fill});
  --accent-h: light-dark({light.hover}, {dark.hover});
  --on-accent: light-dark({light.ink}, {dark.ink});
  --accent-bg: light-dark({light.tint}, {dark.tint});
  --accent-tx: light-dark({light.text}, {dark.text});
}}
"""


@dataclass(frozen=True, slots=True)
class Shades:
    """The colours of one theme.

    Those of filled controls, of the same under the pointer, of words on them, of quiet grounds, and of words on those.
    """

    fill: str
    hover: str
    ink: str
    tint: str
    text: str


def _channels(colour: str) -> list[float]:
    return [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _channels(colour)]  # noqa: PLR2004
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours by WCAG, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(colour: str, towards: str, share: float) -> str:
    """Return the colour, moved by a share (0 to 1) towards another."""
    parts = (a + (b - a) * share for a, b in zip(_channels(colour), _channels(towards), strict=True))
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def readable_on(colour: str, ground: str) -> str:
    """Return the colour, moved towards black or white as far as it takes to be read on the ground."""
    towards = max((BLACK, WHITE), key=lambda end: contrast(end, ground))
    candidates = (mixed(colour, towards, step / STEPS) for step in range(STEPS + 1))
    return next(found for found in candidates if contrast(found, ground) >= ENOUGH)


def shades(accent: str, ground: str) -> Shades:
    """Return the colours of the theme with this ground."""
    away = max((BLACK, WHITE), key=lambda end: contrast(end, ground))
    fill = readable_on(accent, ground)
    tint = mixed(fill, ground, 0.86)
    ink = max((WHITE, BLACK), key=lambda end: contrast(end, fill))
    return Shades(fill, mixed(fill, away, 0.12), ink, tint, readable_on(fill, tint))


def stylesheet(accent: str) -> str:
    """Return the stylesheet of an accent colour for light and dark pages; empty without a colour."""
    return RULES.format(light=shades(accent, LIGHT_GROUND), dark=shades(accent, DARK_GROUND)) if accent else ""


@functools.lru_cache(maxsize=1024)
def version_of(accent: str) -> str:
    """Return a short digest of the stylesheet, by which it is cached for good."""
    return hashlib.sha256(stylesheet(accent).encode()).hexdigest()[:12]


def stylesheet_address(merchant: Any) -> str:
    """Return the address of the merchant's stylesheet, or nothing where it has no colour of its own."""
    if not merchant.accent:
        return ""
    return f"{reverse('brand', args=[merchant.slug])}?v={version_of(merchant.accent)}"
