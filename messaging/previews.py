"""What a mail looks like while somebody writes it: on a computer, on a phone, in the dark, as plain text."""

import base64
import hashlib
import re
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from messaging.texts import Text
from messaging.trial import sample
from messaging.wording import WORDS
from tenancy.models import Merchant

VIEWS = {"wide": _("Computer"), "phone": _("Phone"), "dark": _("Phone, dark"), "text": _("Plain text")}
DRAFT_SECONDS = 3600
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
WHEN_DARK = "@media (prefers-color-scheme: dark)"


def typed(form: Any, saved: Text) -> Text:
    """Return the words as they stand in the form, right or wrong; those that are kept where nothing was typed."""
    if not form.is_bound:
        return saved
    return Text.of({part: str(form.data.get(part, "")).replace("\x00", "")[:5000] for part in WORDS})


def context(kind: str, text: Text, *, merchant: Merchant, view: str, address: str) -> dict[str, Any]:
    """Return what a preview is drawn with; the frame's address carries the draft, signed, and nothing is kept."""
    chosen = view if view in VIEWS else "wide"
    query = {"draft": draft_of(kind, text, merchant=merchant)} | ({"dark": "1"} if chosen == "dark" else {})
    return {
        "view": chosen,
        "views": VIEWS.items(),
        "frame_url": f"{address}?{urlencode(query)}",
        "written": sample(kind, text, merchant=merchant),
    }


def draft_of(kind: str, text: Text, *, merchant: Merchant) -> str:
    """Return words as a part of an address, signed, so that nobody else can put words into our pages."""
    return signing.dumps([kind, *(getattr(text, part) for part in WORDS)], salt=_salt(merchant), compress=True)


def opened(draft: str, kind: str, *, merchant: Merchant) -> Text | None:
    """Return the words of a draft; None for one that is forged, too old, another merchant's or another kind's."""
    try:
        found, *words = signing.loads(draft, salt=_salt(merchant), max_age=DRAFT_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Text.of(dict(zip(WORDS, words, strict=True))) if found == kind else None


def document(kind: str, text: Text, *, merchant: Merchant, dark: bool) -> HttpResponse:
    """Return the mail as a page of its own: in a sandbox, without scripts, forms and anything loaded.

    Only our own pages may frame it; the one style sheet that it may use is the mail's, named by its digest.
    """
    html = sample(kind, text, merchant=merchant).html
    html = html.replace(WHEN_DARK, "@media all" if dark else "@media not all")
    styles = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in STYLE.findall(html)]
    response = HttpResponse(html)
    response._csp_config = {  # type: ignore[attr-defined]  # noqa: SLF001 - the name that Django 6 uses
        "default-src": ["'none'"],
        "style-src": [f"'sha256-{digest}'" for digest in styles],
        "form-action": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'self'"],
        "sandbox": True,
    }
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _salt(merchant: Merchant) -> str:
    return f"mail-draft:{merchant.id}"
