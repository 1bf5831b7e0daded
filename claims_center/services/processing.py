"""Marking a claim as processed, and taking that back."""

import uuid
from datetime import datetime
from typing import cast

from django.utils.translation import gettext as _

from claims_center.errors import AddressMissing, GiftNotSent, NotAllowed, PromotionWithdrawn, ReasonNeeded
from claims_center.models import Claim
from claims_center.services.base import check_transition, keep, ledger_facts, locked, memo, move
from claims_center.services.notices import DELIVERED, kind_when_processed, queue_notice
from claims_center.services.verdicts import verify_locked
from claims_center.states import OPEN, Delivery, Event, Status
from claims_center.triggers import processed
from ledger.acts import Posted, Step
from ledger.services import draw, post
from ledger.services import reverse as reverse_entry
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.ids import new_id
from triggers.services import answer

PROCESSED_FIELDS = {
    "grant",
    "gift_item",
    "gift_address",
    "delivery_status",
    "delivery_at",
    "carrier",
    "tracking_number",
    "processed_at",
    "processed_by",
    "processed_entry_id",
}


def mark_processed(
    *,
    claim_id: uuid.UUID,
    actor: Actor,
    now: datetime,
    reason: str = "",
    carrier: str | None = None,
    tracking_number: str | None = None,
    notify: bool = False,
) -> Claim:
    """Close a verified claim: its gift is with the customer, or on its way.

    1. Locks the claim. A processed one is returned as it is.
    2. Verifies it first where it is not verified and ``reason`` says why that is right.
    3. Digital: draws the voucher that was issued when the gift was sent. Physical: issues and draws it in one entry,
       keeps item and address as they are now, sets the delivery status Shipped, with carrier and tracking number
       where given (None keeps what stands).
    4. Writes state, time, who, and the history.
    5. With ``notify`` queues a mail to the customer, where the merchant has such mails sent.
    6. Lets triggers answer it, once for each claim.

    Raises GiftNotSent (digital), AddressMissing and PromotionWithdrawn (physical), ReasonNeeded, NotAllowed.
    """
    claim = locked(claim_id=claim_id)
    if claim.status == Status.PROCESSED:
        return claim
    check_processable(claim=claim)
    if claim.status != Status.VERIFIED:
        if not reason.strip():
            raise ReasonNeeded(_("This claim is not verified. Give a reason to process it nevertheless."))
        verify_locked(claim=claim, actor=actor, now=now, reason=reason)
    if claim.is_physical:
        take_shipping(claim=claim, carrier=carrier, tracking_number=tracking_number, now=now)
    posted = _use_voucher(claim, actor)
    claim.processed_at, claim.processed_by, claim.processed_entry_id = now, str(actor), posted.entry_id
    move(
        claim=claim,
        event=Event.PROCESSED,
        actor=actor,
        now=now,
        reason=reason,
        fields=PROCESSED_FIELDS,
        detail=what_was_given(claim=claim),
        entry_id=posted.entry_id,
    )
    if notify:
        queue_notice(claim=claim, kind=kind_when_processed(claim=claim), actor=actor, now=now)
    answer(happened=[processed(claim=claim, entry_id=posted.entry_id, now=now)], now=now)
    return claim


def check_processable(*, claim: Claim) -> None:
    """Raise what stands in the way of processing this claim, whatever its verification says."""
    if claim.status not in OPEN:
        text = _("The claim is “%(status)s”. Bring it back before you process it.")
        raise NotAllowed(text, status=claim.get_status_display())
    if not claim.is_physical:
        if not claim.is_gift_issued:
            raise GiftNotSent
        return
    if not claim.ship_to.get("street") or not claim.ship_to.get("city"):
        raise AddressMissing
    if claim.promotion.archived_at is not None:
        raise PromotionWithdrawn(promotion=claim.promotion.name)


