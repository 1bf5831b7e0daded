"""A customer's points on the customer's page: what can be used, lot by lot, and the latest lines of the statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from customers.models import Customer
from ledger.models import Entry, Grant
from ledger.selectors import grants_of
from ledger.units import Unit
from loyalty.point_pages import lot_badge
from loyalty.point_statement import lines
from loyalty.point_words import page_of, words_of
from loyalty.statement import statement

MOST_LOTS = 100
LINES = 20


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot in which something is left: where it came from, and how it stands."""

    grant: Grant
    words: Any
    url: str
    state: str


def gather(customer: Customer, merchant_slug: str, now: datetime) -> dict[str, Any]:
    """Return what the tab draws; ``now`` judges which lots are over."""
    found = statement(customer_id=customer.id, limit=LINES + 1, at=now)
    return {
        "lots": lots(customer, slug=merchant_slug, now=now),
        "lines": lines(found[:LINES], slug=merchant_slug),
        "more": len(found) > LINES,
        "now": now,
    }


def lots(customer: Customer, *, slug: str, now: datetime) -> list[Lot]:
    """Return the customer's lots in which something is left, in the order in which they are spent."""
    found = grants_of(customer_id=customer.id, unit=Unit.POINT).filter(is_open=True).select_related("entry")
    return [
        _lot(one, slug, now)
        for one in found.order_by(F("expires_at").asc(nulls_last=True), "usable_from", "id")[:MOST_LOTS]
    ]


def _lot(grant: Grant, slug: str, now: datetime) -> Lot:
    entry: Entry = grant.entry
    url = page_of(entry.origin, entry.origin_id, slug=slug)
    return Lot(grant, words_of(entry.event), url, lot_badge(grant, now=now))
