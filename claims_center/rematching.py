"""Which claims an import of orders may concern, in bounded portions."""

import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Q

from claims_center.models import Claim, Order, OrderAlias
from claims_center.states import Verification

ORDERS = 1000
CLAIMS = 200

Payload = dict[str, Any]


class Portion(NamedTuple):
    """Claims to check, and the payload of the job for the next portion, None after the last."""

    claim_ids: list[uuid.UUID]
    following: Payload | None


def portion(payload: Payload) -> Portion:
    """Return the claims of one job.

    `claims`: these. `batch`: those that orders last changed by this import may concern, so many orders at a time.
    `unchecked`: those of a marketplace that no orders were known of before.
    """
    if "claims" in payload:
        return Portion([uuid.UUID(one) for one in payload["claims"]], None)
    if "unchecked" in payload:
        return _unchecked(payload)
    return _of_batch(payload)


def touched_by(orders: Iterable[Order]) -> list[uuid.UUID]:
    """Return the claims whose number these orders answer to, or which were matched to one of them."""
    orders = list(orders)
    keys = {key for order in orders for key in (order.number_norm, order.other_norm, order.last_group)} - {""}
    aliases = OrderAlias.objects.filter(order_id__in=[order.id for order in orders])
    keys |= set(aliases.values_list("number_norm", flat=True))
    rows = Claim.objects.filter(Q(order_number_norm__in=keys) | Q(matched_order_id__in=[order.id for order in orders]))
    return list(rows.order_by("id").values_list("id", flat=True))


def _of_batch(payload: Payload) -> Portion:
    rows = Order.objects.filter(batch=payload["batch"]).order_by("id")
    if payload.get("after"):
        rows = rows.filter(id__gt=payload["after"])
    orders = list(rows.only("id", "merchant", "number_norm", "other_norm", "last_group")[:ORDERS])
    more = len(orders) == ORDERS
    return Portion(touched_by(orders), payload | {"after": str(orders[-1].id)} if more else None)


def _unchecked(payload: Payload) -> Portion:
    rows = Claim.objects.filter(marketplace=payload["unchecked"], verification=Verification.NOT_CHECKED)
    rows = rows.exclude(order_number_norm="").order_by("id")
    if payload.get("after"):
        rows = rows.filter(id__gt=payload["after"])
    ids = list(rows.values_list("id", flat=True)[:CLAIMS])
    return Portion(ids, payload | {"after": str(ids[-1])} if len(ids) == CLAIMS else None)
