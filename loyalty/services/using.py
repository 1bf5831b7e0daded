"""Marking a redeemed reward as used, taking that back, and shipping the gift that this starts."""

import uuid
from datetime import datetime
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from ledger.errors import GrantNotUsable
from ledger.services import draw
from ledger.services import reverse as reverse_entry
from ledger.units import Unit
from loyalty.coupon import status_of
from loyalty.errors import AlreadyUsed, NotActive, NotAllowed, NotUsed, Shipped, WrongType
from loyalty.models import RedeemedReward
from loyalty.services import notices
from loyalty.services.base import keep, ledger_facts, locked, memo
from loyalty.states import CouponStatus, DeliveryStatus, Event, RewardType
from tenancy.actors import Actor

NOT_ACTIVE = {
    CouponStatus.EXPIRED: _("The coupon has expired: it can neither be marked as used nor as unused."),
    CouponStatus.CANCELED: _("The reward was canceled."),
    CouponStatus.INACTIVE: _("The coupon is not active yet."),
}
USE_FIELDS = {"used_at", "used_entry_id", "delivery_status", "delivery_at", "ship_to", "carrier", "tracking_number"}

# How a gift's delivery goes on: from where, to where, and the event that says so.
DELIVERY: dict[DeliveryStatus, tuple[frozenset[str], Event]] = {
    DeliveryStatus.ORDERED: (
        frozenset({DeliveryStatus.CANCELED, DeliveryStatus.SHIPPED}),
        Event.ORDERED_AGAIN,
    ),
    DeliveryStatus.SHIPPED: (frozenset({DeliveryStatus.ORDERED, DeliveryStatus.DELIVERED}), Event.SHIPPED),
    DeliveryStatus.DELIVERED: (frozenset({DeliveryStatus.SHIPPED}), Event.DELIVERED),
    DeliveryStatus.CANCELED: (
        frozenset({DeliveryStatus.ORDERED, DeliveryStatus.SHIPPED}),
        Event.SHIPPING_CANCELED,
    ),
}


def check_usable(*, redeemed: RedeemedReward, now: datetime) -> None:
    """Raise WrongType for a cashback, NotActive unless the coupon is active at this instant."""
    if redeemed.reward_type == RewardType.CASHBACK:
        raise WrongType(_("A cashback is paid, not used."))
    status = status_of(redeemed, at=now)
    if status != CouponStatus.ACTIVE:
        raise NotActive(NOT_ACTIVE[status])


def mark_used(
    *, redeemed_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "", is_strict: bool = False
) -> RedeemedReward:
    """Mark a redeemed reward as Used. ``now`` is UTC.

    1. Locks it. One that is used is returned as it is, or with ``is_strict`` refused (AlreadyUsed).
    2. The coupon has to be active: draws its voucher; the ledger judges once more, by the database's clock.
    3. Delivery status Ordered; keeps the customer's address as it is now.
    4. Writes history; for a gift queues the "Reward Redeemed" mail to the merchant's fulfilment.

    Raises NotActive, WrongType.
    """
    redeemed = locked(redeemed_id=redeemed_id)
    if redeemed.used_at is not None:
        if is_strict:
            raise AlreadyUsed
        return redeemed
    check_usable(redeemed=redeemed, now=now)
    facts = ledger_facts(redeemed=redeemed, event=Event.USED, actor=actor)
    try:
        posted = draw(unit=Unit.VOUCHER, amount=1, grant_id=redeemed.grant_id, **facts)
    except GrantNotUsable as refusal:
        # Its time began or ended while this waited for somebody else.
        status = CouponStatus.INACTIVE if refusal.reason == "pending" else CouponStatus.EXPIRED
        raise NotActive(NOT_ACTIVE[status]) from refusal
    address = address_of(customer=Customer.objects.get(id=redeemed.customer_id))
    put_use(redeemed=redeemed, entry_id=posted.entry_id, address=address, now=now)
    keep(
        redeemed=redeemed,
        event=Event.USED,
        fields=USE_FIELDS,
        actor=actor,
        now=now,
        reason=reason,
        entry_id=posted.entry_id,
    )
    if redeemed.reward_type == RewardType.GIFT:
        notices.tell_fulfilment(redeemed=redeemed, actor=actor, now=now)
    return redeemed


