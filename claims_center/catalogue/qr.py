"""QR codes that print well: dark on white, the quiet zone of four modules, error correction M or better."""

import io
from typing import Any

import segno
from django.urls import reverse

from claims_center.models import Funnel

QUIET = 4
# Modules of a printed picture: at the usual 300 dots an inch such a code is some five centimetres wide.
PNG_SCALE = 16


def short_path(merchant: Any, funnel: Funnel) -> str:
    """Return the path of a funnel's short address."""
    return reverse("funnel:short", args=[f"{merchant.public_id}.{funnel.short_code}"])


def short_url(request: Any, funnel: Funnel) -> str:
    """Return the short address as inserts show it."""
    return str(request.build_absolute_uri(short_path(request.merchant, funnel)))


def code_of(url: str) -> segno.QRCode:
    """Return the code of an address."""
    return segno.make(url, error="m", micro=False)


def drawn(code: segno.QRCode, kind: str) -> bytes:
    """Return the code as "svg" or "png", black on white."""
    out = io.BytesIO()
    if kind == "svg":
        code.save(out, kind="svg", scale=8, border=QUIET, dark="#000", light="#fff", xmldecl=False)
    else:
        code.save(out, kind="png", scale=PNG_SCALE, border=QUIET, dark="#000", light="#fff", dpi=300)
    return out.getvalue()


def modules_of(code: segno.QRCode) -> int:
    """Return how many modules the code is wide, its quiet zone included."""
    return int(code.symbol_size(scale=1, border=QUIET)[0])
