"""Synthetic orders, and the order numbers that claims name."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from claims_center.matching import comparable, last_group
from claims_center.models import Listing, Order, OrderItem, OrderStatus
from customers.models import Customer
from tenancy.ids import new_id

# Multipliers without a common divisor with ten: the numbers look thrown, and none comes twice.
SPREAD = {
    "amazon": (48_271_000_007, 10**14),
    "ebay": (4_827_107, 10**10),
    "walmart": (48_271_000_007, 10**14),
    "etsy": (482_707, 10**9),
}


def number_of(marketplace: str, serial: int) -> str:
    """Return the order number with this serial, in the marketplace's own form."""
    factor, modulus = SPREAD[marketplace]
    digits = str(serial * factor % modulus).zfill(len(str(modulus)) - 1)
    if marketplace == "amazon":
        return f"112-{digits[:7]}-{digits[7:]}"
    if marketplace == "ebay":
        return f"14-{digits[:5]}-{digits[5:]}"
    return ("2" if marketplace == "walmart" else "3") + digits


@dataclass(slots=True)
class Sold:
    """An order that was claimed with: its row, its product, and how many have claimed with it so far."""

    order: Order
    item: OrderItem
    turns: int = 0


@dataclass(slots=True)
class OrderBook:
    """Makes orders; `serial` counts the numbers given out, `batch` and `now` say which import they came with."""

    now: datetime
    serial: int = 0
    batch: uuid.UUID = field(default_factory=new_id)

    def number(self, marketplace: str) -> str:
        """Return a number that no order has."""
        self.serial += 1
        return number_of(marketplace, self.serial)

    def sell(self, person: Customer, listing: Listing, at: datetime, *, buyer: str = "") -> Sold:
        """Return a new order of this listing by this person, or by another `buyer`, with its item."""
        number = self.number(listing.marketplace)
        amount = Decimal(10 + self.serial % 80) + Decimal("0.95")
        order: Order = Order.made_with(
            id=new_id(),
            marketplace=listing.marketplace,
            number=number,
            number_norm=comparable(number),
            last_group=last_group(number),
            ordered_at=at,
            status=OrderStatus.SHIPPED if at < self.now - timedelta(days=2) else OrderStatus.OPEN,
            status_text="Shipped",
            buyer_name=f"{person.first_name} {person.last_name}" if not buyer else "",
            buyer_email=buyer or person.email,
            postal_code=person.postal_code,
            country=person.country,
            amount=amount,
            currency="USD",
            item_count=1,
            digest=f"{self.serial:064}",
            batch=self.batch,
            imported_at=min(at + timedelta(days=1), self.now),
            changed_at=min(at + timedelta(days=1), self.now),
        )
        item: OrderItem = OrderItem.made_with(
            id=new_id(),
            order_id=order.id,
            sku=listing.product.sku,
            listing_id=listing.listing_id,
            title=listing.product.title,
            amount=amount,
        )
        return Sold(order, item)
