"""Bringing in responses that were given elsewhere, in sets: vouchers, codes, rows, history and words, as of their own time."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.db import IntegrityError, connection, transaction

from codes.models import Code
from customers.models import Customer
from ledger.acts import Act, Posted, Step, digest_of
from ledger.services import backdated, post_many
from ledger.units import Unit
from offers import periods, search
from offers.errors import Refused
from offers.models import Offer, OfferChange, OfferResponse
from offers.services import stock
from offers.services.base import LONGEST_REASON, ORIGIN
from offers.services.issuing import Giving, check_open, code_for, end_of, row_of, voucher_of
from offers.services.using import check_usable
from offers.states import CodeSource, Event, Source, Status
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.ids import new_id
from tenancy.scope import current_merchant_id

# As what a response can come: waiting, or at its end.
ARRIVES = (Status.PENDING, Status.CLIPPED, Status.COMPLETED, Status.EXPIRED)
ENDINGS = {Status.COMPLETED: Event.COMPLETED, Status.EXPIRED: Event.EXPIRED}
# What has just happened is dated a moment earlier: the database's clock may be behind ours.
MARGIN = timedelta(minutes=1)
AT_ONCE = 500
# Against changes of the offers and against other files, in one order for everybody; tills and members pass.
HOLD = "SELECT id FROM offers_offer WHERE merchant_id = %s AND id = ANY (%s::uuid[]) ORDER BY id FOR NO KEY UPDATE"
# Counters of members are locked before those of offers, as whoever takes one does.
MEET = """
INSERT INTO offers_offertaken AS known (merchant_id, id, offer_id, customer_id, taken)
SELECT %s, wanted.id, wanted.offer_id, wanted.customer_id, 0
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) AS wanted (id, offer_id, customer_id)
ON CONFLICT (merchant_id, offer_id, customer_id) DO UPDATE SET taken = known.taken
"""
WORDS = """
INSERT INTO offers_offertoken (merchant_id, id, row_id, token)
SELECT %s, word.id, word.row_id, word.token FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS word (id, row_id, token)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A response as it was given elsewhere, with what became of it until `ended_at` (None while it waits)."""

    giving: Giving
    status: Status
    ended_at: datetime | None
    reference: str

    @property
    def key(self) -> str:
        """Return its name; one response, one name."""
        return self.giving.op_key


@dataclass(slots=True)
class _Row:
    """An arrival with its code and the ids of what is written for it."""

    arrival: Arrival
    code: Code | None
    grant_id: uuid.UUID
    row: OfferResponse


class _StandsAlready(Exception):  # noqa: N818 - reads as what happened
    """One of these responses was brought in meanwhile."""


def arrival_of(
    *,
    offer: Offer,
    customer: Customer,
    op_key: str,
    issued_at: datetime,
    expires_at: datetime | None,
    status: Status,
    ended_at: datetime | None,
    reference: str,
    reason: str,
    actor: Actor,
    zone: tzinfo,
) -> Arrival:
    """Judge a response as of its own time, and return what is to be written; reads at most the merchant's zone.

    The offer has to be out and not over at ``issued_at``. ``status`` is one of ARRIVES; ``ended_at`` is when it was
    used or expired. One that was used must have been usable then: whoever used it had clipped it. Times are UTC.
    Raises OfferNotOpen and what `check_usable` raises.
    """
    check_open(offer=offer, source=Source.IMPORT, zone=zone, now=issued_at)
    usage = periods.usage_period(offer, zone, issued_at=issued_at)
    is_used = status == Status.COMPLETED
    giving = Giving(
        offer=offer,
        customer=customer,
        response_id=new_id(),
        op_key=op_key,
        source=Source.IMPORT,
        actor=actor,
        now=issued_at,
        usage=usage,
        expires_at=expires_at or end_of(offer=offer, usage=usage, zone=zone, issued_at=issued_at),
        reason=reason.strip()[:LONGEST_REASON],
        is_clipped=status == Status.CLIPPED or (is_used and offer.needs_clip),
        trigger_entry_id=None,
    )
    if is_used and ended_at is not None:
        check_usable(response=row_of(giving=giving, code=None, grant_id=new_id(), entry_id=new_id()), at=ended_at)
    return Arrival(giving, status, ended_at, reference)


def bring_in(*, arrivals: Sequence[Arrival], actor: Actor, now: datetime) -> dict[str, OfferResponse]:
    """Write responses that were given elsewhere, and return them by their names; those that stand are left out.

    1. Holds their offers against changes and other files, in the order of their ids; whoever claims one passes.
    2. Takes each from the limits, and a certificate code; one that is refused now is left out.
    3. Issues the vouchers, and uses or expires those that have ended, by two calls of the ledger, dated when it was.
    4. Writes rows, history and words.

    All of it in a savepoint; done once more where somebody has brought one of them in at the same moment.
    """
    try:
        with transaction.atomic():
            return _bring(arrivals, actor, now)
    except (_StandsAlready, IntegrityError):
        with transaction.atomic():
            return _bring(arrivals, actor, now)


def note_download(*, filters: Iterable[str], actor: Actor) -> None:
    """Audit that somebody takes responses along, and by which filters the list was narrowed (not what they say)."""
    after = {"filters": sorted(filters)}
    audit(action="responses.downloaded", actor=actor, target=("merchant", current_merchant_id()), after=after)


def _bring(arrivals: Sequence[Arrival], actor: Actor, now: datetime) -> dict[str, OfferResponse]:
    _hold(arrivals)
    known = set(OfferResponse.objects.filter(op_key__in=[one.key for one in arrivals]).values_list("op_key", flat=True))
    new = sorted(
        {one.key: one for one in arrivals if one.key not in known}.values(),
        key=lambda one: (one.giving.offer.id, one.giving.customer.id),
    )
    _meet(new)
    rows = [row for one in new if (row := _taken(one)) is not None]
    if not rows:
        return {}
    with backdated(at=now - MARGIN):
        issued = post_many(acts=[_issue(one, now) for one in rows], actor=actor)
        if any(one.replayed for one in issued):
            raise _StandsAlready
        _write(rows, issued, _ended(rows, actor, now), actor)
    return {one.arrival.key: one.row for one in rows}


def _hold(arrivals: Sequence[Arrival]) -> None:
    offers = list({one.giving.offer.id for one in arrivals})
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [current_merchant_id(), offers])


def _meet(new: Sequence[Arrival]) -> None:
    counted = [one.giving for one in new if one.giving.offer.member_limit is not None]
    pairs = list(dict.fromkeys((one.offer.id, one.customer.id) for one in counted))
    if not pairs:
        return
    columns = [list(column) for column in zip(*pairs, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(MEET, [current_merchant_id(), [new_id() for _ in pairs], *columns])


def _taken(arrival: Arrival) -> _Row | None:
    """Take a response from its offer's limits and pool, None where nothing is left of them now."""
    giving, code = arrival.giving, None
    offer = giving.offer
    if offer.member_limit is not None or offer.total_limit is not None or offer.code_source != CodeSource.NONE:
        try:
            with transaction.atomic():
                stock.take(offer=offer, customer_id=giving.customer.id)
                code = code_for(giving=giving)
        except Refused:
            return None
    grant_id = new_id()
    return _Row(arrival, code, grant_id, row_of(giving=giving, code=code, grant_id=grant_id, entry_id=new_id()))


