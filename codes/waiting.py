"""The line of documents that wait for a code of an empty pool. Whoever came first is served first.

A document joins with `wait` and goes with `leave`. Where codes come (an upload, the generator, a code that is put
back), `serve` puts down a job that gives them out in order, one document and one transaction at a time, through the
room that owns the document (`settings.CODE_WAITERS`: origin -> module with `hold`, `give` and `named`). While somebody
waits, nobody behind takes a code of that pool.

Locks: document, then its place in the line, then the code. A pool's own row is what joining and putting back meet at,
so that of the two one always sees the other and no code lies there while somebody waits for it.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from types import ModuleType

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from codes.errors import NotWaiting, PoolArchived, PoolEmpty
from codes.models import Code, CodePool, Waiting
from codes.states import CodeState
from jobs.services import enqueue
from tenancy.actors import Actor
from tenancy.scope import current_merchant_id

IN_ORDER = ("asked_at", "id")
SHARE = "SELECT id FROM codes_codepool WHERE merchant_id = %s AND id = %s FOR SHARE"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands: before how many of its pool it is not served, and since when it waits."""

    pool_id: uuid.UUID
    pool_name: str
    number: int
    asked_at: datetime
    actor: str


def wait(*, pool_id: uuid.UUID, origin: str, origin_id: uuid.UUID, now: datetime, actor: Actor) -> Waiting:
    """Put a document at the end of a pool's line, inside the caller's transaction.

    1. Holds the pool's row for a moment, so that codes that come in just now are seen, or see who waits.
    2. Inserts the place; a document that stands in this line already keeps its place, one of another line changes over.
    3. Puts down the job that serves the line where a code is free already.

    Raises PoolArchived for a pool that is out of use.
    """
    pool: CodePool = CodePool.objects.select_for_update(no_key=True).get(id=pool_id)
    if pool.archived_at is not None:
        raise PoolArchived
    Waiting.objects.filter(origin=origin, origin_id=origin_id).exclude(pool_id=pool_id).delete()
    place = Waiting.made_with(pool_id=pool_id, origin=origin, origin_id=origin_id, actor=str(actor), asked_at=now)
    Waiting.objects.bulk_create([place], ignore_conflicts=True)
    if Code.objects.filter(pool_id=pool_id, state=CodeState.FREE).exists():
        serve(pool_id=pool_id, now=now)
    found: Waiting = Waiting.objects.get(origin=origin, origin_id=origin_id)
    return found


def leave(*, origin: str, origin_ids: Iterable[uuid.UUID]) -> int:
    """Take documents out of whatever line they stand in; return how many stood in one."""
    return int(Waiting.objects.filter(origin=origin, origin_id__in=list(origin_ids)).delete()[0])


def place_of(*, origin: str, origin_id: uuid.UUID) -> Place | None:
    """Return where a document stands in line, the first one at 1; None where it does not wait."""
    own = Waiting.objects.select_related("pool").filter(origin=origin, origin_id=origin_id).first()
    if own is None:
        return None
    before = Q(asked_at__lt=own.asked_at) | Q(asked_at=own.asked_at, id__lt=own.id)
    number = Waiting.objects.filter(before, pool_id=own.pool_id).count() + 1
    return Place(own.pool_id, own.pool.name, number, own.asked_at, own.actor)


def line_of(pool_id: uuid.UUID) -> QuerySet[Waiting]:
    """Return those who wait for codes of a pool, in order."""
    found: QuerySet[Waiting] = Waiting.objects.filter(pool_id=pool_id).order_by(*IN_ORDER)
    return found


def may_take(*, pool_id: uuid.UUID, origin: str, origin_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Return which of these documents may take a code now: all where nobody else waits, else who leads the line."""
    wanted = set(origin_ids)
    first: list[uuid.UUID] = []
    line = line_of(pool_id).values_list("origin", "origin_id")[: len(wanted) + 1]
    for waiting_origin, waiting_id in line:
        if waiting_origin != origin or waiting_id not in wanted:
            return first
        first.append(waiting_id)
    return [*first, *(one for one in origin_ids if one not in set(first))]


def serve(*, pool_id: uuid.UUID, now: datetime) -> None:
    """Put down the job that gives free codes of a pool to those who wait, where anybody does."""
    if Waiting.objects.filter(pool_id=pool_id).exists():
        enqueue(kind="codes.serve", payload={"pool": str(pool_id)}, now=now)


def meet_at(pool_id: uuid.UUID) -> None:
    """Hold a pool's row so that nobody joins its line unseen until the transaction ends; many may hold it at once."""
    with connection.cursor() as cursor:
        cursor.execute(SHARE, [current_merchant_id(), pool_id])


def serve_next(*, pool_id: uuid.UUID, now: datetime) -> bool:
    """Give the pool's next free code to who leads the line; return False where nobody waits or no code is free.

    1. Holds the document, then its place; a place that was given up meanwhile is passed over.
    2. Has the document's room give the code (which takes it, so that the place is gone), or note that it does not want
       one any more; then the place is given up.

    Everything in the caller's transaction: killed in the middle, nothing has happened. Raises PoolBusy while the last
    codes are being taken by transactions that may still give them up. ``now`` is UTC.
    """
    if not CodePool.objects.filter(id=pool_id, archived_at__isnull=True).exists():
        return False
    if not Code.objects.filter(pool_id=pool_id, state=CodeState.FREE).exists():
        return False
    head = line_of(pool_id).first()
    if head is None:
        return False
    room = _room_of(head.origin)
    try:
        with transaction.atomic():
            room.hold(origin_id=head.origin_id)
            if Waiting.objects.select_for_update(no_key=True).filter(id=head.id).exists():
                room.give(origin_id=head.origin_id, now=now)
                Waiting.objects.filter(id=head.id).delete()
    except PoolEmpty:
        # The last one went to somebody who held it already; who waits keeps the place.
        return False
    return True


def named(rows: Sequence[Waiting]) -> list[tuple[Waiting, str, str]]:
    """Return each place with what its document is called and the name of its page's address."""
    by_origin: dict[str, list[uuid.UUID]] = {}
    for row in rows:
        by_origin.setdefault(row.origin, []).append(row.origin_id)
    names = {origin: _room_of(origin).named(origin_ids=ids) for origin, ids in by_origin.items()}
    return [(row, *names[row.origin].get(row.origin_id, (str(row.origin_id)[-6:], ""))) for row in rows]


def _room_of(origin: str) -> ModuleType:
    waiters: dict[str, str] = import_string(settings.CODE_WAITERS)
    if origin not in waiters:
        raise NotWaiting(origin)
    return import_module(waiters[origin])
