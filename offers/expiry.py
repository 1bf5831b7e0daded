"""Ending what has passed its time, batch by batch: responses whose validity is over, reservations that have lapsed.

Bookkeeping only: whether a response can be used, and whether a till still holds it, is judged at the instant, whether or
not this has run. Rows that others are changing at this moment are left for the next call.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from ledger.acts import Act as LedgerAct
from ledger.acts import Step
from ledger.models import Grant
from ledger.services import post_many
from offers.models import OfferChange, OfferResponse
from offers.services.base import ORIGIN, Act
from offers.states import WAITING, Event, Status
from tenancy.actors import Actor
from tenancy.scope import current_merchant_id

BATCH = 1000
EXPIRE = """
UPDATE offers_offerresponse AS r SET status_before = r.status, status = 'expired', closed_at = %(now)s,
    closed_entry_id = act.entry_id, reserved_until = NULL, reservation = '', version = r.version + 1,
    change_xid = pg_current_xact_id()::text::bigint
FROM unnest(%(ids)s::uuid[], %(entries)s::uuid[]) AS act (id, entry_id)
WHERE r.merchant_id = %(merchant)s AND r.id = act.id
"""
RELEASE = """
UPDATE offers_offerresponse SET reserved_until = NULL, reservation = '', version = version + 1,
    change_xid = pg_current_xact_id()::text::bigint
WHERE merchant_id = %(merchant)s AND id = ANY (%(ids)s::uuid[])
"""


def expire_due(*, now: datetime, limit: int = BATCH) -> int:
    """Expire up to ``limit`` responses whose validity has ended by ``now`` (UTC), and return how many.

    1. Locks them, the longest overdue first, stepping around those that are busy.
    2. Lets their vouchers expire, one ledger entry each; where a voucher has been swept already the entry is a memo.
    3. Writes status Expired and history by one statement each; reservations end.
    """
    due = OfferResponse.objects.filter(status__in=WAITING, expires_at__lte=now).order_by("expires_at", "id")
    rows = _taken(due, limit)
    left = _with_vouchers(rows)
    steps: dict[uuid.UUID, tuple[Step, ...]] = {
        row.id: (Step.expire(grant_id=row.grant_id),) if row.grant_id in left else () for row in rows
    }
    return _write(rows, Act(Event.EXPIRED, Actor.system(), now), EXPIRE, steps)


def release_lapsed(*, now: datetime, limit: int = BATCH) -> int:
    """Clear up to ``limit`` reservations whose time is over by ``now`` (UTC), and return how many.

    Locks them, stepping around those that are busy; writes a memo in the ledger and history for each.
    """
    rows = _taken(OfferResponse.objects.filter(reserved_until__lte=now).order_by("reserved_until", "id"), limit)
    return _write(rows, Act(Event.RELEASED, Actor.system(), now), RELEASE, {})


def _taken(due: QuerySet[OfferResponse], limit: int) -> list[OfferResponse]:
    return list(due.select_for_update(no_key=True, skip_locked=True)[:limit])


def _with_vouchers(rows: Sequence[OfferResponse]) -> set[uuid.UUID]:
    """Return the vouchers that still hold something; another sweep may have ended them."""
    return set(
        Grant.objects.filter(id__in=[row.grant_id for row in rows], remaining__gt=0).values_list("id", flat=True)
    )


def _write(rows: Sequence[OfferResponse], act: Act, statement: str, steps: dict[uuid.UUID, tuple[Step, ...]]) -> int:
    if not rows:
        return 0
    posted = post_many(acts=[_act_of(row, act, steps.get(row.id, ())) for row in rows], actor=act.actor)
    values: dict[str, Any] = {
        "merchant": current_merchant_id(),
        "now": act.now,
        "ids": [row.id for row in rows],
        "entries": [one.entry_id for one in posted],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    OfferChange.objects.bulk_create([_change_of(row, act, one.entry_id) for row, one in zip(rows, posted, strict=True)])
    return len(rows)


def _change_of(row: OfferResponse, act: Act, entry_id: uuid.UUID) -> OfferChange:
    return OfferChange(
        response_id=row.id,
        seq=row.version + 1,
        event=act.event,
        from_status=row.status,
        to_status=Status.EXPIRED if act.event == Event.EXPIRED else row.status,
        actor=str(act.actor),
        at=act.now,
        entry_id=entry_id,
    )


def _act_of(row: OfferResponse, act: Act, steps: tuple[Step, ...]) -> LedgerAct:
    return LedgerAct(
        customer_id=row.customer_id,
        event=act.event.value,
        origin=ORIGIN,
        origin_id=row.id,
        subject_id=row.offer_id,
        key=f"{ORIGIN}:{row.id}:{row.version + 1}",
        steps=steps,
    )
