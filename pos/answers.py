"""How things look in answers: ids are texts, times ISO 8601 with offset, amounts decimal texts, points whole numbers."""

from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from customers.models import Customer
from loyalty.coupon import status_of
from loyalty.models import Purchase, RedeemedReward, Reward
from loyalty.points import Summary
from loyalty.rules import Judged
from loyalty.statement import StatementLine
from offers.benefits import benefit_of
from offers.models import Offer, OfferResponse
from offers.services.using import is_reserved
from offers.usage import status_of as status_at_instant
from offers.usage import usage_of

Plain = dict[str, Any]


def member(customer: Customer) -> Plain:
    """A member's details."""
    return {
        "id": str(customer.id),
        "email": customer.email,
        "phone": customer.phone,
        "card_number": customer.card_number,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "birthday": customer.birthday,
        "address": customer.address,
        "enrolled_at": moment(customer.created_at),
    }


def points(found: Summary) -> Plain:
    """What a member has: spendable now, spendable later, and what of it ends when."""
    expiring = [{"points": one.points, "expires_at": moment(one.expires_at)} for one in found.expiring]
    return {"active": found.active, "pending": found.pending, "expiring": expiring}


def line(found: StatementLine) -> Plain:
    """One line of a member's statement."""
    return {
        "id": str(found.id),
        "event": found.event,
        "points": found.points,
        "points_after": found.points_after,
        "occurred_at": moment(found.occurred_at),
        "note": found.note,
        "source": {"type": found.source_type, "id": str(found.source_id)},
        "lots": [
            {"id": str(lot.grant_id), "points": lot.points, "expires_at": moment(lot.expires_at)} for lot in found.lots
        ],
    }


def purchase(found: Purchase, issued: list[Plain]) -> Plain:
    """A purchase with what it earned."""
    return {"reference": found.reference, "points_earned": found.points_earned, "issued_responses": issued}


def reward(found: Reward, judged: Judged | None) -> Plain:
    """A reward, and whether one member can redeem it now."""
    refusal = judged.refusal if judged else None
    return {
        "id": str(found.id),
        "name": found.name,
        "type": found.reward_type,
        "description": found.description,
        "cost_in_points": found.cost_in_points,
        "percent": amount(found.percent),
        "amount": amount(found.amount),
        "tax_value": amount(found.tax_value),
        "currency": found.currency,
        "redeemable": judged.is_redeemable if judged else None,
        "missing_points": judged.missing_points if judged else None,
        "reason": refusal.code if refusal else None,
    }


def redeemed_reward(found: RedeemedReward, *, at: datetime) -> Plain:
    """A redeemed reward with its four dimensions as they are at this instant."""
    return {
        "id": str(found.id),
        "reward": {"id": str(found.reward_id), "name": found.reward_name, "type": found.reward_type},
        "member_id": str(found.customer_id),
        "code": found.code_value or None,
        "cost_in_points": found.cost_in_points,
        "tax_value": amount(found.tax_value),
        "currency": found.currency,
        "active_points_after": found.active_points_after,
        "redeemed_at": moment(found.redeemed_at),
        "used_at": moment(found.used_at),
        "used": found.used_at is not None,
        "coupon_status": str(status_of(found, at=at)),
        "delivery_status": found.delivery_status or None,
        "cashback_status": found.cashback_text or None,
    }


def amount(value: Decimal | None) -> str | None:
    """Return money or a share as a decimal text."""
    return None if value is None else format(value, "f")


def moment(at: datetime | None) -> str | None:
    """Return an instant in UTC with its offset."""
    return None if at is None else at.isoformat()


def offer(found: Offer) -> Plain:
    """An offer, as it stands in its responses."""
    return {
        "id": str(found.id),
        "name": found.name,
        "type": found.offer_type,
        "benefit": benefit_of(found),
        "terms": found.terms,
    }


def response(found: OfferResponse, *, at: datetime, zone: tzinfo, token: str = "") -> Plain:
    """A response as it is at this instant; `token` is told to the till that has just reserved it, and never again."""
    until = found.reserved_until if is_reserved(response=found, at=at) else None
    reservation = None if until is None else {"expires_at": moment(until)} | ({"token": token} if token else {})
    period = {"from": moment(found.usage_from), "to": moment(found.usage_to)}
    return {
        "id": str(found.id),
        "offer": offer(found.offer),
        "member_id": str(found.customer_id),
        "status": str(status_at_instant(found, at=at)),
        "certificate_code": found.code_value or None,
        "usage_period": period | {"state": str(usage_of(found, at=at, zone=zone))},
        "issued_at": moment(found.issued_at),
        "expires_at": moment(found.expires_at),
        "completed_at": moment(found.completed_at),
        "source": found.source,
        "reservation": reservation,
    }