def _issue(one: _Row, now: datetime) -> Act:
    giving = one.arrival.giving
    return Act(
        event=Event.ISSUED.value,
        origin=ORIGIN,
        origin_id=giving.response_id,
        subject_id=giving.offer.id,
        customer_id=giving.customer.id,
        key=f"offer:{giving.op_key}",
        digest=digest_of("offer", giving.offer.id, giving.customer.id),
        occurred_at=min(giving.now, now - MARGIN),
        entry_id=one.row.entry_id,
        steps=(voucher_of(giving=giving, code=one.row.code_value, grant_id=one.grant_id),),
    )


def _ended(rows: Sequence[_Row], actor: Actor, now: datetime) -> dict[uuid.UUID, uuid.UUID]:
    """Use or expire the vouchers of those that have ended; return the entry of each."""
    ended = [one for one in rows if one.arrival.status in ENDINGS]
    posted = post_many(acts=[_end(one, now) for one in ended], actor=actor)
    return {one.row.id: entry.entry_id for one, entry in zip(ended, posted, strict=True)}


def _end(one: _Row, now: datetime) -> Act:
    row, is_used = one.row, one.arrival.status == Status.COMPLETED
    at = one.arrival.ended_at or now
    draw = Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=one.grant_id)
    return Act(
        event=ENDINGS[one.arrival.status].value,
        origin=ORIGIN,
        origin_id=row.id,
        subject_id=row.offer_id,
        customer_id=row.customer_id,
        key=f"{ORIGIN}:{row.id}:2",
        occurred_at=min(at, now - MARGIN),
        steps=(draw if is_used else Step.expire(grant_id=one.grant_id),),
    )


def _write(rows: Sequence[_Row], issued: Sequence[Posted], ended: dict[uuid.UUID, uuid.UUID], actor: Actor) -> None:
    history: list[OfferChange] = []
    for one, entry in zip(rows, issued, strict=True):
        first = one.row.status
        history.append(_change(one, 1, entry.entry_id, "", first, actor))
        if one.row.id in ended:
            _close(one, ended[one.row.id])
            history.append(_change(one, 2, ended[one.row.id], first, one.row.status, actor))
    OfferResponse.objects.bulk_create([one.row for one in rows], batch_size=AT_ONCE)
    OfferChange.objects.bulk_create(history, batch_size=AT_ONCE)
    _write_words(rows)


def _close(one: _Row, entry_id: uuid.UUID) -> None:
    row, at = one.row, one.arrival.ended_at
    row.status_before, row.status, row.version = row.status, one.arrival.status, 2
    row.closed_at, row.closed_entry_id = at, entry_id
    if row.status == Status.COMPLETED:
        row.completed_at, row.reference = at, one.arrival.reference


def _change(one: _Row, seq: int, entry_id: uuid.UUID, was: str, becomes: str, actor: Actor) -> OfferChange:
    giving, arrival = one.arrival.giving, one.arrival
    is_first = seq == 1
    detail = {"reference": arrival.reference} if arrival.reference and not is_first else {}
    return OfferChange.made_with(
        response_id=one.row.id,
        seq=seq,
        event=Event.ISSUED if is_first else ENDINGS[arrival.status],
        from_status=was,
        to_status=becomes,
        actor=str(actor),
        at=giving.now if is_first else arrival.ended_at,
        reason=giving.reason,
        detail=detail,
        entry_id=entry_id,
    )


def _write_words(rows: Iterable[_Row]) -> None:
    words = [
        (one.row.id, word)
        for one in rows
        for word in sorted(
            search.words_for(
                offer_name=one.row.offer_name, code=one.row.code_value, customer=one.arrival.giving.customer
            )
        )
    ]
    ids, tokens = [row_id for row_id, _word in words], [word for _row_id, word in words]
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [current_merchant_id(), [new_id() for _ in words], ids, tokens])
