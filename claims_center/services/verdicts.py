"""Staff's verdict on a claim: verified, more information needed, rejected, reopened."""

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from claims_center.errors import NotAllowed, ReasonNeeded
from claims_center.models import Claim, OrderNumberRule
from claims_center.services.base import check_transition, locked, move
from claims_center.services.gift_back import hold_gift_mail, take_gift_back
from claims_center.services.notices import NEEDS_INFO, REJECTED, REOPENED, queue_notice
from claims_center.services.rechecks import recheck_siblings
from claims_center.states import Delivery, Event, Status, Verification
from tenancy.actors import Actor


def verify(*, claim_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "") -> Claim:
    """Verify a claim that is new or needs information.

    1. Locks the claim. One that is verified already is returned as it is.
    2. Writes the memo claim.verified, the state and the history, with ``reason`` as the override.

    Raises ReasonNeeded where the order history does not say Match (unless the funnel asks for no order number), and
    NotAllowed in any other state. Sends nothing. ``now`` is UTC.
    """
    claim = locked(claim_id=claim_id)
    if claim.status == Status.VERIFIED:
        return claim
    return verify_locked(claim=claim, actor=actor, now=now, reason=reason)


def verify_locked(*, claim: Claim, actor: Actor, now: datetime, reason: str = "") -> Claim:
    """Verify a claim that the caller holds; rules as for `verify`."""
    check_verifiable(claim=claim, reason=reason)
    claim.verified_at = now
    return move(claim=claim, event=Event.VERIFIED, actor=actor, now=now, reason=reason, fields=["verified_at"])


def check_verifiable(*, claim: Claim, reason: str = "") -> None:
    """Raise what stands in the way of verifying this claim: NotAllowed by its state, ReasonNeeded by its orders."""
    check_transition(claim=claim, event=Event.VERIFIED)
    if needs_override(claim=claim) and not reason.strip():
        text = _("The order check says “%(result)s”. Give a reason to verify it nevertheless.")
        raise ReasonNeeded(text, result=claim.get_verification_display())


def needs_override(*, claim: Claim) -> bool:
    """Say whether verifying this claim needs a reason: its order was looked for and does not match."""
    if claim.verification == Verification.MATCH:
        return False
    return not (
        claim.verification == Verification.NOT_CHECKED
        and claim.funnel.order_number == OrderNumberRule.NONE
        and not claim.order_number
    )


def unverify(*, claim_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "") -> Claim:
    """Take a verification back: the claim is new again. A new one is returned as it is.

    Raises NotAllowed once the gift has been sent: then it has to be rejected, which takes the gift back.
    """
    claim = locked(claim_id=claim_id)
    if claim.status == Status.NEW:
        return claim
    _refuse_once_sent(claim)
    claim.verified_at = None
    return move(claim=claim, event=Event.UNVERIFIED, actor=actor, now=now, reason=reason, fields=["verified_at"])


def ask_info(*, claim_id: uuid.UUID, reason: str, actor: Actor, now: datetime, notify: bool = False) -> Claim:
    """Ask the customer for information; ``reason`` is shown on the customer's tracker.

    1. Locks the claim. The same question asked already is returned as it is; another one replaces it.
    2. Writes the memo claim.info_asked, the state and the history.
    3. With ``notify`` queues a mail to the customer, where the merchant has such mails sent.

    Raises ReasonNeeded, and NotAllowed once the gift has been sent.
    """
    claim = locked(claim_id=claim_id)
    if claim.status == Status.NEEDS_INFO and claim.status_reason == reason.strip():
        return claim
    _refuse_once_sent(claim)
    claim.verified_at = None
    move(claim=claim, event=Event.INFO_ASKED, actor=actor, now=now, reason=reason, fields=["verified_at"])
    if notify:
        queue_notice(claim=claim, kind=NEEDS_INFO, actor=actor, now=now)
    return claim


def reject(
    *,
    claim_id: uuid.UUID,
    reason: str,
    actor: Actor,
    now: datetime,
    return_code: bool = False,
    notify: bool = False,
) -> Claim:
    """Reject a claim; ``reason`` is shown on the customer's tracker.

    1. Locks the gift's mails, then the claim. A rejected one is returned as it is.
    2. Where the gift was sent: stops its mail if that still waits, gives the code back to its pool with ``return_code``,
       else burns it; revokes the voucher in the entry claim.rejected. Otherwise writes a memo.
    3. Writes the state and the history, and has other claims with the same order number checked again.
    4. With ``notify`` queues a mail to the customer, where the merchant has such mails sent.

    Raises ReasonNeeded, and NotAllowed for a processed claim (unprocess it first), or where the code is to be returned
    while its mail is on its way.
    """
    mail = hold_gift_mail(claim_id=claim_id)
    claim = locked(claim_id=claim_id)
    if claim.status == Status.REJECTED:
        return claim
    fields: set[str] = {"verified_at"}
    claim.verified_at = None
    entry_id: uuid.UUID | None = None
    detail: dict[str, Any] = {}
    if claim.is_gift_issued:
        check_transition(claim=claim, event=Event.REJECTED, reason=reason)
        entry_id, detail, changed = take_gift_back(
            claim=claim,
            event=Event.REJECTED,
            mail=mail,
            return_code=return_code,
            reason=reason,
            actor=actor,
            now=now,
        )
        fields |= changed
    move(
        claim=claim,
        event=Event.REJECTED,
        actor=actor,
        now=now,
        reason=reason,
        fields=fields,
        detail=detail,
        entry_id=entry_id,
    )
    recheck_siblings(claim=claim, now=now)
    if notify:
        queue_notice(claim=claim, kind=REJECTED, actor=actor, now=now)
    return claim


def reopen(*, claim_id: uuid.UUID, reason: str, actor: Actor, now: datetime, notify: bool = False) -> Claim:
    """Bring a claim that needed information, or was rejected, back to new. A new one is returned as it is.

    A gift that was taken back stays taken back: sending takes a new code. With ``notify`` queues a mail to the customer,
    where the merchant has such mails sent; the reason is not in it. Raises ReasonNeeded and NotAllowed.
    """
    claim = locked(claim_id=claim_id)
    if claim.status == Status.NEW:
        return claim
    claim.delivery_status = Delivery.NOT_SHIPPED if claim.is_physical else Delivery.NOT_SENT
    move(claim=claim, event=Event.REOPENED, actor=actor, now=now, reason=reason, fields=["delivery_status"])
    recheck_siblings(claim=claim, now=now, itself=True)
    if notify:
        queue_notice(claim=claim, kind=REOPENED, actor=actor, now=now)
    return claim


def _refuse_once_sent(claim: Claim) -> None:
    if claim.is_gift_issued and claim.status == Status.VERIFIED:
        raise NotAllowed(_("The gift was sent. Reject the claim to take it back."))
