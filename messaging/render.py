"""A message's words: text and HTML from templates, in the merchant's name and colour."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from tenancy.models import Merchant
from tenancy.scope import current_merchant_id

DEFAULT_ACCENT = "#3b5bdb"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to go out. ``attachments`` are (file name, content, media type)."""

    subject: str
    text: str
    html: str
    attachments: tuple[tuple[str, bytes, str], ...] = ()


def mail(template: str, context: dict[str, Any], *, subject: str, merchant: Merchant | None = None) -> Rendered:
    """Render `<template>.txt` and `<template>.html` in the merchant's language.

    The templates extend `messaging/mail/base.html` and `messaging/mail/base.txt` and fill the block `content`; they
    get ``context`` and `merchant`, `accent`, `subject`, `base_url`. Everything is escaped in HTML. Line breaks in the
    subject become spaces.
    """
    whose = merchant or Merchant.objects.get(id=current_merchant_id())
    line = " ".join(subject.split())[:200]
    full = {
        **context,
        "merchant": whose,
        "accent": whose.accent or DEFAULT_ACCENT,
        "subject": line,
        "base_url": settings.BASE_URL,
    }
    with translation.override(whose.language):
        text = render_to_string(f"{template}.txt", full).strip() + "\n"
        html = render_to_string(f"{template}.html", full)
    return Rendered(subject=line, text=text, html=html)
