"""Walmart's orders from the Seller Center, as a workbook or as CSV: one row for each line of an order.

Customers know the order by its `Order#`, sellers often by its `PO#`; several POs may belong to one order.
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from decimal import Decimal

from claims_center.imports.formats import Format, Pair
from claims_center.imports.rows import ReadItem, ReadOrder
from claims_center.imports.statuses import status_of
from claims_center.marketplaces import Marketplace
from claims_center.models import OrderStatus
from tenancy.imports.values import count, day, money, order_number, within

NUMBER = r"\d{9,20}"
COLUMNS = {
    "po#": ("PO#", "po", "po number", "purchase order#", "purchase order number"),
    "order#": ("Order#", "order", "order number", "customer order#", "customer order number"),
    "order date": ("Order Date",),
    "sku": ("SKU", "seller sku"),
    "status": ("Status", "order status", "line status"),
    "item description": ("Item Description", "product name", "item name"),
    "qty": ("Qty", "quantity"),
    "item cost": ("Item Cost", "unit price"),
    "customer name": ("Customer Name",),
    "zip": ("Zip", "postal code", "ship to zip", "zip code"),
}


def read(row: Mapping[str, str], *, line: int, now: datetime, zone: tzinfo) -> Pair | None:
    """Return one row's order and product. Raises BadValue."""
    cost, currency = money(row.get("item cost", ""), "Item Cost")
    status = row.get("status", "")
    order = ReadOrder(
        marketplace=Marketplace.WALMART,
        number=order_number(row["order#"], NUMBER, "Walmart"),
        other_numbers=(order_number(row["po#"], NUMBER, "Walmart"),),
        ordered_at=day(row["order date"], "Order Date", now=now, zone=zone, slashes=True),
        status=status_of(status),
        status_text=status[:60],
        buyer_name=within(row.get("customer name", ""), "Customer Name", 200),
        postal_code=row.get("zip", "")[:20],
        currency=currency or ("" if cost is None else "USD"),
        line=line,
    )
    return order, _item(row, cost, is_cancelled=order.status == OrderStatus.CANCELLED)


def _item(row: Mapping[str, str], cost: Decimal | None, *, is_cancelled: bool) -> ReadItem:
    pieces = count(row.get("qty", ""), "Qty", default=1)
    return ReadItem(
        sku=within(row["sku"], "SKU", 80),
        listing_id="",
        title=row.get("item description", "")[:500],
        quantity=pieces,
        amount=None if cost is None else cost * pieces,
        is_cancelled=is_cancelled,
    )


FORMAT = Format(
    name="Walmart: Orders",
    columns=COLUMNS,
    needed=frozenset({"po#", "order#", "order date", "sku"}),
    read=read,
)
