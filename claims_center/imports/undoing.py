"""Taking imported orders back: those that no claim names, and that nothing has changed since."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils.translation import gettext as _

from claims_center.models import Claim, Order, OrderAlias
from tenancy.actors import Actor
from tenancy.imports.contract import Became, Line
from tenancy.scope import current_merchant_id

# Products, further numbers and changes go with their order.
REMOVE = "DELETE FROM claims_center_order WHERE merchant_id = %s AND id = ANY (%s::uuid[])"


def refusals(lines: Sequence[Line], *, now: datetime) -> dict[uuid.UUID, str]:
    """Return the orders that stay, and why."""
    return _judged(lines, _rows(lines))


def take_back(lines: Sequence[Line], *, actor: Actor, now: datetime, reason: str) -> dict[uuid.UUID, str]:
    """Remove the orders that no claim names; return the others, and why they stay.

    Locks them by id: a claim that is matched to one of them at this moment is seen, or finds no such order.
    """
    rows = _rows(lines, lock=True)
    stay = _judged(lines, rows)
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [current_merchant_id(), [row_id for row_id in rows if row_id not in stay]])
    return stay


def _rows(lines: Sequence[Line], *, lock: bool = False) -> dict[uuid.UUID, Order]:
    rows: Any = Order.objects.filter(id__in=[line.document for line in lines]).order_by("id")
    rows = rows.only("merchant", "number_norm", "other_norm", "last_group", "batch", "first_batch", "marketplace")
    return {row.id: row for row in (rows.select_for_update() if lock else rows)}


def _judged(lines: Sequence[Line], rows: dict[uuid.UUID, Order]) -> dict[uuid.UUID, str]:
    claimed = _claimed(rows.values())
    found: dict[uuid.UUID, str] = {}
    for line in lines:
        row = rows.get(line.document)
        if line.became != Became.ADDED:
            found[line.document] = _("The order was known before this file, and what the file replaced is not kept.")
        elif row is None:
            found[line.document] = _("It is no longer there.")
        elif line.document in claimed:
            found[line.document] = _("A claim names this order.")
        elif row.batch != row.first_batch:
            found[line.document] = _("A later file has changed this order.")
    return found


def _claimed(orders: Iterable[Order]) -> set[uuid.UUID]:
    """Return the orders that a claim was matched to, or whose number one names; three queries."""
    orders = list(orders)
    ids = [order.id for order in orders]
    numbers: dict[tuple[str, str], set[uuid.UUID]] = {}
    for order in orders:
        for number in {order.number_norm, order.other_norm, order.last_group} - {""}:
            numbers.setdefault((order.marketplace, number), set()).add(order.id)
    aliases = OrderAlias.objects.filter(order_id__in=ids).annotate(marketplace=F("order__marketplace"))
    for marketplace, number, order_id in aliases.values_list("marketplace", "number_norm", "order_id"):
        numbers.setdefault((marketplace, number), set()).add(order_id)
    named = Claim.objects.filter(
        Q(order_number_norm__in={number for _marketplace, number in numbers}) | Q(matched_order_id__in=ids)
    )
    found: set[uuid.UUID] = set()
    for marketplace, number, matched in named.values_list("marketplace", "order_number_norm", "matched_order_id"):
        found |= numbers.get((marketplace, number), set()) | ({matched} if matched else set())
    return found
