"""Writing read orders, a portion at a time, by a handful of set-based statements."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from claims_center.imports.merging import completed
from claims_center.imports.rows import ReadOrder
from claims_center.models import Order, OrderAlias, OrderBatch, OrderChange, OrderItem
from jobs.services import enqueue
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.imports.contract import Became, Result

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
    "changed_at",
)
# What an order's page tells of a change; who bought it is not repeated there.
TOLD = ("number", "ordered_at", "status", "status_text", "currency", "amount", "item_count")
ABOUT_THE_BUYER = ("buyer_name", "buyer_email", "postal_code", "country")

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """Where orders come from: the import run and its file, or a command."""

    actor: Actor
    format_name: str = ""
    file_name: str = ""
    origin_id: uuid.UUID | None = None


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


class Stored(NamedTuple):
    """How many orders of a portion were added and changed, and what became of each, at its first line."""

    added: int
    changed: int
    results: list[Result]


def known_orders(orders: Sequence[ReadOrder], *, lock: bool = False) -> dict[Key, Known]:
    """Return what is stored of these orders, by marketplace and number."""
    rows = Order.objects.filter(number_norm__in={order.key[1] for order in orders}).order_by("id")
    if lock:
        rows = rows.select_for_update(no_key=True)
    columns = ("marketplace", "number_norm", "id", "digest", "reported_at", "status")
    return {(row[0], row[1]): Known(*row[2:]) for row in rows.values_list(*columns)}


def whole_orders(orders: Sequence[ReadOrder], stored: Mapping[Key, Known]) -> dict[Key, ReadOrder]:
    """Return the orders as they would stand after this import, halves completed by what is stored."""
    return completed(orders, {key: known.id for key, known in stored.items()})


def store(orders: Sequence[ReadOrder], *, source: Source, now: datetime) -> Stored:
    """Write one portion and return how many orders were added and changed.

    1. Inserts those that are not stored, stepping around what another import has just inserted.
    2. Locks all of them, completes halves, compares, updates those that differ, and notes what changed.
    3. Writes the products and the further numbers of both anew.
    4. Notes where they came from, and puts down the job that checks claims against them.
    """
    batch = new_id()
    before = known_orders(orders)
    fresh = {order.key: _row(order, batch, now=now) for order in orders if order.key not in before}
    first_of = _first_of({marketplace for marketplace, _number in fresh})
    Order.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    stored = known_orders(orders, lock=True)
    added = [order for order in orders if order.key in fresh and stored[order.key].id == fresh[order.key].id]
    old = {order.key for order in orders} - {order.key for order in added}
    whole = whole_orders([order for order in orders if order.key in old], stored)
    changed = [order for order in whole.values() if stored[order.key].differs(order)]
    _update(changed, stored, batch, now=now)
    _write_items(added, changed, stored)
    _write_aliases(added, changed, stored)
    if added or changed:
        _note(source, batch, now=now)
        enqueue(kind="claims.rematch", payload={"batch": str(batch)}, dedupe_key=str(batch), now=now)
    for marketplace in first_of:
        enqueue(kind="claims.rematch", payload={"unchecked": marketplace}, now=now)
    return Stored(len(added), len(changed), _results(orders, added, changed, stored))


def _results(
    orders: Sequence[ReadOrder],
    added: Sequence[ReadOrder],
    changed: Sequence[ReadOrder],
    stored: Mapping[Key, Known],
) -> list[Result]:
    became = {order.key: Became.ADDED for order in added} | {order.key: Became.CHANGED for order in changed}
    return [Result(one.line, became.get(one.key, Became.SKIPPED), stored[one.key].id) for one in orders]


def _note(source: Source, batch: uuid.UUID, *, now: datetime) -> None:
    OrderBatch.made_with(
        id=batch,
        origin_id=source.origin_id,
        file_name=source.file_name[:200],
        format_name=source.format_name[:80],
        actor=str(source.actor),
        at=now,
    ).save(force_insert=True)


def _row(order: ReadOrder, batch: uuid.UUID, *, now: datetime, order_id: uuid.UUID | None = None) -> Order:
    return Order.made_with(
        id=order_id or new_id(),
        **order.columns(),
        digest=order.digest(),
        batch=batch,
        first_batch=batch,
        imported_at=now,
        changed_at=now,
    )


def _first_of(marketplaces: set[str]) -> list[str]:
    """Return the marketplaces of which no order was known so far: their claims could not be checked."""
    return [one for one in sorted(marketplaces) if not Order.objects.filter(marketplace=one).exists()]


def _update(changed: Sequence[ReadOrder], stored: Mapping[Key, Known], batch: uuid.UUID, *, now: datetime) -> None:
    if not changed:
        return
    ids = [stored[order.key].id for order in changed]
    before = {row["id"]: row for row in Order.objects.filter(id__in=ids).values("id", *TOLD, *ABOUT_THE_BUYER)}
    rows = [_row(order, batch, now=now, order_id=order_id) for order, order_id in zip(changed, ids, strict=True)]
    Order.objects.bulk_update(rows, CHANGEABLE)
    OrderChange.objects.bulk_create(
        OrderChange.made_with(order_id=row.id, batch=batch, at=now, changes=_changes(before[row.id], row))
        for row in rows
    )


def _changes(before: Mapping[str, Any], row: Order) -> dict[str, Any]:
    """Return what is different: the values of what an order's page tells, of the buyer only that something is."""
    told: dict[str, Any] = {
        name: [_plain(before[name]), _plain(getattr(row, name))] for name in TOLD if before[name] != getattr(row, name)
    }
    if any(before[name] != getattr(row, name) for name in ABOUT_THE_BUYER):
        told["buyer"] = []
    return told or {"items": []}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (int, str)) else str(value)


def _write_items(added: Sequence[ReadOrder], changed: Sequence[ReadOrder], stored: Mapping[Key, Known]) -> None:
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


def _write_aliases(added: Sequence[ReadOrder], changed: Sequence[ReadOrder], stored: Mapping[Key, Known]) -> None:
    """Write what an order is known by beside its two numbers; a number that was known once stays known."""
    rows = [
        OrderAlias.made_with(order_id=stored[order.key].id, number_norm=number)
        for order in (*added, *changed)
        for number in order.others()[1:]
    ]
    OrderAlias.objects.bulk_create(rows, ignore_conflicts=True)
