"""What a claim counts as: the facts that the tallies are made of, and nothing else of it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from claims_center.models import Claim
from claims_center.states import OPEN

# A change of these columns changes a count.
COUNTED = frozenset({"status", "processed_at", "did_redirect_at"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One claim as it is counted. Times are aware."""

    submitted_at: datetime
    processed_at: datetime | None
    funnel_id: uuid.UUID
    product_id: uuid.UUID
    marketplace: str
    status: str
    did_redirect: bool

    @property
    def is_waiting(self) -> bool:
        """Say whether somebody still has to do something about the claim."""
        return self.status in OPEN


def cell_of(claim: Claim) -> Cell:
    """Return what the claim counts as, by its columns in memory."""
    return Cell(
        submitted_at=claim.submitted_at,
        processed_at=claim.processed_at,
        funnel_id=claim.funnel_id,
        product_id=claim.product_id,
        marketplace=str(claim.marketplace),
        status=str(claim.status),
        did_redirect=claim.did_redirect_at is not None,
    )


def stored(*, claim: Claim, fields: Iterable[str]) -> Cell | None:
    """Return what the claim counts as in the database, or None where saving these fields changes no count.

    The caller holds the claim and is about to save it; one statement.
    """
    if COUNTED.isdisjoint(fields):
        return None
    return cell_of(Claim.objects.only("merchant", *Cell.__slots__[:6], "did_redirect_at").get(id=claim.id))
