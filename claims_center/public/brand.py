"""A funnel's own face: its logo and its colour, the merchant's where it has none."""

from typing import Any

from django.urls import reverse

from claims_center.models import Funnel
from claims_center.public.selectors import image_name
from tenancy.branding import stylesheet, version_of


def face(funnel: Funnel, merchant: Any) -> dict[str, str]:
    """Return what a page of this funnel adds to the merchant's brand; nothing where it has none of its own."""
    found = {}
    if funnel.logo:
        found["logo_url"] = reverse("media", args=[merchant.slug, image_name(funnel.logo.name)])
    if funnel.accent:
        address = reverse("funnel:brand", args=[merchant.slug, funnel.slug])
        found["brand_url"] = f"{address}?v={version_of(funnel.accent)}"
    return found


def scoped_stylesheet(accent: str, selector: str) -> str:
    """Return the colours for a part of a page instead of all of it."""
    return stylesheet(accent).replace(":root", selector, 1)
