"""Everything that is kept about a customer, as one file for the customer."""

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from claims_center.models import Claim
from cockpit.client.sessions import open_sessions
from cockpit.models import ErasureRequest
from customers.models import Customer
from loyalty.models import PointAdjustment, Purchase, PurchaseReturn, RedeemedReward
from loyalty.points import summary
from loyalty.statement import statement
from messaging.models import Message
from offers.models import OfferResponse

PROFILE = ("email", "phone", "card_number", "first_name", "last_name", "birthday", *Customer.ADDRESS, "created_at")
CLAIM = (
    *("id", "submitted_at", "product_title", "marketplace", "order_number", "rating", "feedback", "ship_to"),
    *("status", "status_reason", "promotion_name", "gift_code", "gift_item", "carrier", "tracking_number"),
    "did_redirect_at",
)
REWARD = (
    *("id", "redeemed_at", "reward_name", "reward_type", "cost_in_points", "tax_value", "amount", "currency"),
    *("code_value", "active_from", "expires_at", "used_at", "canceled_at", "delivery_status", "ship_to"),
    *("carrier", "tracking_number", "cashback_text"),
)
OFFER = (
    *("id", "issued_at", "offer_name", "offer_type", "source", "code_value", "status", "usage_from", "usage_to"),
    *("expires_at", "clipped_at", "completed_at", "reference", "amount", "ship_to", "carrier", "tracking_number"),
)
PURCHASE = ("reference", "occurred_at", "amount", "currency", "points_earned", "returned_amount", "points_returned")
RETURN = ("purchase__reference", "reference", "recorded_at", "amount", "points_returned")
ADJUSTMENT = ("asked_at", "points", "reason", "state", "expires_at")
WISH = ("requested_at", "note", "state", "answer", "decided_at")
MESSAGE = ("queued_at", "kind", "to_address", "subject", "status", "sent_at", "delivered_at", "opened_at")
PAGE = 500


def file_for(*, customer: Customer, now: datetime) -> bytes:
    """Return everything about a customer as JSON, indented so that people can read it; times are UTC."""
    found: dict[str, Any] = {"written_at": now, "profile": {name: getattr(customer, name) for name in PROFILE}}
    found |= {name: part(customer, now) for name, part in PARTS.items()}
    return json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode()


def _rows(rows: Any, fields: tuple[str, ...], order: str) -> list[dict[str, Any]]:
    return list(rows.order_by(order, "id").values(*fields))


def _points(customer: Customer, now: datetime) -> dict[str, Any]:
    held = summary(customer_id=customer.id, at=now)
    ending = [{"points": one.points, "expires_at": one.expires_at} for one in held.expiring]
    return {"active": held.active, "pending": held.pending, "expiring": ending}


def _statement(customer: Customer, now: datetime) -> list[dict[str, Any]]:
    return list(_lines(customer.id, now))


def _lines(customer_id: uuid.UUID, now: datetime) -> Iterator[dict[str, Any]]:
    cursor = None
    while found := statement(customer_id=customer_id, before=cursor, limit=PAGE, at=now):
        for line in found:
            lots = [
                {"points": lot.points, "earned_at": lot.earned_at, "expires_at": lot.expires_at} for lot in line.lots
            ]
            yield {
                "occurred_at": line.occurred_at,
                "event": line.event,
                "points": line.points,
                "points_after": line.points_after,
                "lots": lots,
            }
        cursor = found[-1].cursor


def _sessions(customer: Customer, now: datetime) -> list[dict[str, Any]]:
    found = open_sessions(customer_id=customer.id, now=now)
    return [{"device": one.device, "began_at": one.began_at, "seen_at": one.seen_at} for one in found]


PARTS: dict[str, Callable[[Customer, datetime], Any]] = {
    "points": _points,
    "statement": _statement,
    "purchases": lambda who, _now: _rows(Purchase.objects.filter(customer=who), PURCHASE, "occurred_at"),
    "returns": lambda who, _now: _rows(PurchaseReturn.objects.filter(purchase__customer=who), RETURN, "recorded_at"),
    "adjustments": lambda who, _now: _rows(PointAdjustment.objects.filter(customer=who), ADJUSTMENT, "asked_at"),
    "rewards": lambda who, _now: _rows(RedeemedReward.objects.filter(customer=who), REWARD, "redeemed_at"),
    "offers": lambda who, _now: _rows(OfferResponse.objects.filter(customer=who), OFFER, "issued_at"),
    "claims": lambda who, _now: _rows(Claim.objects.filter(customer=who), CLAIM, "submitted_at"),
    "messages": lambda who, _now: _rows(Message.objects.filter(customer=who), MESSAGE, "queued_at"),
    "erasure_requests": lambda who, _now: _rows(ErasureRequest.objects.filter(customer=who), WISH, "requested_at"),
    "signed_in": _sessions,
}
