"""What happens to a response on its way: clipped, reserved at a till, used, processed and shipped."""

import secrets
import uuid
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from customers.models import Customer
from ledger.acts import Step
from ledger.errors import GrantNotUsable
from ledger.services import draw, post
from ledger.units import Unit
from offers.errors import (
    AlreadyCompleted,
    AlreadyReserved,
    Canceled,
    Expired,
    NotClipped,
    OutsideUsagePeriod,
    ReservedByAnother,
)
from offers.models import OfferResponse
from offers.services.base import Act, check_may, close, is_done, keep, ledger_facts, let_go, locked, memo
from offers.states import WAITING, Event, Status, UsageState
from offers.usage import hours_of, status_of, usage_of
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.selectors import merchant_zone
from tenancy.tokens import hash_of

TTL, LONGEST_TTL = timedelta(minutes=15), timedelta(days=1)
# What a closed response answers to whoever wants to use it.
CLOSED: dict[Status, type[AlreadyCompleted | Canceled | Expired]] = {
    Status.COMPLETED: AlreadyCompleted,
    Status.CANCELED: Canceled,
    Status.EXPIRED: Expired,
}


def is_reserved(*, response: OfferResponse, at: datetime) -> bool:
    """Say whether a till holds the response at an instant."""
    return response.reserved_until is not None and response.reserved_until > at


def check_open(*, response: OfferResponse, at: datetime) -> None:
    """Raise AlreadyCompleted, Canceled or Expired for a response that is closed at this instant."""
    closed = CLOSED.get(status_of(response, at=at))
    if closed is not None:
        raise closed


def check_usable(*, response: OfferResponse, at: datetime, token: str = "") -> None:
    """Raise what keeps a response from being used at this instant: the gate of the transaction flow.

    Raises AlreadyCompleted, Canceled, Expired, NotClipped, OutsideUsagePeriod; ReservedByAnother where a till holds it
    and ``token`` is not the one that it was given. What is being shipped has been through this gate.
    """
    check_open(response=response, at=at)
    if response.status in WAITING:
        if response.needs_clip and response.status == Status.PENDING:
            raise NotClipped
        # The zone matters to days and hours alone; a till is spared the question for all other responses.
        zone: tzinfo = merchant_zone() if hours_of(response).is_limited else UTC
        if usage_of(response, at=at, zone=zone) != UsageState.CURRENT:
            raise OutsideUsagePeriod
    if is_reserved(response=response, at=at) and not _is_token(response, token):
        raise ReservedByAnother


def clip(*, response_id: uuid.UUID, actor: Actor, now: datetime, op_key: str = "") -> OfferResponse:
    """Opt in to a response.

    1. Locks it. One that is clipped already, or was by this ``op_key``, is returned as it is.
    2. Writes a memo in the ledger, status Clipped and history. A reservation stays.

    Raises AlreadyCompleted, Canceled, Expired, TransitionNotAllowed, KeyReused.
    """
    act = Act(Event.CLIPPED, actor, now, op_key=op_key)
    response = locked(response_id=response_id)
    if is_done(response=response, act=act):
        return response
    check_open(response=response, at=now)
    if response.status == Status.CLIPPED:
        return response
    check_may(response=response, act=act)
    was, response.status, response.clipped_at = response.status, Status.CLIPPED, now
    entry_id = memo(response=response, act=act)
    return keep(response=response, act=act, was=was, fields={"status", "clipped_at"}, entry_id=entry_id)


def reserve(*, response_id: uuid.UUID, actor: Actor, now: datetime, ttl: timedelta = TTL) -> tuple[OfferResponse, str]:
    """Hold a response for a till until ``now`` + ``ttl`` (up to a day), and return it with the token that frees it.

    1. Locks it; it has to be usable at this instant, and not held already.
    2. Keeps the token's fingerprint; writes a memo in the ledger and history.

    The token is told once. Raises AlreadyReserved, what `check_usable` raises, TransitionNotAllowed, and ValueError
    for a time that is too long.
    """
    if not timedelta(0) < ttl <= LONGEST_TTL:
        raise ValueError("A reservation lasts up to a day.")
    act = Act(Event.RESERVED, actor, now)
    response = locked(response_id=response_id)
    check_open(response=response, at=now)
    if is_reserved(response=response, at=now):
        raise AlreadyReserved
    check_usable(response=response, at=now)
    # Only what waits to be used can be held: the same rows of the table as for completing it.
    check_may(response=response, act=Act(Event.PROCESSING, actor, now))
    token = secrets.token_urlsafe(24)
    response.reserved_until, response.reservation = now + ttl, hash_of(token)
    entry_id = memo(response=response, act=act)
    fields = {"reserved_until", "reservation"}
    return keep(response=response, act=act, was=response.status, fields=fields, entry_id=entry_id), token


