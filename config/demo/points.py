"""Points of the demo: an earlier programme's points that have ended or soon will, and adjustments in every state."""

import uuid
from datetime import timedelta
from decimal import Decimal

from config.demo.base import Stage
from customers.models import Customer
from ledger.services import backdated, expire_due, grant
from ledger.units import Unit
from loyalty.services.adjustments import adjust, approve, decline
from loyalty.services.catalogue import save_settings
from loyalty.states import PointEvent
from tenancy.actors import Actor

# How many points, and on which day from now they end.
OLD = ((120, -35), (80, -12), (200, 4), (150, 9), (60, 25), (90, 70))
BY_HAND = (
    (1_500, "Two parcels were lost, with our apologies", ""),
    (-1_200, "Returned outside the shop system", ""),
    (2_000, "Winner of the autumn raffle", "approve"),
    (9_000, "Typing mistake", "decline"),
)


def points_by_hand(stage: Stage) -> None:
    """Bring in points of an earlier programme, and let staff adjust some; above the limit others decide, or not yet."""
    values = {"point_value": Decimal("0.0100"), "reminds": False, "reminder_days": 14}
    save_settings(values=values, actor=stage.actor("owner"), now=stage.now)
    people = list(Customer.objects.filter(erased_at=None).order_by("created_at", "id")[:18])
    for number, person in enumerate(people):
        _earlier(stage, person, *OLD[number % len(OLD)])
    for person, told in zip(people, BY_HAND, strict=False):
        _by_hand(stage, person, *told)
    expire_due(unit=Unit.POINT, actor=Actor.system(), now=stage.now)


def _earlier(stage: Stage, person: Customer, points: int, ends_in: int) -> None:
    with backdated(at=stage.now - timedelta(days=120)):
        grant(
            unit=Unit.POINT,
            amount=points,
            expires_at=stage.now + timedelta(days=ends_in),
            event=PointEvent.IMPORTED.value,
            origin="import",
            origin_id=uuid.UUID(int=stage.dice.getrandbits(128)),
            customer_id=person.id,
            actor=stage.actor("admin"),
            key=f"earlier:{person.id}",
        )


def _by_hand(stage: Stage, person: Customer, points: int, reason: str, verdict: str) -> None:
    at = stage.now - timedelta(days=2)
    key = str(uuid.UUID(int=stage.dice.getrandbits(128)))
    with backdated(at=at):
        row = adjust(
            customer_id=person.id, points=points, reason=reason, op_key=key, actor=stage.actor("admin"), now=at
        )
        if verdict == "approve":
            approve(adjustment_id=row.id, actor=stage.actor("owner"), now=at)
        elif verdict == "decline":
            decline(adjustment_id=row.id, actor=stage.actor("owner"), now=at, reason="That was 90")
