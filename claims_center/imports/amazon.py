"""Amazon's "All Orders" report: tab-separated, no quoting, one row for each product of an order."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from claims_center.imports.rows import ReadItem, ReadOrder
from claims_center.imports.values import BadValue, amount, code, count, moment, within
from claims_center.marketplaces import Marketplace
from claims_center.models import OrderStatus

NAME = "Amazon: All Orders"
NEEDED = frozenset({"amazon-order-id", "purchase-date", "order-status", "asin"})
NUMBER = re.compile(r"^[0-9A-Z]{3}-[0-9]{7}-[0-9]{7}$")
# Orders of other shops that Amazon only ships: nobody bought them on Amazon.
ELSEWHERE = "non-amazon"


def read(row: Mapping[str, str], *, line: int, now: datetime) -> tuple[ReadOrder, ReadItem | None] | None:
    """Return one row's order and product; None for a row that is no order of Amazon. Raises BadValue."""
    if row.get("sales-channel", "").lower().startswith(ELSEWHERE):
        return None
    number = row["amazon-order-id"]
    if not NUMBER.match(number):
        raise BadValue(_("“%(text)s” is no Amazon order id.") % {"text": number[:40]})
    updated = row.get("last-updated-date", "")
    order = ReadOrder(
        marketplace=Marketplace.AMAZON,
        number=number,
        other_number=within(row.get("merchant-order-id", ""), "merchant-order-id", 60),
        ordered_at=moment(row["purchase-date"], "purchase-date", now=now),
        reported_at=moment(updated, "last-updated-date", now=now) if updated else None,
        status=status_of(row["order-status"]),
        status_text=row["order-status"][:60],
        channel=row.get("sales-channel", "")[:60],
        postal_code=row.get("ship-postal-code", "")[:20],
        country=code(row.get("ship-country", ""), "ship-country", "[A-Z]{2}"),
        currency=code(row.get("currency", ""), "currency", "[A-Z]{3}"),
        line=line,
    )
    return order, _item(row, order)


def status_of(text: str) -> OrderStatus:
    """Return what a status of the report means; its own words are kept beside it."""
    plain = text.strip().lower()
    if plain in {"cancelled", "canceled"}:
        return OrderStatus.CANCELLED
    if plain.startswith("shipped - delivered"):
        return OrderStatus.DELIVERED
    if plain.startswith("shipped") or plain in {"shipping", "complete", "completed"}:
        return OrderStatus.SHIPPED
    if plain.startswith("pending"):
        return OrderStatus.PENDING
    if plain in {"unshipped", "partially shipped", "partiallyshipped"}:
        return OrderStatus.OPEN
    return OrderStatus.UNKNOWN


def _item(row: Mapping[str, str], order: ReadOrder) -> ReadItem:
    status = row.get("item-status", "") or row["order-status"]
    return ReadItem(
        sku=within(row.get("sku", ""), "sku", 80),
        listing_id=within(row["asin"].upper(), "asin", 40),
        title=row.get("product-name", "")[:500],
        quantity=count(row.get("quantity", ""), "quantity", default=1),
        amount=amount(row.get("item-price", ""), "item-price"),
        is_cancelled=OrderStatus.CANCELLED in (status_of(status), order.status),
    )
