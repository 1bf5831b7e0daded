"""Giving one offer to many members at once, by a handful of statements: the rows are those that `issue` writes."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from codes.errors import PoolBusy, PoolEmpty
from codes.minting import mint_many
from codes.models import Code
from codes.services import take as take_code
from codes.stock import take_many as take_codes
from customers.models import Customer
from jobs.bulk.rows import insert
from ledger.acts import Act, digest_of
from ledger.services import post_many
from offers import periods, search
from offers.errors import Refused, ResponseLimitReached, SoldOut
from offers.models import Offer, OfferChange, OfferResponse
from offers.services import stock
from offers.services.base import LONGEST_REASON, ORIGIN, held_offer
from offers.services.issuing import Giving, check_open, end_of, row_of, voucher_of
from offers.states import CodeSource, Event, Source
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.selectors import merchant_zone


@dataclass(slots=True)
class Issued:
    """What came of it: the responses and the refusals, by member."""

    responses: dict[uuid.UUID, OfferResponse] = field(default_factory=dict)
    refused: dict[uuid.UUID, type[Refused]] = field(default_factory=dict)


def issue_many(
    *,
    offer_id: uuid.UUID,
    members: Sequence[Customer],
    op_key_for: Callable[[uuid.UUID], str],
    source: Source,
    actor: Actor,
    now: datetime,
    reason: str = "",
    is_clipped: bool = False,
) -> Issued:
    """Give each of these members a response to an offer, as far as there is one for everybody. ``now`` is UTC.

    1. Holds the offer against changes; it has to be published and not over.
    2. Takes from the limits, the members' own first, and certificate codes. Where something is left for some alone,
       those who stand further up in ``members`` get it. Nobody comes twice.
    3. Issues the vouchers by one call of the ledger; writes rows, history and words, by one statement each.

    ``op_key_for`` names the act for a member: one act one key, of 1 to 120 characters. The caller holds a transaction
    and the members. Raises OfferNotOpen; who is refused stands in the answer. Raises IntegrityError for a key that
    stands already.
    """
    offer, zone = held_offer(offer_id=offer_id), merchant_zone()
    check_open(offer=offer, source=source, zone=zone, now=now)
    usage = periods.usage_period(offer, zone, issued_at=now)
    expires_at = end_of(offer=offer, usage=usage, zone=zone, issued_at=now)
    done = Issued()
    givings = [
        Giving(
            offer=offer,
            customer=customer,
            response_id=new_id(),
            op_key=op_key_for(customer.id),
            source=source,
            actor=actor,
            now=now,
            usage=usage,
            expires_at=expires_at,
            reason=reason.strip()[:LONGEST_REASON],
            is_clipped=is_clipped,
            trigger_entry_id=None,
        )
        for customer in members
    ]
    allowed = _within_limits(offer, givings, done)
    codes = _codes(offer, allowed, done)
    _write([giving for giving in allowed if giving.customer.id not in done.refused], codes, done)
    return done


def _within_limits(offer: Offer, givings: Sequence[Giving], done: Issued) -> list[Giving]:
    allowed = stock.take_each(offer=offer, customers=sorted(giving.customer.id for giving in givings))
    own = [giving for giving in givings if giving.customer.id in allowed]
    done.refused |= {one.customer.id: ResponseLimitReached for one in givings if one.customer.id not in allowed}
    number = stock.take_up_to(offer=offer, number=len(own))
    _sold_out(offer, own[number:], done, in_all=False)
    return own[:number]


def _sold_out(offer: Offer, givings: Sequence[Giving], done: Issued, *, in_all: bool) -> None:
    stock.give_back_many(taken=[(offer, giving.customer.id) for giving in givings], in_all=in_all)
    done.refused |= {giving.customer.id: SoldOut for giving in givings}


def _codes(offer: Offer, givings: Sequence[Giving], done: Issued) -> dict[uuid.UUID, Code]:
    """Return the codes by response; who finds none is refused, and what was counted for them given back."""
    if offer.code_source == CodeSource.NONE or offer.pool_id is None or not givings:
        return {}
    ids = [giving.response_id for giving in givings]
    about: dict[str, Any] = {"pool_id": offer.pool_id, "origin": ORIGIN, "now": givings[0].now}
    if offer.code_source == CodeSource.GENERATED:
        codes = mint_many(origin_ids=ids, **about)
    else:
        codes = take_codes(origin_ids=ids, **about)
        codes |= _last_ones([one for one in ids if one not in codes], givings[0].actor, about)
    _sold_out(offer, [one for one in givings if one.response_id not in codes], done, in_all=True)
    return codes


def _last_ones(ids: Sequence[uuid.UUID], actor: Actor, about: Mapping[str, Any]) -> dict[uuid.UUID, Code]:
    """Ask one by one for what was busy a moment ago, until the pool is really empty."""
    found: dict[uuid.UUID, Code] = {}
    for one in ids:
        try:
            found[one] = take_code(origin_id=one, actor=actor, **about)
        except (PoolEmpty, PoolBusy):
            break
    return found


def _write(givings: Sequence[Giving], codes: Mapping[uuid.UUID, Code], done: Issued) -> None:
    if not givings:
        return
    acts, rows = [], []
    for giving in givings:
        code, grant_id = codes.get(giving.response_id), new_id()
        acts.append(_act(giving, code, grant_id))
        rows.append(row_of(giving=giving, code=code, grant_id=grant_id, entry_id=acts[-1].entry_id))
    post_many(acts=acts, actor=givings[0].actor)
    insert(rows)
    insert([_change(giving, row) for giving, row in zip(givings, rows, strict=True)])
    words = {
        row.id: search.words_for(offer_name=row.offer_name, code=row.code_value, customer=giving.customer)
        for giving, row in zip(givings, rows, strict=True)
    }
    search.add_words_of(words=words)
    done.responses = {row.customer_id: row for row in rows}


def _act(giving: Giving, code: Code | None, grant_id: uuid.UUID) -> Act:
    return Act(
        event=Event.ISSUED.value,
        origin=ORIGIN,
        origin_id=giving.response_id,
        subject_id=giving.offer.id,
        customer_id=giving.customer.id,
        key=f"offer:{giving.op_key}",
        digest=digest_of("offer", giving.offer.id, giving.customer.id),
        steps=(voucher_of(giving=giving, code=code.value if code else "", grant_id=grant_id),),
    )


def _change(giving: Giving, row: OfferResponse) -> OfferChange:
    return OfferChange.made_with(
        response_id=row.id,
        seq=1,
        event=Event.ISSUED,
        to_status=row.status,
        actor=str(giving.actor),
        at=giving.now,
        reason=giving.reason,
        entry_id=row.entry_id,
    )
