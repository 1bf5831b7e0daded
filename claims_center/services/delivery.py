"""What becomes of a gift's mail, as messaging tells it."""

from datetime import datetime

from claims_center.models import Claim
from claims_center.services.base import GIFT_MAIL, keep, locked, memo
from claims_center.services.corrections import correct_email
from claims_center.states import DELIVERY_PROBLEMS, Delivery, Event, Status
from messaging.models import Message
from tenancy.actors import Actor


def mail_changed(*, message: Message, status: str, at: datetime) -> None:
    """Carry the status of a gift's latest mail onto its claim, in the transaction of the change.

    A mail that came back, was complained about or could not be sent gets a history row. Sending again from the list of
    problem deliveries counts as sending the gift again, unless it is to an address that was corrected meanwhile: such a
    mail will not go. A claim whose gift was taken back stays as it is, unless its mail was just on its way: a rejected
    claim says how that ended.
    """
    if message.kind != GIFT_MAIL:
        return
    # Queued for the first time, that is: one that is tried again after a failure is queued too.
    by_somebody_elsewhere = status == Delivery.QUEUED and message.follows is not None and message.attempts == 0
    if status == Delivery.QUEUED and not by_somebody_elsewhere:
        # The service that queued it has written all this already.
        return
    claim = locked(claim_id=message.origin_id)
    was_leaving = claim.status == Status.REJECTED and claim.delivery_status == Delivery.QUEUED
    if claim.is_physical or not (claim.is_gift_issued or was_leaving):
        return
    if by_somebody_elsewhere:
        if message.to_address == claim.customer_email:
            _sent_again(claim, message, at=at)
        return
    before = claim.delivery_status
    claim.delivery_status, claim.delivery_at = status, at
    fields = ["delivery_status", "delivery_at"]
    if status not in DELIVERY_PROBLEMS or status == before:
        claim.save(update_fields=fields)
        return
    detail = {"from": before, "status": status, "error": message.last_error}
    keep(claim=claim, event=Event.DELIVERY, fields=fields, actor=Actor.system(), now=at, detail=detail)


def mail_corrected(*, message: Message, to_address: str, actor: Actor, now: datetime) -> None:
    """Carry an address that was corrected in the list of problem deliveries onto claim and customer; sends nothing."""
    correct_email(claim_id=message.origin_id, email=to_address, actor=actor, now=now, send=False, even_processed=True)


def _sent_again(claim: Claim, message: Message, *, at: datetime) -> None:
    actor = Actor.parse(message.actor)
    entry_id = memo(claim=claim, event=Event.GIFT_RESENT, actor=actor)
    claim.gift_seq += 1
    claim.delivery_status, claim.delivery_at = Delivery.QUEUED, at
    keep(
        claim=claim,
        event=Event.GIFT_RESENT,
        fields=["gift_seq", "delivery_status", "delivery_at"],
        actor=actor,
        now=at,
        reason=message.reason,
        detail={"mail": claim.gift_seq},
        entry_id=entry_id,
    )
