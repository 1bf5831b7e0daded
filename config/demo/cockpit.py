"""Customers of the demo who sign in: those whom demo.json names have points, rewards to use, and points that end soon."""

import uuid
from datetime import timedelta
from decimal import Decimal

from claims_center.models import Claim
from cockpit.client.privacy import ask_erasure
from config.demo.base import Stage
from customers.models import Customer
from ledger.services import backdated, grant
from ledger.units import Unit
from loyalty.errors import Refused
from loyalty.models import Reward
from loyalty.services.purchases import record_purchase
from loyalty.services.redeeming import redeem
from loyalty.states import PointEvent, Source
from tenancy.actors import Actor

SHOWN = 8
TAKEN = ("Free shipping", "10% off your next order")


def recent_customers() -> list[Customer]:
    """Return who claimed last, each once: the customers whom demo.json names."""
    recent = Claim.objects.order_by("-submitted_at", "-id").select_related("customer")[:SHOWN]
    return list({claim.customer_id: claim.customer for claim in recent}.values())


def welcome_clients(stage: Stage) -> None:
    """Let the named customers shop and redeem; one of them asks to be forgotten."""
    people = recent_customers()
    for number, person in enumerate(people):
        _earn(stage, person, number)
    for person in people[:3]:
        _redeem(stage, person)
    if people:
        ask_erasure(customer=people[-1], note="I am moving abroad.", now=stage.now - timedelta(days=2))


def _earn(stage: Stage, person: Customer, number: int) -> None:
    at = stage.now - timedelta(days=21 + number, hours=number)
    with backdated(at=at):
        record_purchase(
            customer_id=person.id,
            reference=f"C-{stage.dice.randrange(10**7, 10**8)}",
            amount=Decimal(88) - 9 * number,
            currency=stage.story.currency,
            occurred_at=at,
            actor=stage.actor("admin"),
            now=at,
        )
        grant(
            unit=Unit.POINT,
            amount=240 + 5 * number,
            expires_at=stage.now + timedelta(days=23 + 2 * number),
            event=PointEvent.IMPORTED.value,
            origin="customer",
            origin_id=person.id,
            customer_id=person.id,
            actor=stage.actor("admin"),
            key=f"demo:carried-over:{person.id}",
            note="Points of the old card",
        )


def _redeem(stage: Stage, person: Customer) -> None:
    for days, name in enumerate(TAKEN, 3):
        at = stage.now - timedelta(days=days, hours=days)
        try:
            with backdated(at=at):
                redeem(
                    reward_id=Reward.objects.values_list("id", flat=True).get(name=name),
                    customer_id=person.id,
                    op_key=str(uuid.UUID(int=stage.dice.getrandbits(128))),
                    source=Source.COCKPIT,
                    actor=Actor.customer(person.id),
                    now=at,
                )
        except Refused:
            continue
