"""Inline lucide icons, drawn once per process and name."""

import functools
import re
from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

from django.utils.html import escape
from django.utils.safestring import SafeString

# The style sheet sets these for every icon, so they need not travel with each one; the place is the page's.
_SHARED = re.compile(r' (?:fill|stroke|stroke-width|stroke-linecap|stroke-linejoin|xmlns|width|height)="[^"]*"')


@functools.cache
def icon(name: str, size: int = 16, css: str = "") -> SafeString:
    """Return the icon as a decorative SVG (hidden from screen readers: put words beside it).

    Raises KeyError for a name that lucide does not have.
    """
    head, _, body = " ".join(_archive().read(f"{name}.svg").decode().split()).partition(">")
    classes = escape(f"icon {css}".strip())
    head = _SHARED.sub("", head.rstrip()).replace(
        "<svg", f'<svg class="{classes}" aria-hidden="true" width="{size}" height="{size}"', 1
    )
    return SafeString(f"{head}>{body.strip()}".replace("> <", "><"))


@functools.cache
def _archive() -> ZipFile:
    """Return the package's icons; opened once, since the package itself opens them for every icon."""
    return ZipFile(BytesIO((files("lucide") / "lucide.zip").read_bytes()))
