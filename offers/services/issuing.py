"""Giving a member a response to an offer: limits, code, voucher and row in one transaction, or nothing and why."""

import uuid
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.db import transaction

from codes.errors import PoolBusy, PoolEmpty
from codes.minting import mint
from codes.models import Code
from codes.services import take as take_code
from customers.models import Customer
from ledger.acts import Posted, Step, digest_of
from ledger.services import post
from ledger.units import Unit
from offers import periods, search
from offers.errors import KeyReused, OfferNotOpen, SoldOut
from offers.models import Offer, OfferChange, OfferResponse
from offers.periods import Window
from offers.services import stock
from offers.services.base import LONGEST_REASON, ORIGIN, held_offer
from offers.states import ASKED_FOR, CodeSource, Event, Source, Status
from tenancy.actors import Actor
from tenancy.days import add_days
from tenancy.ids import new_id
from tenancy.selectors import merchant_zone


@dataclass(frozen=True, slots=True)
class Giving:
    """What one response is about, before it stands."""

    offer: Offer
    customer: Customer
    response_id: uuid.UUID
    op_key: str
    source: Source
    actor: Actor
    now: datetime
    usage: Window
    expires_at: datetime | None
    reason: str
    is_clipped: bool
    trigger_entry_id: uuid.UUID | None


def issue(
    *,
    offer_id: uuid.UUID,
    customer_id: uuid.UUID,
    op_key: str,
    source: Source,
    actor: Actor,
    now: datetime,
    reason: str = "",
    is_clipped: bool = False,
    expires_at: datetime | None = None,
    trigger_entry_id: uuid.UUID | None = None,
) -> OfferResponse:
    """Give a member a response to an offer, claimed by the member or at a till, or handed out. ``now`` is UTC.

    1. A response with this ``op_key`` (1 to 120 characters, one act one key) is returned as it stands.
    2. Holds the offer against changes. Who asks (sources MEMBER and POS) needs it open to members at this moment;
       everybody else needs it published and not over.
    3. Takes one from the limits, and a certificate code from the pool (or makes one).
    4. In one ledger entry issues the voucher with the code, usable from the beginning of the usage period until the
       response expires (``expires_at``, or the offer's days of validity, or the end of the usage period).
    5. Writes the row, Pending or with ``is_clipped`` Clipped, its history, and the words it is found by.

    All of it in a savepoint: a refusal leaves nothing behind. Raises OfferNotOpen, ResponseLimitReached, SoldOut,
    KeyReused, Offer.DoesNotExist, Customer.DoesNotExist, and IntegrityError for a ``trigger_entry_id`` that the offer
    has answered already.
    """
    known = _known(op_key, offer_id, customer_id)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            offer = held_offer(offer_id=offer_id)
            zone = merchant_zone()
            check_open(offer=offer, source=source, zone=zone, now=now)
            usage = periods.usage_period(offer, zone, issued_at=now)
            giving = Giving(
                offer=offer,
                customer=Customer.objects.get(id=customer_id, erased_at=None),
                response_id=new_id(),
                op_key=op_key,
                source=source,
                actor=actor,
                now=now,
                usage=usage,
                expires_at=expires_at or end_of(offer=offer, usage=usage, zone=zone, issued_at=now),
                reason=reason.strip()[:LONGEST_REASON],
                is_clipped=is_clipped,
                trigger_entry_id=trigger_entry_id,
            )
            return _give(giving)
    except _StandsAlready:
        # The same request, a moment earlier: it had committed before the ledger let us in.
        return OfferResponse.objects.get(op_key=op_key)


def claim(
    *, offer_id: uuid.UUID, customer_id: uuid.UUID, op_key: str, source: Source, actor: Actor, now: datetime
) -> OfferResponse:
    """Let a member claim an offer in the cockpit (MEMBER) or at a till (POS); does and raises what `issue` does."""
    return issue(offer_id=offer_id, customer_id=customer_id, op_key=op_key, source=source, actor=actor, now=now)


def check_open(*, offer: Offer, source: Source, zone: tzinfo, now: datetime) -> None:
    """Raise OfferNotOpen unless the offer can be had through this door at this instant."""
    asks = periods.may_be_claimed if source in ASKED_FOR else periods.may_be_given
    if not asks(offer, zone, at=now):
        raise OfferNotOpen


def end_of(*, offer: Offer, usage: Window, zone: tzinfo, issued_at: datetime) -> datetime | None:
    """Return until before when a response that is issued then is valid, None for ever, as the offer says."""
    if offer.days_valid is not None:
        return add_days(issued_at, offer.days_valid, zone)
    return None if usage.has_passed(issued_at) else usage.end


