"""Redeeming by the customer: the same rules as everywhere, and a key that makes many presses one."""

import re
import uuid
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty.errors import NotActive, Refused
from loyalty.models import RedeemedReward, Reward
from loyalty.rules import visible_rewards
from loyalty.services import redeeming
from loyalty.states import Source
from tenancy.actors import Actor

KEY = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


class PressAgain(Refused):
    """The form came without its key."""

    code = "key_missing"
    text = _("Something was missing from the form. Nothing was redeemed; press the button once more.")


def redeem_once(
    *, reward_id: uuid.UUID, customer: Customer, key: str, now: datetime, agreed_cost: int | None = None
) -> RedeemedReward | None:
    """Redeem a reward for a customer by the ``key`` of the form that was pressed; None where there is no such reward.

    1. A press with this key that came before is answered with what it redeemed, even if the reward is hidden by now.
    2. A reward that customers do not see cannot be redeemed by them.
    3. Redeems by `loyalty.services.redeeming.redeem`, which decides again and does it all or nothing; not at another
       cost than ``agreed_cost``, which stood on the button.

    The key is the customer's own: nobody meets another's. ``now`` is UTC. Raises loyalty.errors.Refused.
    """
    if not KEY.match(key):
        raise PressAgain
    op_key = f"client:{customer.id.hex}:{key}"
    known = RedeemedReward.objects.filter(op_key=op_key, reward_id=reward_id).first()
    if known is not None:
        return known
    if not Reward.objects.filter(id=reward_id).exists():
        return None
    if not visible_rewards(at=now).filter(id=reward_id).exists():
        raise NotActive
    return redeeming.redeem(
        reward_id=reward_id,
        customer_id=customer.id,
        op_key=op_key,
        source=Source.COCKPIT,
        actor=Actor.customer(customer.id),
        now=now,
        agreed_cost=agreed_cost,
    )
