"""Writing read orders, a portion at a time, by a handful of set-based statements."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from claims_center.imports.rows import ReadOrder
from claims_center.models import Order, OrderItem
from jobs.services import enqueue
from tenancy.ids import new_id

CHANGEABLE = (
    "number",
    "last_group",
    "other_norm",
    "ordered_at",
    "status",
    "status_text",
    "channel",
    "buyer_name",
    "buyer_email",
    "postal_code",
    "country",
    "currency",
    "amount",
    "item_count",
    "reported_at",
    "digest",
    "batch",
    "imported_at",
    "changed_at",
)


class Known(NamedTuple):
    """What is stored of an order."""

    id: uuid.UUID
    digest: str
    reported_at: datetime | None
    status: str

    def differs(self, order: ReadOrder) -> bool:
        """Say whether importing this order would change what is stored; an older report never does."""
        if order.reported_at and self.reported_at and order.reported_at < self.reported_at:
            return False
        return order.digest() != self.digest


def known_orders(orders: Sequence[ReadOrder], *, lock: bool = False) -> dict[tuple[str, str], Known]:
    """Return what is stored of these orders, by marketplace and number."""
    rows = Order.objects.filter(number_norm__in={order.key[1] for order in orders}).order_by("id")
    if lock:
        rows = rows.select_for_update(no_key=True)
    columns = ("marketplace", "number_norm", "id", "digest", "reported_at", "status")
    return {(row[0], row[1]): Known(*row[2:]) for row in rows.values_list(*columns)}


def store(orders: Sequence[ReadOrder], *, now: datetime) -> tuple[int, int]:
    """Write one portion and return how many orders were added and changed.

    1. Inserts those that are not stored, stepping around what another import has just inserted.
    2. Locks all of them, compares, updates those that differ.
    3. Writes the products of both anew.
    4. Puts down the job that checks claims against them.
    """
    batch = new_id()
    before = known_orders(orders)
    fresh = {order.key: _row(order, batch, now=now) for order in orders if order.key not in before}
    first_of = _first_of({marketplace for marketplace, _number in fresh})
    Order.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    stored = known_orders(orders, lock=True)
    added = [order for order in orders if order.key in fresh and stored[order.key].id == fresh[order.key].id]
    others = {order.key for order in orders} - {order.key for order in added}
    changed = [order for order in orders if order.key in others and stored[order.key].differs(order)]
    _update(changed, stored, batch, now=now)
    _write_items(added, changed, stored)
    if added or changed:
        enqueue(kind="claims.rematch", payload={"batch": str(batch)}, dedupe_key=str(batch), now=now)
    for marketplace in first_of:
        enqueue(kind="claims.rematch", payload={"unchecked": marketplace}, now=now)
    return len(added), len(changed)


def _row(order: ReadOrder, batch: uuid.UUID, *, now: datetime, order_id: uuid.UUID | None = None) -> Order:
    return Order.made_with(
        id=order_id or new_id(),
        **order.columns(),
        digest=order.digest(),
        batch=batch,
        imported_at=now,
        changed_at=now,
    )


def _first_of(marketplaces: set[str]) -> list[str]:
    """Return the marketplaces of which no order was known so far: their claims could not be checked."""
    return [one for one in sorted(marketplaces) if not Order.objects.filter(marketplace=one).exists()]


def _update(
    changed: Sequence[ReadOrder], stored: dict[tuple[str, str], Known], batch: uuid.UUID, *, now: datetime
) -> None:
    if changed:
        rows = [_row(order, batch, now=now, order_id=stored[order.key].id) for order in changed]
        Order.objects.bulk_update(rows, [name for name in CHANGEABLE if name != "imported_at"])


def _write_items(
    added: Sequence[ReadOrder], changed: Sequence[ReadOrder], stored: dict[tuple[str, str], Known]
) -> None:
    if changed:
        OrderItem.objects.filter(order_id__in=[stored[order.key].id for order in changed]).delete()
    rows = [
        OrderItem.made_with(
            order_id=stored[order.key].id,
            sku=item.sku,
            listing_id=item.listing_id,
            title=item.title,
            quantity=item.quantity,
            amount=item.amount,
            is_cancelled=item.is_cancelled,
        )
        for order in (*added, *changed)
        for item in order.items.values()
    ]
    OrderItem.objects.bulk_create(rows)