def voucher_of(*, giving: Giving, code: str, grant_id: uuid.UUID) -> Step:
    """Return the step of the ledger that gives the voucher: usable from the usage period's beginning until its end."""
    starts = giving.usage.start
    is_later = starts is not None and starts > giving.now
    # A response that ends before its usage period begins can never be used; the ledger knows no such voucher.
    is_hopeless = is_later and giving.expires_at is not None and giving.expires_at <= (starts or giving.now)
    return Step.grant(
        unit=Unit.VOUCHER,
        amount=1,
        grant_id=grant_id,
        code=code or None,
        valid_from=starts if is_later and not is_hopeless else None,
        expires_at=giving.expires_at,
    )


def row_of(*, giving: Giving, code: Code | None, grant_id: uuid.UUID, entry_id: uuid.UUID) -> OfferResponse:
    """Return the response as it is written, not written yet."""
    offer, customer, hours = giving.offer, giving.customer, periods.usage_hours(giving.offer)
    row: OfferResponse = OfferResponse.made_with(
        id=giving.response_id,
        offer=offer,
        customer=customer,
        op_key=giving.op_key,
        source=giving.source,
        trigger_entry_id=giving.trigger_entry_id,
        entry_id=entry_id,
        grant_id=grant_id,
        code=code,
        code_value=code.value if code else "",
        offer_name=offer.name,
        offer_type=offer.offer_type,
        needs_clip=offer.needs_clip,
        member_name=customer.name[:250],
        member_email=customer.email,
        status=Status.CLIPPED if giving.is_clipped else Status.PENDING,
        clipped_at=giving.now if giving.is_clipped else None,
        issued_at=giving.now,
        usage_from=giving.usage.start,
        usage_to=giving.usage.end,
        usage_weekdays=hours.weekdays,
        usage_minute_from=hours.start,
        usage_minute_to=hours.end,
        expires_at=giving.expires_at,
        version=1,
    )
    return row


class _StandsAlready(Exception):  # noqa: N818
    """The same response was made meanwhile."""


def _known(op_key: str, offer_id: uuid.UUID, customer_id: uuid.UUID) -> OfferResponse | None:
    found: OfferResponse | None = OfferResponse.objects.filter(op_key=op_key).first()
    if found is not None and (found.offer_id, found.customer_id) != (offer_id, customer_id):
        raise KeyReused
    return found


def _give(giving: Giving) -> OfferResponse:
    stock.take(offer=giving.offer, customer_id=giving.customer.id)
    code = code_for(giving=giving)
    grant_id, posted = _post(giving, code)
    if posted.replayed:
        raise _StandsAlready
    return _insert(giving, code, grant_id, posted)


def code_for(*, giving: Giving) -> Code | None:
    """Take a code for the response, or make one, where the offer has codes. Raises SoldOut."""
    offer, pool_id = giving.offer, giving.offer.pool_id
    if offer.code_source == CodeSource.NONE or pool_id is None:
        return None
    about: dict[str, Any] = {"pool_id": pool_id, "origin": ORIGIN, "origin_id": giving.response_id, "now": giving.now}
    try:
        if offer.code_source == CodeSource.GENERATED:
            return mint(**about)
        return take_code(actor=giving.actor, **about)
    except (PoolEmpty, PoolBusy) as error:
        raise SoldOut from error


def _post(giving: Giving, code: Code | None) -> tuple[uuid.UUID, Posted]:
    grant_id = new_id()
    posted = post(
        steps=[voucher_of(giving=giving, code=code.value if code else "", grant_id=grant_id)],
        event=Event.ISSUED.value,
        origin=ORIGIN,
        origin_id=giving.response_id,
        subject_id=giving.offer.id,
        customer_id=giving.customer.id,
        actor=giving.actor,
        key=f"offer:{giving.op_key}",
        # Code and times differ from one try to the next; who gets what does not.
        digest=digest_of("offer", giving.offer.id, giving.customer.id),
    )
    return grant_id, posted


def _insert(giving: Giving, code: Code | None, grant_id: uuid.UUID, posted: Posted) -> OfferResponse:
    response = row_of(giving=giving, code=code, grant_id=grant_id, entry_id=posted.entry_id)
    response.save(force_insert=True)
    _note(response, giving, posted)
    words = search.words_for(offer_name=giving.offer.name, code=response.code_value, customer=giving.customer)
    search.add_words(response_id=response.id, words=words)
    return response


def _note(response: OfferResponse, giving: Giving, posted: Posted) -> None:
    OfferChange.made_with(
        response_id=response.id,
        seq=1,
        event=Event.ISSUED,
        to_status=response.status,
        actor=str(giving.actor),
        at=giving.now,
        reason=giving.reason,
        entry_id=posted.entry_id,
    ).save(force_insert=True)
