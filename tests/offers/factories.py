"""Offers, members and responses for tests, by the services that the product uses."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from codes.filling import generate
from codes.models import CodePool
from codes.states import PoolKind
from customers.models import Customer
from offers.models import Offer, OfferResponse
from offers.services import stock
from offers.services.closing import cancel, expire
from offers.services.issuing import issue
from offers.services.using import clip, complete, ship, start_processing
from offers.states import CodeSource, OfferType, PeriodKind, Source, Status
from tenancy.actors import Actor

SYSTEM = Actor.system()
STAFF = Actor("user", uuid.UUID(int=7))
TILL = Actor.api_key(uuid.UUID(int=8))


def member(**values: Any) -> Customer:
    """Return a customer with an address."""
    known = {
        "email": f"{uuid.uuid4().hex[:12]}@example.com",
        "first_name": "Mara",
        "last_name": "Lind",
        "street": "Long Lane",
        "house_number": "4",
        "city": "Leeds",
        "postal_code": "LS1 4AP",
        "country": "GB",
        "created_at": timezone.now(),
    }
    made: Customer = Customer.made_with(**known | values)
    made.save()
    return made


def pool(size: int, **values: Any) -> CodePool:
    """Return a pool with so many free codes."""
    known = {"name": f"Pool {uuid.uuid4().hex[:8]}", "kind": PoolKind.GENERATED, "created_at": timezone.now()}
    made: CodePool = CodePool.made_with(**known | values)
    made.save()
    if size:
        generate(pool_id=made.id, pattern="O-********", count=size, actor=SYSTEM, now=timezone.now())
    return made


def offer(**values: Any) -> Offer:
    """Return a published offer that anybody may claim as often as they like."""
    known: dict[str, Any] = {
        "name": "Ten off",
        "offer_type": OfferType.PERCENT_OFF,
        "percent": Decimal(10),
        "currency": "USD",
        "member_limit": None,
        "created_at": timezone.now(),
        "published_at": timezone.now() - timedelta(days=1),
    }
    if values.get("pool") is not None:
        known["code_source"] = CodeSource.POOL
    made: Offer = Offer.made_with(**known | values)
    made.save()
    stock.count(offer=made)
    return made


def give(what: Offer | None = None, who: Customer | None = None, **values: Any) -> OfferResponse:
    """Let a member claim an offer now, or whatever `source` says."""
    who = who or member()
    known: dict[str, Any] = {
        "op_key": uuid.uuid4().hex,
        "source": Source.MEMBER,
        "actor": Actor.customer(who.id),
        "now": timezone.now(),
    }
    return issue(offer_id=(what or offer()).id, customer_id=who.id, **known | values)


def by(actor: Actor = TILL, **values: Any) -> dict[str, Any]:
    """Return who acts, and when: now."""
    return {"actor": actor, "now": timezone.now(), **values}


def ended(response: OfferResponse, *, ago: timedelta = timedelta(seconds=1)) -> OfferResponse:
    """Return the response with a validity that has ended, as far as this room is concerned."""
    OfferResponse.objects.filter(id=response.id).update(expires_at=timezone.now() - ago)
    return fresh(response)


def fresh(response: OfferResponse) -> OfferResponse:
    """Return the response as it stands."""
    found: OfferResponse = OfferResponse.objects.get(id=response.id)
    return found


def standing(status: Status, what: Offer | None = None, **values: Any) -> OfferResponse:
    """Return a response that stands there, by the steps that lead to it."""
    response = give(what, **values)
    steps: dict[Status, list[Any]] = {
        Status.PENDING: [],
        Status.CLIPPED: [clip],
        Status.PROCESSING: [start_processing],
        Status.SHIPPING: [start_processing, ship],
        Status.COMPLETED: [complete],
    }
    if status == Status.CANCELED:
        cancel(response_id=response.id, **by(reason="By mistake"))
    elif status == Status.EXPIRED:
        expire(response_id=response.id, **by(STAFF, reason="Gone"))
    for step in steps.get(status, []):
        step(response_id=response.id, **by())
    return fresh(response)


def soon(**delta: float) -> datetime:
    """Return an instant so far from now."""
    return timezone.now() + timedelta(**delta)


def passed(**values: Any) -> Offer:
    """Return an offer whose usage period is over, and whose responses are valid nevertheless."""
    return offer(usage_kind=PeriodKind.FIXED, usage_from=soon(days=-9), usage_to=soon(days=-2), days_valid=30, **values)


def not_started(**values: Any) -> Offer:
    """Return an offer whose usage period has not begun."""
    return offer(usage_kind=PeriodKind.FIXED, usage_from=soon(days=3), usage_to=soon(days=9), **values)
