"""Telling the merchant's fulfilment that a gift is to be shipped."""

from datetime import datetime

from loyalty.models import LoyaltySettings, RedeemedReward
from loyalty.services.base import ORIGIN
from messaging.models import Message
from messaging.services import queue_message, suppressed
from tenancy.actors import Actor
from tenancy.models import Membership, Merchant
from tenancy.roles import Role
from tenancy.scope import current_merchant_id

KIND = "reward.redeemed"


def tell_fulfilment(*, redeemed: RedeemedReward, actor: Actor, now: datetime) -> Message | None:
    """Queue the "Reward Redeemed" mail with the reward, the customer and the address; None where nobody can be told.

    It goes to the address of the settings, else to where the merchant reads replies, else to the owner. Once for each
    time that the gift is marked as used.
    """
    address = fulfilment_address()
    if not address or suppressed([address]):
        return None
    return queue_message(
        kind=KIND,
        origin=ORIGIN,
        origin_id=redeemed.id,
        customer_id=redeemed.customer_id,
        to_address=address,
        to_name="",
        context={"use": str(redeemed.used_entry_id)},
        actor=actor,
        now=now,
        once_key=f"{KIND}:{redeemed.id}:{redeemed.version}",
    )


def fulfilment_address() -> str:
    """Return where the merchant in scope wants to hear of gifts to ship, "" where nothing is known."""
    chosen: str = LoyaltySettings.objects.values_list("fulfilment_email", flat=True).first() or ""
    if chosen:
        return chosen
    merchant = Merchant.objects.get(id=current_merchant_id())
    if merchant.reply_to:
        return merchant.reply_to
    owners = Membership.objects.filter(merchant=merchant, role=Role.OWNER, user__is_active=True)
    return str(owners.order_by("id").values_list("user__email", flat=True).first() or "")
