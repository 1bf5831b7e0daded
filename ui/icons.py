"""Inline lucide icons, drawn once per process and name."""

import functools
import re

from django.utils.html import escape
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

# The style sheet sets these for every icon, so they need not travel with each one.
_SHARED = re.compile(r' (?:fill|stroke|stroke-width|stroke-linecap|stroke-linejoin)="[^"]*"')


@functools.cache
def icon(name: str, size: int = 16, css: str = "") -> SafeString:
    """Return the icon as a decorative SVG (hidden from screen readers: put words beside it)."""
    svg = lucide(name, size=size)
    head, _, body = svg.partition(">")
    classes = escape(f"icon {css}".strip())
    head = _SHARED.sub("", head).replace("<svg", f'<svg class="{classes}" aria-hidden="true"', 1)
    return SafeString(f"{head}>{' '.join(body.split())}".replace("> <", "><"))