def release(
    *, response_id: uuid.UUID, actor: Actor, now: datetime, token: str = "", reason: str = "", op_key: str = ""
) -> OfferResponse:
    """Let a reserved response go: with the till's token, or by staff without one.

    1. Locks it. One that nobody holds is returned as it is.
    2. Clears the reservation; writes a memo in the ledger and history.

    Raises ReservedByAnother for another token, KeyReused.
    """
    act = Act(Event.RELEASED, actor, now, reason, op_key)
    response = locked(response_id=response_id)
    if is_done(response=response, act=act) or not is_reserved(response=response, at=now):
        return response
    if actor.kind != "user" and not _is_token(response, token):
        raise ReservedByAnother
    fields = let_go(response=response)
    entry_id = memo(response=response, act=act)
    return keep(response=response, act=act, was=response.status, fields=fields, entry_id=entry_id)


def complete(
    *,
    response_id: uuid.UUID,
    actor: Actor,
    now: datetime,
    reference: str = "",
    amount: Decimal | None = None,
    token: str = "",
    reason: str = "",
    op_key: str = "",
) -> OfferResponse:
    """Use a response in a purchase (``reference`` and ``amount`` of it, where known), once.

    1. Locks it. One that this ``op_key`` completed is returned as it is.
    2. It has to be usable at this instant, or on its way to the member.
    3. Draws its voucher; the ledger judges validity once more, by the database's clock.
    4. Writes status Completed and history; the reservation ends.

    Raises what `check_usable` raises, TransitionNotAllowed, KeyReused.
    """
    act = Act(Event.COMPLETED, actor, now, reason, op_key)
    response = locked(response_id=response_id)
    if is_done(response=response, act=act):
        return response
    check_usable(response=response, at=now, token=token)
    check_may(response=response, act=act)
    try:
        facts = ledger_facts(response=response, act=act)
        posted = draw(unit=Unit.VOUCHER, amount=1, grant_id=response.grant_id, **facts)
    except GrantNotUsable as refusal:
        raise (OutsideUsagePeriod if refusal.reason == "pending" else Expired) from refusal
    was = response.status
    fields = close(response=response, status=Status.COMPLETED, act=act, entry_id=posted.entry_id)
    response.completed_at, response.reference, response.amount = now, reference.strip()[:120], amount
    fields |= {"completed_at", "reference", "amount"}
    detail = {"reference": response.reference} if response.reference else {}
    return keep(response=response, act=act, was=was, fields=fields, entry_id=posted.entry_id, detail=detail)


def start_processing(
    *,
    response_id: uuid.UUID,
    actor: Actor,
    now: datetime,
    token: str = "",
    reason: str = "",
    op_key: str = "",
) -> OfferResponse:
    """Take a response into shipping: it waits no longer, and does not expire any more.

    1. Locks it. One that this ``op_key`` took is returned as it is; it has to be usable at this instant.
    2. A voucher with an end is exchanged for one without, in one entry; else the entry is a memo.
    3. Keeps the member's address as it is now; writes status Processing and history; the reservation ends.

    Raises what `check_usable` raises except that a closed one is TransitionNotAllowed, KeyReused.
    """
    act = Act(Event.PROCESSING, actor, now, reason, op_key)
    response = locked(response_id=response_id)
    if is_done(response=response, act=act):
        return response
    check_may(response=response, act=act)
    check_usable(response=response, at=now, token=token)
    was, entry_id = response.status, _without_end(response, act)
    customer = Customer.objects.get(id=response.customer_id)
    response.status, response.ship_to = Status.PROCESSING, address_of(customer=customer)
    fields = {"status", "ship_to", "grant", *let_go(response=response)}
    return keep(response=response, act=act, was=was, fields=fields, entry_id=entry_id)


def ship(
    *,
    response_id: uuid.UUID,
    actor: Actor,
    now: datetime,
    carrier: str = "",
    tracking_number: str = "",
    reason: str = "",
    op_key: str = "",
) -> OfferResponse:
    """Say that what a response gives is on its way.

    1. Locks it. One that this ``op_key`` shipped is returned as it is.
    2. Writes a memo in the ledger, status Shipping with carrier and tracking number, and history.

    Raises TransitionNotAllowed, KeyReused.
    """
    act = Act(Event.SHIPPED, actor, now, reason, op_key)
    response = locked(response_id=response_id)
    if is_done(response=response, act=act):
        return response
    check_may(response=response, act=act)
    was, response.status, response.shipped_at = response.status, Status.SHIPPING, now
    response.carrier, response.tracking_number = carrier.strip()[:60], tracking_number.strip()[:80]
    fields = {"status", "shipped_at", "carrier", "tracking_number"}
    return keep(response=response, act=act, was=was, fields=fields, entry_id=memo(response=response, act=act))


def _is_token(response: OfferResponse, token: str) -> bool:
    return bool(token) and secrets.compare_digest(hash_of(token), response.reservation)


def _without_end(response: OfferResponse, act: Act) -> uuid.UUID:
    if response.expires_at is None:
        return memo(response=response, act=act)
    grant_id = new_id()
    steps = [
        Step.revoke(grant_id=response.grant_id),
        Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=grant_id, code=response.code_value or None),
    ]
    posted = post(steps=steps, **ledger_facts(response=response, act=act))
    response.grant_id = grant_id
    return posted.entry_id


def address_of(*, customer: Customer) -> dict[str, Any]:
    """Return where things are shipped to: the member's name and address as they are now."""
    return {"first_name": customer.first_name, "last_name": customer.last_name, **customer.address}
