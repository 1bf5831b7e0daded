"""Watching the stock: which pools are running low; and taking from it, or giving back, many codes at once."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from codes.errors import CodeNotTaken
from codes.models import Code, CodePool
from codes.selectors import open_pools, stocks
from codes.states import CodeState
from codes.waiting import leave, may_take, meet_at, serve
from tenancy.actors import Actor
from tenancy.audit import audit, audit_many
from tenancy.scope import current_merchant_id

TAKE_MANY = """
WITH free AS MATERIALIZED (
    SELECT id FROM codes_code WHERE merchant_id = %(merchant)s AND pool_id = %(pool)s AND state = 'free'
        AND NOT EXISTS (SELECT FROM codes_codepool
            WHERE merchant_id = %(merchant)s AND id = %(pool)s AND archived_at IS NOT NULL)
    ORDER BY id LIMIT %(number)s FOR UPDATE SKIP LOCKED),
numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM free)
UPDATE codes_code AS c
SET state = 'taken', holder_origin = %(origin)s, holder_id = wanted.holder, taken_at = %(now)s
FROM numbered JOIN unnest(%(holders)s::uuid[]) WITH ORDINALITY AS wanted (holder, n) ON wanted.n = numbered.n
WHERE c.merchant_id = %(merchant)s AND c.id = numbered.id
RETURNING c.id
"""


def check_pools(*, now: datetime) -> int:
    """Mark pools that passed one of their marks with the time, take the mark off the others; return how many are low.

    Each change is audited once, and of each dip the merchant's admins are told once. Where codes are free and somebody
    waits nevertheless, the line is served. Archived pools are left alone.
    """
    pools = list(open_pools())
    found = stocks([pool.id for pool in pools], now=now)
    for pool in pools:
        low = found[pool.id].is_low(pool)
        if low != (pool.low_since is not None):
            _mark(pool, low=low, free=found[pool.id].free, now=now)
        if found[pool.id].free:
            serve(pool_id=pool.id, now=now)
    return sum(found[pool.id].is_low(pool) for pool in pools)


def take_many(
    *, pool_id: uuid.UUID, origin: str, origin_ids: Sequence[uuid.UUID], now: datetime
) -> dict[uuid.UUID, Code]:
    """Give free codes of a pool to documents, the oldest code to the first document, inside the caller's transaction.

    Takes what is free by one statement, stepping around codes that others are taking; ``now`` (UTC) is written on
    them. Where others wait and came before, or the pool is archived, nobody is given one. Answers with a code for each document that got one, or holds one of this pool already; a document that is
    missing may ask `codes.services.take`, which waits and says whether the pool is really empty. Raises
    IntegrityError for a document that holds a code of another pool.
    """
    held = _held_by(pool_id, origin, origin_ids)
    holders = may_take(pool_id=pool_id, origin=origin, origin_ids=[one for one in origin_ids if one not in held])
    if not holders:
        return held
    values: dict[str, Any] = {"merchant": current_merchant_id(), "pool": pool_id, "origin": origin, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(TAKE_MANY, values | {"holders": holders, "number": len(holders)})
    found = _held_by(pool_id, origin, origin_ids)
    leave(origin=origin, origin_ids=found)
    return found


def give_up_many(*, code_ids: Iterable[uuid.UUID], burnt: bool, actor: Actor, reason: str = "") -> list[Code]:
    """Free many taken codes for the next documents, or with ``burnt`` withdraw them for good; audit each.

    Codes that are so already stay as they are. Locks them in the order of their ids. Raises CodeNotTaken where a burnt
    one should be freed. Returns those that changed.
    """
    wanted = CodeState.BURNT if burnt else CodeState.FREE
    code_ids = list(code_ids)
    pool_ids = [] if burnt else sorted(set(Code.objects.filter(id__in=code_ids).values_list("pool_id", flat=True)))
    for pool_id in pool_ids:
        meet_at(pool_id)
    codes = list(Code.objects.select_for_update(no_key=True).filter(id__in=code_ids).order_by("id"))
    codes = [code for code in codes if code.state != wanted]
    if not burnt and any(code.state != CodeState.TAKEN for code in codes):
        raise CodeNotTaken
    facts = {
        code.id: {"state": code.state} if burnt else {"holder": f"{code.holder_origin}:{code.holder_id}"}
        for code in codes
    }
    empty = {} if burnt else {"holder_origin": "", "holder_id": None, "taken_at": None}
    Code.objects.filter(id__in=list(facts)).update(state=wanted, **empty)
    action = "code.burnt" if burnt else "code.put_back"
    audit_many(action=action, actor=actor, target_type="code", before=facts, reason=reason)
    for pool_id in pool_ids:
        serve(pool_id=pool_id, now=timezone.now())
    return codes


def _held_by(pool_id: uuid.UUID, origin: str, origin_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Code]:
    found: Iterable[Code] = Code.objects.filter(
        pool_id=pool_id, holder_origin=origin, holder_id__in=list(origin_ids), state=CodeState.TAKEN
    )
    return {code.holder_id: code for code in found if code.holder_id is not None}


def _mark(pool: CodePool, *, low: bool, free: int, now: datetime) -> None:
    pool.low_since = now if low else None
    pool.save(update_fields=["low_since"])
    audit(
        action="code_pool.low" if low else "code_pool.filled",
        actor=Actor.system(),
        target=("code_pool", pool.id),
        after={"free": free},
    )
    if low:
        for path in import_string(settings.LOW_POOL_LISTENERS):
            import_string(path)(pool=pool, free=free, now=now)
