"""A message's words: text and HTML from templates, in the merchant's name and colour."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.module_loading import import_string

from messaging.errors import NoLongerValid
from messaging.models import Message
from messaging.text_rows import read_once
from tenancy.branding import WHITE, readable_on
from tenancy.models import Merchant
from tenancy.scope import current_merchant_id

log = logging.getLogger(__name__)

DEFAULT_ACCENT = "#3b5bdb"
# The ground of a mail in the dark theme, as its style sheet has it.
DARK_CARD = "#1f2228"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to go out.

    ``attachments`` are (file name, content, media type), ``headers`` what a kind adds to those that every mail has
    (`messaging.oneclick`).
    """

    subject: str
    text: str
    html: str
    attachments: tuple[tuple[str, bytes, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


def render_all(messages: Sequence[Message]) -> list[Rendered | Exception]:
    """Have each message's words made by its kind's renderer (config/messages.py); what it raised stands in their place.

    All in one savepoint; if one fails in a way that may have broken it, each once more in a savepoint of its own, so
    that a message whose words cannot be made does not hold up the others.
    """
    try:
        with transaction.atomic(), read_once():
            return [_render(message) for message in messages]
    except Exception:
        log.exception("A message could not be rendered")
    return [_render_alone(message) for message in messages]


def _render_alone(message: Message) -> Rendered | Exception:
    try:
        with transaction.atomic():
            return _render(message)
    except Exception as error:  # noqa: BLE001 - it is logged above, and backed off by the caller
        return error


def _render(message: Message) -> Rendered | NoLongerValid:
    path = import_string(settings.MESSAGE_RENDERERS).get(message.kind)
    if path is None:
        return NoLongerValid("unknown_kind")
    try:
        rendered: Rendered = import_string(path)(message)
    except NoLongerValid as refusal:
        return refusal
    return rendered


def mail(template: str, context: dict[str, Any], *, subject: str, merchant: Merchant | None = None) -> Rendered:
    """Render `<template>.txt` and `<template>.html` in the merchant's language.

    The templates extend `messaging/mail/base.html` and `messaging/mail/base.txt` and fill the block `content`; they
    get ``context`` and `merchant`, `subject`, `base_url`, and the merchant's colour as it can be read: `accent` on white
    (`on_accent` on it), `accent_dark` on dark. Everything is escaped in HTML. Line breaks in the subject become spaces.
    A renderer passes `merchant=message.merchant`, which costs no query.
    """
    whose = merchant or Merchant.objects.get(id=current_merchant_id())
    line = " ".join(subject.split())[:200]
    colour = whose.accent or DEFAULT_ACCENT
    full = {
        **context,
        "merchant": whose,
        "accent": readable_on(colour, WHITE),
        "on_accent": WHITE,
        "accent_dark": readable_on(colour, DARK_CARD),
        "subject": line,
        "base_url": settings.BASE_URL,
    }
    with translation.override(whose.language):
        text = render_to_string(f"{template}.txt", full).strip() + "\n"
        html = render_to_string(f"{template}.html", full)
    return Rendered(subject=line, text=text, html=html)
