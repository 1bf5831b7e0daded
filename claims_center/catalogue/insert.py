"""Sheets of inserts: how many cards a page holds, how large the code is, and whether cameras can read it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from claims_center.catalogue import qr
from claims_center.models import Funnel
from claims_center.public.brand import face
from claims_center.wording import say

PAPERS = {"a4": _("A4"), "letter": _("Letter")}
# A module smaller than this, in millimetres, is hard on a phone's camera.
LEAST_MODULE = 0.4


@dataclass(frozen=True, slots=True)
class Size:
    """A size of card: its name, how many fit on a page, and the width of the code in millimetres."""

    name: str
    label: Any
    cards: int
    code_mm: int


SIZES = {
    "small": Size("small", _("Eight cards a page"), 8, 32),
    "medium": Size("medium", _("Four cards a page"), 4, 48),
    "poster": Size("poster", _("One a page"), 1, 110),
}


def sheet(request: Any, funnel: Funnel) -> dict[str, Any]:
    """Return what the sheet shows; a paper or a size that is none of ours is the first one."""
    paper = request.GET.get("paper") if request.GET.get("paper") in PAPERS else "a4"
    size = SIZES.get(request.GET.get("size", ""), SIZES["small"])
    url = qr.short_url(request, funnel)
    module = size.code_mm / qr.modules_of(qr.code_of(url))
    parts = urlsplit(url)
    return {
        "paper": paper,
        "size": size,
        "papers": [(name, label, name == paper) for name, label in PAPERS.items()],
        "sizes": [(one.name, one.label, one is size) for one in SIZES.values()],
        "cards": range(size.cards),
        # Apart, so that a narrow card breaks the line between them and not inside the code.
        "short_host": parts.netloc,
        "short_path": parts.path,
        "insert_title": say(funnel, "insert_title", request.merchant),
        "insert_text": say(funnel, "insert_text", request.merchant),
        "is_fine": module < LEAST_MODULE,
        "is_draft": funnel.published_at is None,
        **face(funnel, request.merchant),
    }
