"""Telling the merchant's fulfilment that a gift is to be shipped."""

import uuid
from dataclasses import asdict
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from loyalty.errors import NotAllowed
from loyalty.models import LoyaltySettings, RedeemedReward
from loyalty.services.base import ORIGIN, keep, locked, memo
from loyalty.states import DeliveryStatus, Event, RewardType
from messaging.many import Draft
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
    address = usable_address()
    if not address:
        return None
    draft = draft_of(redeemed=redeemed, address=address, version=redeemed.version)
    return queue_message(origin=ORIGIN, actor=actor, now=now, **asdict(draft))


def tell_again(*, redeemed_id: uuid.UUID, actor: Actor, now: datetime) -> RedeemedReward:
    """Tell fulfilment once more of a gift that waits to be shipped: the first mail was lost, or overlooked.

    Locks the redeemed reward; memo in the ledger, history, mail. ``now`` is UTC. Raises NotAllowed where no gift waits
    to be shipped, and where nobody can be told.
    """
    redeemed = locked(redeemed_id=redeemed_id)
    if redeemed.reward_type != RewardType.GIFT or redeemed.delivery_status != DeliveryStatus.ORDERED:
        raise NotAllowed(_("No gift waits to be shipped."))
    if not usable_address():
        raise NotAllowed(_("Nobody can be told: name an address for fulfilment in the settings."))
    entry_id = memo(redeemed=redeemed, event=Event.TOLD, actor=actor)
    keep(redeemed=redeemed, event=Event.TOLD, fields=(), actor=actor, now=now, entry_id=entry_id)
    tell_fulfilment(redeemed=redeemed, actor=actor, now=now)
    return redeemed


def draft_of(*, redeemed: RedeemedReward, address: str, version: int) -> Draft:
    """Return the mail about a used gift, once for each of its changes; `version` is the change's number."""
    return Draft(
        origin_id=redeemed.id,
        kind=KIND,
        once_key=f"{KIND}:{redeemed.id}:{version}",
        customer_id=redeemed.customer_id,
        to_address=address,
        to_name="",
        context={"use": str(redeemed.used_entry_id)},
    )


def usable_address() -> str:
    """Return where fulfilment can be told, "" where no address is known, or the known one takes no mail."""
    address = fulfilment_address()
    return "" if not address or suppressed([address]) else address


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
