"""The ends of a response, and the ways back: cancel, expire, reopen, reverse. All but the first two need a reason."""

import uuid
from datetime import datetime
from typing import cast

from django.db import transaction

from ledger.acts import Step
from ledger.errors import NothingLeft
from ledger.services import expire as expire_voucher
from ledger.services import post, revoke
from ledger.services import reverse as reverse_entry
from ledger.units import Unit
from offers.errors import NewEndNeeded, NotCompleted
from offers.models import OfferResponse
from offers.services import stock
from offers.services.base import (
    Act,
    check_may,
    close,
    held_offer_of,
    is_done,
    keep,
    ledger_facts,
    locked,
    memo,
    reopen_to,
)
from offers.states import WAITING, Event, Status
from offers.usage import status_of
from tenancy.actors import Actor
from tenancy.ids import new_id


def cancel(*, response_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "", op_key: str = "") -> OfferResponse:
    """Cancel a response: it can no longer be redeemed. Its certificate code stays with it: somebody has seen it.

    1. Locks it, after its offer. One that this ``op_key`` canceled is returned as it is.
    2. Gives its place in the offer's limits back; revokes its voucher.
    3. Writes status Canceled and history; a reservation ends.

    Raises TransitionNotAllowed, ReasonNeeded (staff), KeyReused.
    """
    act = Act(Event.CANCELED, actor, now, reason, op_key)
    offer = held_offer_of(response_id=response_id)
    response = locked(response_id=response_id)
    if is_done(response=response, act=act):
        return response
    check_may(response=response, act=act)
    stock.give_back(offer=offer, customer_id=response.customer_id)
    posted = revoke(grant_id=response.grant_id, **ledger_facts(response=response, act=act))
    was = response.status
    fields = close(response=response, status=Status.CANCELED, act=act, entry_id=posted.entry_id)
    return keep(response=response, act=act, was=was, fields=fields, entry_id=posted.entry_id)


def expire(*, response_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "", op_key: str = "") -> OfferResponse:
    """End a response's validity by hand, before its time, and say why.

    1. Locks it. One that this ``op_key`` ended is returned as it is.
    2. Lets its voucher expire; writes status Expired and history; a reservation ends. It keeps its place in the limits.

    Raises TransitionNotAllowed, ReasonNeeded, KeyReused.
    """
    act = Act(Event.EXPIRED, actor, now, reason, op_key)
    response = locked(response_id=response_id)
    if is_done(response=response, act=act):
        return response
    check_may(response=response, act=act)
    return _expire(response, act)


def needs_new_end(*, response: OfferResponse, now: datetime) -> bool:
    """Say whether reopening the response needs a new end: it goes back to waiting, and its validity has passed."""
    goes_to = response.status_before or response.status
    return goes_to in WAITING and response.expires_at is not None and response.expires_at <= now


def reopen(
    *,
    response_id: uuid.UUID,
    reason: str,
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    op_key: str = "",
) -> OfferResponse:
    """Bring an expired or canceled response back to where it stood before. By staff, with a reason.

    1. Locks it, after its offer. One that this ``op_key`` reopened is returned as it is. An expiry that no job has written down yet is
       written down first, as the system's.
    2. A canceled one takes its place in the offer's limits again.
    3. While its validity lasts, reverses the entry that closed it. Where it has passed, issues a new voucher until
       ``expires_at``, which becomes its end; a usage period that would end earlier is made as long.
    4. Writes status and history.

    Raises TransitionNotAllowed, ReasonNeeded, NewEndNeeded, SoldOut, ResponseLimitReached, KeyReused.
    """
    act = Act(Event.REOPENED, actor, now, reason, op_key)
    offer = held_offer_of(response_id=response_id)
    response = locked(response_id=response_id)
    if is_done(response=response, act=act):
        return response
    check_may(response=response, act=act)
    is_late = needs_new_end(response=response, now=now)
    if is_late and (expires_at is None or expires_at <= now):
        raise NewEndNeeded
    if status_of(response, at=now) != response.status:
        _expire(response, Act(Event.EXPIRED, Actor.system(), now))
    was = response.status
    if was == Status.CANCELED:
        # A refusal by the second limit gives back what was counted on the first.
        with transaction.atomic():
            stock.take(offer=offer, customer_id=response.customer_id)
    if is_late and expires_at is not None:
        entry_id = _anew(response, act, expires_at)
    else:
        facts = ledger_facts(response=response, act=act)
        entry_id = reverse_entry(reverses=cast("uuid.UUID", response.closed_entry_id), **facts).entry_id
    fields = reopen_to(response=response, status=response.status_before)
    fields |= {"grant", "expires_at", "usage_to"}
    detail = {"expires_at": response.expires_at.isoformat()} if is_late and response.expires_at else {}
    return keep(response=response, act=act, was=was, fields=fields, entry_id=entry_id, detail=detail)


def reverse(*, response_id: uuid.UUID, reason: str, actor: Actor, now: datetime, op_key: str = "") -> OfferResponse:
    """Take the completion of a response back, by staff or by a till that may, with a reason.

    1. Locks it. One that this ``op_key`` reversed is returned as it is.
    2. Reverses the entry of the completion: the voucher is there again with its own end.
    3. Writes the status from before, or Expired where the validity has ended meanwhile, and history. Forgets which
       purchase it was used in; the history keeps it.

    Raises NotCompleted, TransitionNotAllowed (for others than staff and tills), ReasonNeeded, KeyReused.
    """
    act = Act(Event.REVERSED, actor, now, reason, op_key)
    response = locked(response_id=response_id)
    if is_done(response=response, act=act):
        return response
    if response.status != Status.COMPLETED:
        raise NotCompleted
    check_may(response=response, act=act)
    facts = ledger_facts(response=response, act=act)
    posted = reverse_entry(reverses=cast("uuid.UUID", response.closed_entry_id), **facts)
    detail = {"reference": response.reference} if response.reference else {}
    before = response.status_before
    fields = reopen_to(response=response, status=before)
    response.reference, response.amount = "", None
    if posted.lapsed:
        fields |= close(response=response, status=Status.EXPIRED, act=act, entry_id=posted.entry_id)
    return keep(
        response=response,
        act=act,
        was=Status.COMPLETED,
        fields=fields | {"reference", "amount"},
        entry_id=posted.entry_id,
        detail=detail,
    )


def _expire(response: OfferResponse, act: Act) -> OfferResponse:
    """Close a locked response as expired; its voucher may have been swept already, then the entry is a memo."""
    try:
        with transaction.atomic():
            facts = ledger_facts(response=response, act=act)
            entry_id = expire_voucher(grant_id=response.grant_id, **facts).entry_id
    except NothingLeft:
        entry_id = memo(response=response, act=act)
    was = response.status
    fields = close(response=response, status=Status.EXPIRED, act=act, entry_id=entry_id)
    return keep(response=response, act=act, was=was, fields=fields, entry_id=entry_id)


def _anew(response: OfferResponse, act: Act, expires_at: datetime) -> uuid.UUID:
    """Issue a new voucher for a response whose old one has ended."""
    grant_id, starts = new_id(), response.usage_from
    is_later = starts is not None and act.now < starts < expires_at
    step = Step.grant(
        unit=Unit.VOUCHER,
        amount=1,
        grant_id=grant_id,
        code=response.code_value or None,
        valid_from=starts if is_later else None,
        expires_at=expires_at,
    )
    posted = post(steps=[step], **ledger_facts(response=response, act=act))
    response.grant_id, response.expires_at = grant_id, expires_at
    if response.usage_to is not None and response.usage_to < expires_at:
        response.usage_to = expires_at
    return posted.entry_id
