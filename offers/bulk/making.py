"""The acts: what each changes on a response, the same as its single service does."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customers.models import Customer
from ledger.acts import Step
from ledger.models import Grant
from ledger.units import Unit
from offers.bulk.changes import Change, write
from offers.models import BulkKind, Offer, OfferResponse
from offers.services import stock
from offers.services.base import Act, close, let_go, reopen_to
from offers.services.closing import needs_new_end
from offers.services.using import address_of
from offers.states import Event, Status
from offers.usage import status_of
from tenancy.actors import Actor
from tenancy.ids import new_id


@dataclass(slots=True)
class Desk:
    """One batch at work: who asked for what, and when it is done."""

    actor: Actor
    now: datetime
    given: Mapping[str, Any]

    def change(self, row: OfferResponse, event: Event, **detail: Any) -> Change:
        """Return the change by which this event happens to a response."""
        return Change(row, Act(event, self.actor, self.now, self.given.get("reason", "")), detail)


Make = Callable[[Sequence[OfferResponse], Desk], list[Change]]


def clip(rows: Sequence[OfferResponse], desk: Desk) -> list[Change]:
    """Opt in for the members."""
    changes = []
    for row in rows:
        change = desk.change(row, Event.CLIPPED)
        change.post()
        row.status, row.clipped_at = Status.CLIPPED, desk.now
        changes.append(change)
    return changes


def process(rows: Sequence[OfferResponse], desk: Desk) -> list[Change]:
    """Take them into shipping with the members' addresses; vouchers with an end are exchanged for some without."""
    customers = Customer.objects.in_bulk({row.customer_id for row in rows})
    return [_processed(row, customers[row.customer_id], desk) for row in rows]


def _processed(row: OfferResponse, customer: Customer, desk: Desk) -> Change:
    change = desk.change(row, Event.PROCESSING)
    if row.expires_at is None:
        change.post()
    else:
        grant_id = new_id()
        code = row.code_value or None
        change.post(
            Step.revoke(grant_id=row.grant_id),
            Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=grant_id, code=code),
        )
        row.grant_id = grant_id
    row.status, row.ship_to = Status.PROCESSING, address_of(customer=customer)
    let_go(response=row)
    return change


def ship(rows: Sequence[OfferResponse], desk: Desk) -> list[Change]:
    """Say that they are on their way."""
    changes = []
    for row in rows:
        change = desk.change(row, Event.SHIPPED)
        change.post()
        row.status, row.shipped_at = Status.SHIPPING, desk.now
        row.carrier, row.tracking_number = desk.given.get("carrier", "").strip()[:60], ""
        changes.append(change)
    return changes


def complete(rows: Sequence[OfferResponse], desk: Desk) -> list[Change]:
    """Draw the vouchers: the responses were used."""
    changes = []
    for row in rows:
        change = desk.change(row, Event.COMPLETED)
        draw = Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=row.grant_id)
        close(response=row, status=Status.COMPLETED, act=change.act, entry_id=change.post(draw))
        row.completed_at, row.reference, row.amount = desk.now, "", None
        changes.append(change)
    return changes


def expire(rows: Sequence[OfferResponse], desk: Desk) -> list[Change]:
    """End their validity; a voucher that was swept already leaves a memo."""
    left = with_vouchers(rows)
    return [_expired(row, desk.change(row, Event.EXPIRED), left) for row in rows]


def _expired(row: OfferResponse, change: Change, left: set[uuid.UUID]) -> Change:
    steps = [Step.expire(grant_id=row.grant_id)] if row.grant_id in left else []
    close(response=row, status=Status.EXPIRED, act=change.act, entry_id=change.post(*steps))
    return change


def cancel(rows: Sequence[OfferResponse], desk: Desk) -> list[Change]:
    """Give places in the limits back and revoke the vouchers; codes stay with the responses."""
    stock.give_back_many(taken=pairs_of(rows))
    return [canceled(row, desk.change(row, Event.CANCELED)) for row in rows]


def canceled(row: OfferResponse, change: Change) -> Change:
    """Return the change that cancels a response whose place in the limits was given back."""
    entry_id = change.post(Step.revoke(grant_id=row.grant_id))
    close(response=row, status=Status.CANCELED, act=change.act, entry_id=entry_id)
    return change


def reopen(rows: Sequence[OfferResponse], desk: Desk) -> list[Change]:
    """Bring them back to where they stood; an expiry that no job has written down is written down first, as its."""
    lagging = [row for row in rows if status_of(row, at=desk.now) != row.status]
    if lagging:
        write(changes=expire(lagging, Desk(Actor.system(), desk.now, {})))
    stock.take_many(taken=pairs_of([row for row in rows if row.status == Status.CANCELED]))
    return [_reopened(row, desk) for row in rows]


def _reopened(row: OfferResponse, desk: Desk) -> Change:
    is_late = needs_new_end(response=row, now=desk.now)
    change = desk.change(row, Event.REOPENED)
    if is_late:
        _anew(row, change, datetime.fromisoformat(desk.given["expires_at"]))
        change.detail["expires_at"] = desk.given["expires_at"]
    else:
        change.reverse(row.closed_entry_id)
    reopen_to(response=row, status=row.status_before)
    return change


def _anew(row: OfferResponse, change: Change, expires_at: datetime) -> None:
    """Issue a new voucher for a response whose old one has ended."""
    grant_id, starts = new_id(), row.usage_from
    is_later = starts is not None and change.act.now < starts < expires_at
    change.post(
        Step.grant(
            unit=Unit.VOUCHER,
            amount=1,
            grant_id=grant_id,
            code=row.code_value or None,
            valid_from=starts if is_later else None,
            expires_at=expires_at,
        )
    )
    row.grant_id, row.expires_at = grant_id, expires_at
    if row.usage_to is not None and row.usage_to < expires_at:
        row.usage_to = expires_at


def take_back(rows: Sequence[OfferResponse], desk: Desk) -> list[Change]:
    """Take their completion back: the vouchers are there again with their own end."""
    changes = []
    for row in rows:
        change = desk.change(row, Event.REVERSED, **({"reference": row.reference} if row.reference else {}))
        change.reverse(row.closed_entry_id)
        reopen_to(response=row, status=row.status_before)
        row.reference, row.amount = "", None
        changes.append(change)
    return changes


def pairs_of(rows: Iterable[OfferResponse]) -> list[tuple[Offer, uuid.UUID]]:
    """Return offer and member of each response, as the counters of the limits want them."""
    rows = list(rows)
    offers: dict[uuid.UUID, Offer] = Offer.objects.in_bulk({row.offer_id for row in rows})
    return [(offers[row.offer_id], row.customer_id) for row in rows]


def with_vouchers(rows: Iterable[OfferResponse]) -> set[uuid.UUID]:
    """Return the vouchers of these that still hold something; a sweep may have ended them."""
    held = Grant.objects.filter(id__in=[row.grant_id for row in rows], remaining__gt=0)
    return set(held.values_list("id", flat=True))


MAKES: dict[str, Make] = {
    BulkKind.CLIP: clip,
    BulkKind.PROCESS: process,
    BulkKind.SHIP: ship,
    BulkKind.COMPLETE: complete,
    BulkKind.EXPIRE: expire,
    BulkKind.CANCEL: cancel,
    BulkKind.REOPEN: reopen,
    BulkKind.REVERSE: take_back,
}
