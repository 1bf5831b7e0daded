"""Etsy's two files, "Orders" and "Order Items": each knows one half of an order, and they come in either order.

"Orders" knows the buyer and the total; the listings stand in "Order Items" alone. So of an order that only the first
file has named, the number can be compared and the product cannot.
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from django.utils.translation import gettext as _

from claims_center.imports.formats import Format, Pair
from claims_center.imports.rows import Part, ReadItem, ReadOrder
from claims_center.imports.statuses import status_of
from claims_center.marketplaces import Marketplace
from claims_center.models import OrderStatus
from tenancy.imports.values import amount, code, count, country, day, order_number, within

NUMBER = r"\d{8,10}"
USED = [
    "Sale Date",
    "Order ID",
    "Currency",
    "Date Shipped",
    "Ship Name",
    "Ship Zipcode",
    "Ship Country",
    "Full Name",
    "Order Value",
    "Order Total",
    "Status",
    "Item Name",
    "Quantity",
    "Price",
    "Item Total",
    "Transaction ID",
    "Listing ID",
    "SKU",
]
COLUMNS = {name.lower(): (name,) for name in USED}


def read_order(row: Mapping[str, str], *, line: int, now: datetime, zone: tzinfo) -> Pair | None:
    """Return one row of "Orders": an order without its products. Raises BadValue."""
    order = _order(row, Part.ORDER, line=line, now=now, zone=zone)
    total = row.get("order total", "") or row.get("order value", "")
    order.total = amount(total.replace(",", ""), "Order Total")
    return order, None


def read_item(row: Mapping[str, str], *, line: int, now: datetime, zone: tzinfo) -> Pair | None:
    """Return one row of "Order Items": a product, and what little is said of its order. Raises BadValue."""
    pieces = count(row.get("quantity", ""), "Quantity", default=1)
    total = amount(row.get("item total", "").replace(",", ""), "Item Total")
    if total is None:
        price = amount(row.get("price", "").replace(",", ""), "Price")
        total = None if price is None else price * pieces
    item = ReadItem(
        sku=within(row.get("sku", ""), "SKU", 80),
        listing_id=order_number(row["listing id"], r"\d{6,14}", "Etsy"),
        title=row.get("item name", "")[:500],
        quantity=pieces,
        amount=total,
        is_cancelled=False,
    )
    return _order(row, Part.ITEMS, line=line, now=now, zone=zone), item


def incomplete() -> list[str]:
    """Say what "Orders" alone cannot tell."""
    return [_("This file names no listings: import Etsy's “Order Items” as well, so that products can be compared.")]


def _order(row: Mapping[str, str], part: Part, *, line: int, now: datetime, zone: tzinfo) -> ReadOrder:
    status = row.get("status", "")
    return ReadOrder(
        marketplace=Marketplace.ETSY,
        number=order_number(row["order id"], NUMBER, "Etsy"),
        ordered_at=day(row["sale date"], "Sale Date", now=now, zone=zone, slashes=True),
        status=_status(status, row.get("date shipped", "")),
        status_text=status[:60],
        buyer_name=within(row.get("full name", "") or row.get("ship name", ""), "Full Name", 200),
        postal_code=row.get("ship zipcode", "")[:20],
        country=country(row.get("ship country", "")),
        currency=code(row.get("currency", ""), "Currency", "[A-Z]{3}"),
        part=part,
        line=line,
    )


def _status(text: str, shipped: str) -> OrderStatus:
    said = status_of(text) if text else OrderStatus.UNKNOWN
    if said in (OrderStatus.CANCELLED, OrderStatus.DELIVERED):
        return said
    return OrderStatus.SHIPPED if shipped else OrderStatus.OPEN if said == OrderStatus.UNKNOWN else said


FORMATS = (
    Format(
        name="Etsy: Orders",
        columns=COLUMNS,
        needed=frozenset({"sale date", "order id"}),
        without=frozenset({"listing id", "transaction id", "item name"}),
        read=read_order,
        notes=incomplete,
    ),
    Format(
        name="Etsy: Order Items",
        columns=COLUMNS,
        needed=frozenset({"sale date", "order id", "listing id"}),
        read=read_item,
    ),
)