def unprocess(*, claim_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "") -> Claim:
    """Bring a processed claim back to verified, so that it can be changed.

    1. Locks the claim. A verified one is returned as it is.
    2. Reverses the ledger's entry of the processing. A code that was sent stays with the customer; a physical gift's
       voucher is taken back with it.
    3. Clears time, who and the copies of item and address (the history keeps what was given), sets a physical gift
       back to Not shipped; writes state and history. Sends nothing.

    Raises NotAllowed in any other state.
    """
    claim = locked(claim_id=claim_id)
    if claim.status == Status.VERIFIED:
        return claim
    check_transition(claim=claim, event=Event.UNPROCESSED, reason=reason)
    facts = ledger_facts(claim=claim, event=Event.UNPROCESSED, actor=actor)
    # The database holds that a processed claim has its entry.
    posted = reverse_entry(reverses=cast("uuid.UUID", claim.processed_entry_id), **facts)
    clear_processing(claim=claim, now=now)
    return move(
        claim=claim,
        event=Event.UNPROCESSED,
        actor=actor,
        now=now,
        reason=reason,
        fields=PROCESSED_FIELDS,
        entry_id=posted.entry_id,
    )


def clear_processing(*, claim: Claim, now: datetime) -> None:
    """Take what processing wrote off a claim in memory; a code that was sent stays."""
    claim.processed_at, claim.processed_by, claim.processed_entry_id = None, "", None
    claim.gift_address = None
    if claim.is_physical:
        claim.grant_id, claim.gift_item = None, ""
        claim.delivery_status, claim.delivery_at = Delivery.NOT_SHIPPED, now


def mark_delivered(*, claim_id: uuid.UUID, actor: Actor, now: datetime, notify: bool = False) -> Claim:
    """Note that a shipped gift has arrived: delivery status Delivered, memo, history. Twice is once.

    With ``notify`` queues a mail to the customer, where the merchant has such mails sent. Raises NotAllowed for a gift
    that is not shipped.
    """
    claim = locked(claim_id=claim_id)
    if claim.is_physical and claim.delivery_status == Delivery.DELIVERED:
        return claim
    if not claim.is_physical or claim.delivery_status != Delivery.SHIPPED:
        raise NotAllowed(_("Only a gift that was shipped can arrive."))
    entry_id = memo(claim=claim, event=Event.DELIVERY, actor=actor)
    claim.delivery_status, claim.delivery_at = Delivery.DELIVERED, now
    keep(
        claim=claim,
        event=Event.DELIVERY,
        fields=["delivery_status", "delivery_at"],
        actor=actor,
        now=now,
        detail={"status": Delivery.DELIVERED.value},
        entry_id=entry_id,
    )
    if notify:
        queue_notice(claim=claim, kind=DELIVERED, actor=actor, now=now)
    return claim


def take_shipping(
    *, claim: Claim, now: datetime, carrier: str | None = None, tracking_number: str | None = None
) -> None:
    """Keep item and address as they are now on a claim in memory, shipped; None keeps carrier or number."""
    claim.gift_item, claim.gift_address = claim.promotion.item_name, dict(claim.ship_to)
    claim.carrier = claim.carrier if carrier is None else carrier.strip()
    claim.tracking_number = claim.tracking_number if tracking_number is None else tracking_number.strip()
    claim.delivery_status, claim.delivery_at = Delivery.SHIPPED, now


def _use_voucher(claim: Claim, actor: Actor) -> Posted:
    """Draw the claim's voucher; a physical gift's is issued by the same entry."""
    facts = ledger_facts(claim=claim, event=Event.PROCESSED, actor=actor)
    if claim.grant_id is not None:
        return draw(unit=Unit.VOUCHER, amount=1, grant_id=claim.grant_id, **facts)
    grant_id = new_id()
    steps = [
        Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=grant_id),
        Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=grant_id),
    ]
    posted = post(steps=steps, **facts)
    claim.grant_id = grant_id
    return posted


def what_was_given(*, claim: Claim) -> dict[str, object]:
    """Return what the history keeps of a gift that was shipped; nothing for one that was mailed."""
    if not claim.is_physical:
        return {}
    return {
        "item": claim.gift_item,
        "address": claim.gift_address,
        "carrier": claim.carrier,
        "tracking_number": claim.tracking_number,
    }
