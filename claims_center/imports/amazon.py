"""Amazon's "All Orders" report: tab-separated, no quoting, one row for each product of an order."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from django.utils.translation import ngettext

from claims_center.imports.formats import Format, Pair
from claims_center.imports.rows import ReadItem, ReadOrder
from claims_center.imports.statuses import status_of
from claims_center.marketplaces import Marketplace
from claims_center.models import OrderStatus
from tenancy.imports.values import amount, code, count, moment, order_number, within

NUMBER = r"[0-9A-Z]{3}-[0-9]{7}-[0-9]{7}"
# Orders of other shops that Amazon only ships: nobody bought them on Amazon.
ELSEWHERE = "non-amazon"
USED = [
    "amazon-order-id",
    "merchant-order-id",
    "purchase-date",
    "last-updated-date",
    "order-status",
    "sales-channel",
    "product-name",
    "sku",
    "asin",
    "item-status",
    "quantity",
    "currency",
    "item-price",
    "ship-postal-code",
    "ship-country",
]


def read(row: Mapping[str, str], *, line: int, now: datetime, zone: tzinfo) -> Pair | None:
    """Return one row's order and product; None for a row that is no order of Amazon. Raises BadValue."""
    if row.get("sales-channel", "").lower().startswith(ELSEWHERE):
        return None
    updated = row.get("last-updated-date", "")
    order = ReadOrder(
        marketplace=Marketplace.AMAZON,
        number=order_number(row["amazon-order-id"], NUMBER, "Amazon"),
        other_numbers=(within(row.get("merchant-order-id", ""), "merchant-order-id", 60),),
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


def left_out(number: int) -> str:
    """Say how many rows were left out, and why."""
    text = ngettext(
        "%(count)s row is left out: it was not sold on Amazon.",
        "%(count)s rows are left out: they were not sold on Amazon.",
        number,
    )
    return text % {"count": number}


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


FORMAT = Format(
    name="Amazon: All Orders",
    columns=dict.fromkeys(USED, ()),
    needed=frozenset({"amazon-order-id", "purchase-date", "order-status", "asin"}),
    read=read,
    quoted=False,
    left_out=left_out,
)
