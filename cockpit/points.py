"""A customer's points: what can be used, lot by lot, and every movement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from cockpit.timeline import Label, held_change, label_of
from customers.models import Customer
from ledger.models import Entry, Grant, Movement
from ledger.selectors import grants_of
from ledger.units import Unit

MOST = 100


@dataclass(frozen=True, slots=True)
class Move:
    """One entry that changed what the customer holds."""

    label: Label
    at: datetime
    change: int
    held_after: int
    note: str


def lots(customer: Customer, *, unit: Unit) -> list[Grant]:
    """Return the customer's lots in which something is left, the one that ends first, first."""
    found = grants_of(customer_id=customer.id, unit=unit).filter(is_open=True)
    return list(found.order_by(F("expires_at").asc(nulls_last=True), "usable_from", "id")[:MOST])


def moves(customer: Customer, *, unit: Unit) -> list[Move]:
    """Return what changed the customer's holding of a unit, the latest first."""
    rows: Any = Movement.objects.filter(entry__customer_id=customer.id, unit=unit)
    rows = rows.select_related("entry", "source", "target").order_by("-entry__occurred_at", "-entry_id", "position")
    by_entry: dict[Any, list[Movement]] = {}
    for movement in rows[:MOST]:
        by_entry.setdefault(movement.entry_id, []).append(movement)
    return [_move(found, unit) for found in by_entry.values()]


def _move(movements: list[Movement], unit: Unit) -> Move:
    entry: Entry = movements[0].entry
    change = held_change(movements).get(unit, 0)
    return Move(label_of(entry.event), entry.occurred_at, change, movements[-1].held_after, entry.note)
