"""Giving a digital gift: the code, the voucher, the mail."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from claims_center.errors import AddressUnusable, NotAllowed, NothingToGive, PromotionWithdrawn, ReasonNeeded
from claims_center.models import Claim, ClaimChange, Promotion, Source
from claims_center.search import write_words
from claims_center.services.base import GIFT_MAIL, ORIGIN, keep, ledger_facts, locked, memo
from claims_center.services.gift_back import hold_gift_mail, take_gift_back
from claims_center.services.verdicts import verify_locked
from claims_center.states import OPEN, Delivery, Event, Status
from codes.errors import OthersWait, PoolBusy, PoolEmpty
from codes.models import Code
from codes.normalise import masked
from codes.services import take
from codes.waiting import leave
from customers.normalise import email_norm
from ledger.services import grant
from ledger.units import Unit
from messaging.errors import AddressInvalid
from messaging.services import hold as hold_mails
from messaging.services import queue_message, suppressed
from tenancy.actors import Actor
from tenancy.ids import new_id

# Within this time the same wish is one wish.
ONE_PRESS = timedelta(minutes=1)
GIFT_FIELDS = {"grant", "code", "gift_code", "gift_item", "gift_sent_at", "gift_seq", "delivery_status", "delivery_at"}


def send_gift(*, claim_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "") -> Claim:
    """Give the digital gift of a verified claim and put its mail into the outbox; does not wait for the mail.

    1. Locks the claim. One whose gift was given is returned as it is: pressing twice sends once.
    2. Verifies it first where it is not verified and ``reason`` says why that is right.
    3. Takes a code from the pool, or uses the fixed code or the file.
    4. Issues the voucher with its code in the ledger (claim.gift_sent).
    5. Writes gift, delivery status Queued, history, and the code as a search word; queues the mail, which looks at
       everything again when it goes.

    Raises ReasonNeeded, NotAllowed (physical gift, rejected or processed claim), PromotionWithdrawn, NothingToGive
    (empty pool), AddressUnusable; none of these leaves anything behind. ``now`` is UTC.
    """
    claim = locked(claim_id=claim_id)
    if claim.is_gift_issued:
        return claim
    promotion = claim.promotion
    check_sendable(claim=claim, promotion=promotion)
    if claim.status != Status.VERIFIED:
        if not reason.strip():
            raise ReasonNeeded(_("This claim is not verified. Give a reason to send the gift nevertheless."))
        verify_locked(claim=claim, actor=actor, now=now, reason=reason)
    code = _take_code(claim, promotion, actor=actor, now=now)
    _issue(claim, promotion, code, reason=reason, actor=actor, now=now)
    return claim


def check_sendable(*, claim: Claim, promotion: Promotion, closed: Collection[str] | None = None) -> None:
    """Raise what stands in the way of mailing this claim's gift, whatever its verification says.

    ``closed``: as for `check_address`.
    """
    if promotion.is_physical:
        raise NotAllowed(_("This gift is shipped, not mailed. Mark the claim as processed when it is on its way."))
    if claim.status not in OPEN:
        text = _("The claim is “%(status)s”. Bring it back before you send the gift.")
        raise NotAllowed(text, status=claim.get_status_display())
    if promotion.archived_at is not None:
        raise PromotionWithdrawn(promotion=promotion.name)
    check_address(email=claim.customer_email, closed=closed)


def check_address(*, email: str, closed: Collection[str] | None = None) -> None:
    """Raise AddressUnusable where there is no address, or where mail to it came back before.

    ``closed`` are the addresses (as they are compared) that are written to no more, where the caller knows them.
    """
    if not email:
        raise AddressUnusable(_("The customer has no e-mail address."))
    if suppressed([email]) if closed is None else email_norm(email) in closed:
        raise AddressUnusable(email=email)


def resend_gift(*, claim_id: uuid.UUID, reason: str, actor: Actor, now: datetime) -> Claim:
    """Mail the same gift once more: a recorded decision of somebody, for a reason.

    1. Locks its mails, then the claim. One whose mail is still waiting to go out, or was sent again within the last
       minute, is returned as it is: however often the button is pressed, one mail goes.
    2. Writes the memo claim.gift_resent, delivery status Queued and history; queues a new mail with the next number.

    Takes no second code and issues no second voucher. Raises NotAllowed where no gift was sent, ReasonNeeded,
    AddressUnusable.
    """
    hold_mails(origin=ORIGIN, origin_id=claim_id)
    claim = locked(claim_id=claim_id)
    if not claim.is_gift_issued or claim.is_physical:
        raise NotAllowed(_("No gift was sent that could be sent again."))
    if claim.delivery_status == Delivery.QUEUED or _sent_again_lately(claim, now=now):
        return claim
    if not reason.strip():
        raise ReasonNeeded
    check_address(email=claim.customer_email)
    return send_again(claim=claim, event=Event.GIFT_RESENT, reason=reason, fields=(), actor=actor, now=now)


def _sent_again_lately(claim: Claim, *, now: datetime) -> bool:
    since = ClaimChange.objects.filter(claim_id=claim.id, event=Event.GIFT_RESENT, at__gt=now - ONE_PRESS)
    return since.exists()


def send_again(
    *, claim: Claim, event: Event, reason: str, fields: tuple[str, ...], actor: Actor, now: datetime
) -> Claim:
    """Queue the gift's mail of a locked claim once more, with memo and history for ``event``; saves ``fields`` too."""
    entry_id = memo(claim=claim, event=event, actor=actor)
    claim.gift_seq += 1
    claim.delivery_status, claim.delivery_at = Delivery.QUEUED, now
    keep(
        claim=claim,
        event=event,
        fields={*fields, "gift_seq", "delivery_status", "delivery_at"},
        actor=actor,
        now=now,
        reason=reason,
        detail={"mail": claim.gift_seq},
        entry_id=entry_id,
    )
    _queue(claim, reason=reason, actor=actor, now=now)
    return claim


