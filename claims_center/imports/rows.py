"""Orders as they were read from a file, before they meet the database."""

import hashlib
import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from claims_center.matching import comparable, last_group
from claims_center.models import OrderStatus
from tenancy.imports.values import MOST

# What the columns hold.
MOST_PIECES = 2**31 - 1
# Which of two statuses says more; a cancelled row counts only where every row is cancelled.
RANK = {
    OrderStatus.CANCELLED: 0,
    OrderStatus.UNKNOWN: 1,
    OrderStatus.PENDING: 2,
    OrderStatus.OPEN: 3,
    OrderStatus.SHIPPED: 4,
    OrderStatus.DELIVERED: 5,
}
TEXTS = ("status_text", "channel", "buyer_name", "buyer_email", "postal_code", "country", "currency")


class Part(StrEnum):
    """How much of an order a report knows: all of it, or one of two halves that complete each other."""

    WHOLE = "whole"
    ORDER = "order"
    ITEMS = "items"


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
    """One order, from one row or several. `ordered_at` may be missing in a row that continues an order.

    `other_numbers`: what else the order is known by. `total`: its amount where the report says; else it is summed up.
    """

    marketplace: str
    number: str
    ordered_at: datetime | None
    status: str
    line: int
    other_numbers: tuple[str, ...] = ()
    status_text: str = ""
    channel: str = ""
    buyer_name: str = ""
    buyer_email: str = ""
    postal_code: str = ""
    country: str = ""
    currency: str = ""
    total: Decimal | None = None
    reported_at: datetime | None = None
    part: Part = Part.WHOLE
    items: dict[tuple[str, str, bool], ReadItem] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """Return what makes rows one order."""
        return (self.marketplace, comparable(self.number))

    @property
    def amount(self) -> Decimal | None:
        """Return the total, else the sum over the products that were not cancelled; None where neither is known."""
        if self.total is not None:
            return self.total
        known = [item.amount for item in self.items.values() if item.amount is not None and not item.is_cancelled]
        return sum(known, Decimal(0)) if known else None

    @property
    def item_count(self) -> int:
        """Return how many pieces were bought; what was cancelled is none."""
        return sum(item.quantity for item in self.items.values() if not item.is_cancelled)

    @property
    def fits(self) -> bool:
        """Say whether its sums are such as an order can have: what its rows come to together may be more than each."""
        amounts = [self.amount, *(item.amount for item in self.items.values())]
        pieces = [self.item_count, *(item.quantity for item in self.items.values())]
        return max(pieces) <= MOST_PIECES and all(amount is None or amount <= MOST for amount in amounts)

    def add(self, item: ReadItem | None) -> None:
        """Take a row's product in; the same product twice is added up."""
        if item is None:
            return
        known = self.items.setdefault(item.key, item)
        if known is not item:
            known.quantity += item.quantity
            known.amount = item.amount if known.amount is None else known.amount + (item.amount or Decimal(0))

    def fold(self, row: "ReadOrder") -> None:
        """Take another row of the same order in: what is missing so far, and the status that says most."""
        self.ordered_at = self.ordered_at or row.ordered_at
        self.reported_at = max(filter(None, (self.reported_at, row.reported_at)), default=None)
        self.other_numbers = tuple(dict.fromkeys((*self.other_numbers, *row.other_numbers)))
        self.total = row.total if self.total is None else self.total
        if RANK[OrderStatus(row.status)] > RANK[OrderStatus(self.status)]:
            self.status, self.status_text = row.status, row.status_text
        for name in TEXTS:
            setattr(self, name, getattr(self, name) or getattr(row, name))

    def others(self) -> list[str]:
        """Return its other numbers as they are compared, without its own."""
        found = [comparable(number) for number in self.other_numbers]
        return list(dict.fromkeys(number for number in found if number and number != self.key[1]))

    def columns(self) -> dict[str, object]:
        """Return the order's columns in the database."""
        return {
            "marketplace": self.marketplace,
            "number": self.number,
            "number_norm": self.key[1],
            "last_group": last_group(self.number),
            "other_norm": next(iter(self.others()), ""),
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
            "item_count": self.item_count,
            "reported_at": self.reported_at,
        }

    def digest(self) -> str:
        """Return the fingerprint of everything that an import would write, except when it was reported."""
        columns = {name: value for name, value in self.columns().items() if name != "reported_at"}
        items = sorted(
            [[*map(str, key), item.title, item.quantity, str(item.amount)] for key, item in self.items.items()]
        )
        found = [columns, items, self.others()[1:]]
        return hashlib.sha256(json.dumps(found, default=str, sort_keys=True).encode()).hexdigest()


# What is kept of a row between reading and writing, in this order; plain lists, since it is done for every row.
ORDER_FIELDS = tuple(one.name for one in fields(ReadOrder) if one.name != "items")
ITEM_FIELDS = tuple(one.name for one in fields(ReadItem))


def frozen(order: ReadOrder) -> str:
    """Return a row's order, without products, as text; `thawed` gives it back."""
    return json.dumps([getattr(order, name) for name in ORDER_FIELDS], default=str, ensure_ascii=False)


def thawed(text: str) -> ReadOrder:
    """Return an order that was frozen."""
    given: dict[str, Any] = dict(zip(ORDER_FIELDS, json.loads(text), strict=True))
    for name in ("ordered_at", "reported_at"):
        given[name] = datetime.fromisoformat(given[name]) if given[name] else None
    given["total"] = None if given["total"] is None else Decimal(given["total"])
    given |= {"other_numbers": tuple(given["other_numbers"]), "part": Part(given["part"])}
    return ReadOrder(**given)


def frozen_item(item: ReadItem | None) -> str | None:
    """Return a product as text, None for none."""
    if item is None:
        return None
    return json.dumps([getattr(item, name) for name in ITEM_FIELDS], default=str, ensure_ascii=False)


def thawed_item(text: str | None) -> ReadItem | None:
    """Return a product that was frozen."""
    if text is None:
        return None
    given: dict[str, Any] = dict(zip(ITEM_FIELDS, json.loads(text), strict=True))
    return ReadItem(**given | {"amount": None if given["amount"] is None else Decimal(given["amount"])})