def mark_unused(
    *, redeemed_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "", is_strict: bool = False
) -> RedeemedReward:
    """Take "Used" back.

    1. Locks it. One that is unused is returned as it is, or with ``is_strict`` refused (NotUsed).
    2. The coupon has to be active, and a gift not be shipped: reverses the entry of the use.
    3. Clears the delivery status; writes history. Sends nothing.

    Raises NotActive, Shipped, WrongType.
    """
    redeemed = locked(redeemed_id=redeemed_id)
    if redeemed.used_at is None:
        if is_strict:
            raise NotUsed
        return redeemed
    check_usable(redeemed=redeemed, now=now)
    if redeemed.delivery_status in (DeliveryStatus.SHIPPED, DeliveryStatus.DELIVERED):
        raise Shipped
    facts = ledger_facts(redeemed=redeemed, event=Event.UNUSED, actor=actor)
    posted = reverse_entry(reverses=cast("uuid.UUID", redeemed.used_entry_id), **facts)
    clear_use(redeemed=redeemed)
    return keep(
        redeemed=redeemed,
        event=Event.UNUSED,
        fields=USE_FIELDS,
        actor=actor,
        now=now,
        reason=reason,
        entry_id=posted.entry_id,
    )


def set_delivery(
    *,
    redeemed_id: uuid.UUID,
    status: DeliveryStatus,
    actor: Actor,
    now: datetime,
    carrier: str = "",
    tracking_number: str = "",
    reason: str = "",
) -> RedeemedReward:
    """Say how far a used gift has come: Ordered, Shipped, Delivered or Canceled.

    1. Locks it. A gift that stands there already, with nothing new to say, is returned as it is.
    2. Writes status, a memo in the ledger and history. Shipped brings carrier and tracking number, where any is given;
       Ordered again forgets those of the parcel before.

    The coupon's status does not matter: a gift may arrive after its coupon has expired. Raises WrongType for what is
    not shipped, NotUsed, NotAllowed for a step that does not exist.
    """
    redeemed = locked(redeemed_id=redeemed_id)
    if redeemed.reward_type != RewardType.GIFT:
        raise WrongType
    if redeemed.used_at is None:
        raise NotUsed
    if redeemed.delivery_status == status:
        return redeemed
    sources, event = DELIVERY[status]
    if redeemed.delivery_status not in sources or redeemed.canceled_at is not None:
        text = _("A gift that is “%(status)s” cannot become “%(wanted)s”.")
        raise NotAllowed(text, status=redeemed.get_delivery_status_display(), wanted=status.label)
    entry_id = memo(redeemed=redeemed, event=event, actor=actor)
    redeemed.delivery_status, redeemed.delivery_at = status, now
    given = carrier.strip()[:60], tracking_number.strip()[:80]
    if status == DeliveryStatus.ORDERED:
        forget_parcel(redeemed=redeemed)
    elif status == DeliveryStatus.SHIPPED and any(given):
        redeemed.carrier, redeemed.tracking_number = given
    return keep(
        redeemed=redeemed,
        event=event,
        fields=USE_FIELDS,
        actor=actor,
        now=now,
        reason=reason,
        entry_id=entry_id,
        detail={"carrier": redeemed.carrier, "tracking_number": redeemed.tracking_number} if any(given) else {},
    )


def put_use(*, redeemed: RedeemedReward, entry_id: uuid.UUID, address: dict[str, Any], now: datetime) -> None:
    """Note on a locked redeemed reward, unsaved, that it is used: when, by which entry, ordered, to which address."""
    redeemed.used_at, redeemed.used_entry_id = now, entry_id
    redeemed.delivery_status, redeemed.delivery_at = DeliveryStatus.ORDERED, now
    redeemed.ship_to = address


def clear_use(*, redeemed: RedeemedReward) -> None:
    """Note on a locked redeemed reward, unsaved, that it is unused, with nothing on its way."""
    redeemed.used_at, redeemed.used_entry_id = None, None
    redeemed.delivery_status, redeemed.delivery_at, redeemed.ship_to = DeliveryStatus.NONE, None, None
    forget_parcel(redeemed=redeemed)


def forget_parcel(*, redeemed: RedeemedReward) -> None:
    """Note on a locked redeemed reward, unsaved, that no parcel of it is known."""
    redeemed.carrier, redeemed.tracking_number = "", ""


def address_of(*, customer: Customer) -> dict[str, Any]:
    """Return to whom and where a customer's gifts go now."""
    return {"first_name": customer.first_name, "last_name": customer.last_name, **customer.address}