def change_gift(
    *,
    claim_id: uuid.UUID,
    promotion_id: uuid.UUID,
    reason: str,
    actor: Actor,
    now: datetime,
    return_code: bool = False,
) -> Claim:
    """Give a claim another promotion, as long as it is not processed or rejected.

    1. Locks the gift's mails, then the claim. The same promotion changes nothing.
    2. Takes a gift back that was sent (a mail that waits stopped, code returned or burnt, voucher revoked,
       claim.gift_changed), else a memo.
    3. Writes promotion, delivery status and history. The new gift waits to be sent.

    Raises ReasonNeeded, NotAllowed, PromotionWithdrawn, and Promotion.DoesNotExist for an unknown id.
    """
    mail = hold_gift_mail(claim_id=claim_id)
    claim = locked(claim_id=claim_id)
    if claim.promotion_id == promotion_id:
        return claim
    promotion = Promotion.objects.get(id=promotion_id)
    if claim.status not in OPEN:
        raise NotAllowed(_("The gift of a claim that is “%(status)s” stays."), status=claim.get_status_display())
    if promotion.archived_at is not None:
        raise PromotionWithdrawn(promotion=promotion.name)
    if not reason.strip():
        raise ReasonNeeded
    back = {"mail": mail, "return_code": return_code}
    _swap(claim, promotion, back, reason=reason, actor=actor, now=now)
    return claim


