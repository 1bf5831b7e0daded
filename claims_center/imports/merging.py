"""Bringing the two halves of an order together where a marketplace gives it out in two files.

Both files may come first, either may come again, and an older copy of one never takes back what the other has told:
so the halves are merged into a whole before it is compared with what is stored.
"""

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal

from claims_center.imports.rows import RANK, TEXTS, Part, ReadItem, ReadOrder
from claims_center.models import Order, OrderStatus


def completed(
    orders: Sequence[ReadOrder], stored: Mapping[tuple[str, str], uuid.UUID]
) -> dict[tuple[str, str], ReadOrder]:
    """Return every order as it will stand, by its key: halves completed by what is stored of them, two queries."""
    found = {order.key: order for order in orders}
    halves = [stored[order.key] for order in orders if order.part != Part.WHOLE and order.key in stored]
    if halves:
        for row in Order.objects.filter(id__in=halves).prefetch_related("items"):
            key = (row.marketplace, row.number_norm)
            found[key] = _whole(found[key], row)
    return found


def _whole(half: ReadOrder, row: Order) -> ReadOrder:
    """Return a half completed by the stored order: what the half is there for comes from it, the rest from the row."""
    known = {name: getattr(row, name) for name in TEXTS}
    given = {name: getattr(half, name) for name in TEXTS}
    first, second = (given, known) if half.part == Part.ORDER else (known, given)
    whole = ReadOrder(
        marketplace=row.marketplace,
        number=row.number if half.part == Part.ITEMS else half.number,
        ordered_at=half.ordered_at if half.part == Part.ORDER else row.ordered_at,
        status=_status(half.status, row.status),
        line=half.line,
        total=_total(half, row),
        **{name: first[name] or second[name] for name in TEXTS},
    )
    items = half.items.values() if half.part == Part.ITEMS else _items(row)
    for item in items:
        whole.add(item)
    return whole


def _total(half: ReadOrder, row: Order) -> Decimal | None:
    """Return the order's amount: what "Orders" said, now or before; until it has spoken, the sum of the items."""
    if half.part == Part.ORDER:
        return row.amount if half.total is None else half.total
    known: Decimal | None = row.amount
    was_summed = known is None or known == sum(item.amount or 0 for item in row.items.all())
    return None if was_summed else known


def _status(one: str, other: str) -> str:
    """Return the status that says more; a cancelled order stays cancelled."""
    if OrderStatus.CANCELLED in (one, other):
        return OrderStatus.CANCELLED
    return max(one, other, key=lambda status: RANK[OrderStatus(status)])


def _items(row: Order) -> list[ReadItem]:
    return [
        ReadItem(item.sku, item.listing_id, item.title, item.quantity, item.amount, item.is_cancelled)
        for item in row.items.all()
    ]
