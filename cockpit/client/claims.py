"""A customer's claims: where each stands, and the way to its private page."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString

from claims_center.models import Claim
from claims_center.public.tracking import next_step, state
from ui import cells
from ui.keyset import KeysetPage, Sort, paginate

SIZE = 20
NEWEST = Sort("submitted", "submitted_at", descending=True)


@dataclass(frozen=True, slots=True)
class Told:
    """A claim in the customer's words."""

    claim: Claim
    badge: SafeString
    next: str
    url: str


def claims_page(*, customer_id: uuid.UUID, after: str = "", before: str = "") -> KeysetPage:
    """Return a page of the customer's claims, the latest first."""
    rows = Claim.objects.filter(customer_id=customer_id).select_related("promotion")
    return paginate(rows, sort=NEWEST, size=SIZE, after=after, before=before)


def told(claims: Sequence[Claim]) -> list[Told]:
    """Return claims in the customer's words, each with the link to its private page."""
    return [_told(claim) for claim in claims]


def _told(claim: Claim) -> Told:
    found = state(claim)
    badge = cells.badge(found.label, found.tone, found.icon)
    return Told(claim, badge, next_step(claim), reverse("funnel:track", args=[claim.tracker_token]))