def _swap(
    claim: Claim, promotion: Promotion, back: dict[str, Any], *, reason: str, actor: Actor, now: datetime
) -> None:
    detail: dict[str, Any] = {}
    if claim.is_gift_issued:
        entry_id, detail, _changed = take_gift_back(
            claim=claim, event=Event.GIFT_CHANGED, reason=reason, actor=actor, now=now, **back
        )
    else:
        entry_id = memo(claim=claim, event=Event.GIFT_CHANGED, actor=actor)
    detail |= {"from": str(claim.promotion_id), "to": str(promotion.id)}
    leave(origin=ORIGIN, origin_ids=[claim.id])
    claim.promotion = promotion
    claim.promotion_name, claim.promotion_kind = promotion.name, promotion.kind
    claim.delivery_status = Delivery.NOT_SHIPPED if promotion.is_physical else Delivery.NOT_SENT
    fields = {"promotion", "promotion_name", "promotion_kind", *GIFT_FIELDS}
    keep(
        claim=claim,
        event=Event.GIFT_CHANGED,
        fields=fields,
        actor=actor,
        now=now,
        reason=reason,
        detail=detail,
        entry_id=entry_id,
    )


def _take_code(claim: Claim, promotion: Promotion, *, actor: Actor, now: datetime) -> Code | None:
    pool = promotion.pool
    if pool is None:
        return None
    try:
        return take(pool_id=pool.id, origin=ORIGIN, origin_id=claim.id, now=now, actor=actor)
    except OthersWait as error:
        text = _("Others wait for a code of “%(pool)s” and are served first. Let this claim wait as well.")
        raise NothingToGive(text, pool=pool.name) from error
    except PoolEmpty as error:
        raise NothingToGive(pool=pool.name) from error
    except PoolBusy as error:
        raise NothingToGive(_("The last codes are being taken at this moment. Try again.")) from error


def _issue(claim: Claim, promotion: Promotion, code: Code | None, *, reason: str, actor: Actor, now: datetime) -> None:
    text = code.value if code else promotion.fixed_code
    facts = ledger_facts(claim=claim, event=Event.GIFT_SENT, actor=actor)
    grant_id = new_id()
    posted = grant(unit=Unit.VOUCHER, amount=1, grant_id=grant_id, code=text or None, **facts)
    detail = put_gift(claim=claim, promotion=promotion, code=code, grant_id=grant_id, now=now)
    keep(
        claim=claim,
        event=Event.GIFT_SENT,
        fields=GIFT_FIELDS,
        actor=actor,
        now=now,
        reason=reason,
        detail=detail,
        entry_id=posted.entry_id,
    )
    write_words(claim=claim)
    _queue(claim, reason=reason, actor=actor, now=now)


def put_gift(
    *, claim: Claim, promotion: Promotion, code: Code | None, grant_id: uuid.UUID, now: datetime
) -> dict[str, Any]:
    """Put the gift onto a claim in memory; return what the history says of it, the code masked."""
    text = code.value if code else promotion.fixed_code
    claim.grant_id, claim.code_id, claim.gift_code = grant_id, code.id if code else None, text
    claim.gift_item = promotion.file_name if promotion.source == Source.FILE else ""
    claim.gift_sent_at, claim.gift_seq = now, claim.gift_seq + 1
    claim.delivery_status, claim.delivery_at = Delivery.QUEUED, now
    return {"code": masked(text), "mail": claim.gift_seq} if text else {"mail": claim.gift_seq}


def gift_key(*, claim: Claim) -> str:
    """Return the key under which the claim's latest gift mail stands in the outbox, once."""
    return f"{GIFT_MAIL}:{claim.id}:{claim.gift_seq}"


def _queue(claim: Claim, *, reason: str, actor: Actor, now: datetime) -> None:
    try:
        queue_message(
            kind=GIFT_MAIL,
            origin=ORIGIN,
            origin_id=claim.id,
            customer_id=claim.customer_id,
            to_address=claim.customer_email,
            to_name=claim.customer_name,
            context={},
            actor=actor,
            now=now,
            once_key=gift_key(claim=claim),
            reason=reason,
        )
    except AddressInvalid as error:
        raise AddressUnusable(_("“%(email)s” is not an e-mail address."), email=claim.customer_email) from error
