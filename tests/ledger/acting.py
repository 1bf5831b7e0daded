"""Short ways to act on the ledger in tests."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from ledger import services
from ledger.acts import Posted
from ledger.models import Account, Grant, Movement
from ledger.units import Bucket, Unit
from tenancy.actors import Actor
from tenancy.ids import new_id


def about(holder: uuid.UUID, **given: Any) -> dict[str, Any]:
    """What every verb is told; whatever matters is given by name."""
    told = {
        "event": "test.done",
        "origin": "test",
        "origin_id": given.pop("origin_id", None) or new_id(),
        "customer_id": holder,
        "actor": Actor.system(),
        "key": str(new_id()),
    }
    return told | given


def earn(customer_id: uuid.UUID, amount: int, **given: Any) -> uuid.UUID:
    """Give points and return the lot's id."""
    terms = {name: given.pop(name) for name in ("valid_from", "expires_at") if name in given}
    return services.grant(unit=Unit.POINT, amount=amount, **terms, **about(customer_id, **given)).grants[0]


def give(customer_id: uuid.UUID, **given: Any) -> uuid.UUID:
    """Give a voucher and return its id."""
    terms = {name: given.pop(name) for name in ("valid_from", "expires_at", "code") if name in given}
    return services.grant(unit=Unit.VOUCHER, amount=1, **terms, **about(customer_id, **given)).grants[0]


def spend(customer_id: uuid.UUID, amount: int, **given: Any) -> Posted:
    """Draw points."""
    return services.draw(unit=Unit.POINT, amount=amount, **about(customer_id, **given))


def left(grant_id: uuid.UUID) -> int:
    """What remains of a grant."""
    return int(Grant.objects.values_list("remaining", flat=True).get(id=grant_id))


def balance(customer_id: uuid.UUID, unit: Unit = Unit.POINT) -> int:
    """The balance that the customer's account shows."""
    return int(Account.objects.values_list("balance", flat=True).get(customer_id=customer_id, unit=unit))


def ways(entry_id: uuid.UUID) -> list[tuple[str, str, int]]:
    """An entry's movements as (from, to, amount), in order."""
    found = Movement.objects.filter(entry_id=entry_id).select_related("source", "target").order_by("position")
    return [(Bucket(m.source.bucket), Bucket(m.target.bucket), m.amount) for m in found]


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def ago(**parts: float) -> datetime:
    """An instant in the past."""
    return now() - timedelta(**parts)


def ahead(**parts: float) -> datetime:
    """An instant to come."""
    return now() + timedelta(**parts)
