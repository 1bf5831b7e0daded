"""Orders as they were read from a file, before they meet the database."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from claims_center.matching import comparable, last_group


@dataclass(slots=True)
class ReadItem:
    """One product of an order."""

    sku: str
    listing_id: str
    title: str
    quantity: int
    amount: Decimal | None
    is_cancelled: bool

    @property
    def key(self) -> tuple[str, str, bool]:
        """Return what makes rows of one order the same product."""
        return (self.sku, self.listing_id, self.is_cancelled)


@dataclass(slots=True)
class ReadOrder:
    """One order, from one row or several."""

    marketplace: str
    number: str
    ordered_at: datetime
    status: str
    line: int
    other_number: str = ""
    status_text: str = ""
    channel: str = ""
    buyer_name: str = ""
    buyer_email: str = ""
    postal_code: str = ""
    country: str = ""
    currency: str = ""
    reported_at: datetime | None = None
    items: dict[tuple[str, str, bool], ReadItem] = field(default_factory=dict)
    # What makes rows one order.
    key: tuple[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.key = (self.marketplace, comparable(self.number))

    @property
    def amount(self) -> Decimal | None:
        """Return the sum over the products that were not cancelled, None where no amount is known."""
        known = [item.amount for item in self.items.values() if item.amount is not None and not item.is_cancelled]
        return sum(known, Decimal(0)) if known else None

    def add(self, item: ReadItem | None) -> None:
        """Take a row's product in; the same product twice is added up."""
        if item is None:
            return
        known = self.items.setdefault(item.key, item)
        if known is not item:
            known.quantity += item.quantity
            known.amount = item.amount if known.amount is None else known.amount + (item.amount or Decimal(0))

    def columns(self) -> dict[str, object]:
        """Return the order's columns in the database."""
        other = comparable(self.other_number)
        return {
            "marketplace": self.marketplace,
            "number": self.number,
            "number_norm": self.key[1],
            "last_group": last_group(self.number),
            "other_norm": "" if other == self.key[1] else other,
            "ordered_at": self.ordered_at,
            "status": self.status,
            "status_text": self.status_text,
            "channel": self.channel,
            "buyer_name": self.buyer_name,
            "buyer_email": self.buyer_email,
            "postal_code": self.postal_code,
            "country": self.country,
            "currency": self.currency,
            "amount": self.amount,
            "item_count": sum(item.quantity for item in self.items.values() if not item.is_cancelled),
            "reported_at": self.reported_at,
        }

    def digest(self) -> str:
        """Return the fingerprint of everything that an import would write, except when it was reported."""
        columns = {name: value for name, value in self.columns().items() if name != "reported_at"}
        items = sorted(
            [[*map(str, key), item.title, item.quantity, str(item.amount)] for key, item in self.items.items()]
        )
        return hashlib.sha256(json.dumps([columns, items], default=str, sort_keys=True).encode()).hexdigest()
