"""A small trial of the ledger that leaves nothing behind.

`manage.py distribute --apply --smoke-test config.smoke.grant_and_redeem`
"""

import uuid

from django.db import transaction
from django.utils import timezone

from customers.services import find_or_create
from ledger.acts import About
from ledger.services import draw, grant
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import Merchant
from tenancy.scope import merchant_scope


def grant_and_redeem() -> int:
    """Give a made-up customer of every merchant ten points, take four, look, and roll back; return how many merchants.

    Raises RuntimeError where the sum is wrong, and whatever the database refuses.
    """
    merchants = list(Merchant.objects.order_by("id").values_list("id", flat=True))
    for merchant_id in merchants:
        with merchant_scope(merchant_id):
            _try()
            transaction.set_rollback(True)
    return len(merchants)


def _try() -> None:
    trial = new_id()
    customer = find_or_create(email=f"{trial}@smoke.invalid", now=timezone.now(), actor=Actor.system())
    grant(unit=Unit.POINT, amount=10, **_about("smoke.granted", trial, customer.pk))
    taken = draw(unit=Unit.POINT, amount=4, **_about("smoke.drawn", trial, customer.pk))
    held = taken.held_after.get(Unit.POINT)
    if held != 6:  # noqa: PLR2004 - ten less four
        raise RuntimeError(f"Ten points less four are {held}.")


def _about(event: str, trial: uuid.UUID, customer_id: uuid.UUID) -> About:
    return {
        "event": event,
        "origin": "smoke",
        "origin_id": trial,
        "customer_id": customer_id,
        "actor": Actor.system(),
        "key": f"{event}:{trial}",
    }
