"""Taking a code, giving it back, burning it; and the pools themselves."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction

from codes.errors import CodeNotTaken, HolderHasCode, OthersWait, PoolArchived, PoolBusy, PoolEmpty
from codes.models import Code, CodePool
from codes.states import CodeState
from codes.waiting import leave, may_take, meet_at, serve
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.prepared import prepared_cursor
from tenancy.scope import current_merchant_id

TAKE = """
UPDATE codes_code SET state = 'taken', holder_origin = %(origin)s, holder_id = %(holder)s, taken_at = %(now)s
WHERE merchant_id = %(merchant)s AND state = 'free' AND NOT EXISTS (
    SELECT FROM codes_codepool WHERE merchant_id = %(merchant)s AND id = %(pool)s AND archived_at IS NOT NULL)
AND id = (
    SELECT id FROM codes_code WHERE merchant_id = %(merchant)s AND pool_id = %(pool)s AND state = 'free'
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""
COLUMNS = [str(field.column) for field in Code._meta.concrete_fields]
# For a document that is only just made: it can hold no code yet, and stands in no line.
TAKE_NEW = TAKE.replace(
    "WHERE merchant_id = %(merchant)s AND state = 'free' AND NOT EXISTS",
    "WHERE NOT EXISTS (SELECT FROM codes_waiting WHERE merchant_id = %(merchant)s AND pool_id = %(pool)s)"
    " AND merchant_id = %(merchant)s AND state = 'free' AND NOT EXISTS",
).replace("RETURNING *", f"RETURNING {', '.join(COLUMNS)}")
WAIT = """
SELECT id FROM codes_code WHERE merchant_id = %(merchant)s AND pool_id = %(pool)s AND state = 'free'
ORDER BY id LIMIT 1 FOR UPDATE
"""
ATTEMPTS = 8
LOCK_NOT_AVAILABLE, DEADLOCK = "55P03", "40P01"


def take(
    *, pool_id: uuid.UUID, origin: str, origin_id: uuid.UUID, now: datetime, actor: Actor, is_new: bool = False
) -> Code:
    """Give the pool's next free code to a document, inside the caller's transaction.

    1. Refuses where others wait for a code of this pool and came before (OthersWait, which is a PoolEmpty).
    2. Takes the oldest free code, stepping around codes that others are taking at this moment.
    3. Writes holder and time (``now``, UTC) on it; its place in the line is given up. The act itself stands in the
       ledger, with ``actor``.

    All of it by one statement where the document is only just made (``is_new``) and a code is free.

    A document that holds a code of this pool already gets that one back; one that holds a code of another pool must
    give that up first (HolderHasCode). Raises PoolEmpty when no code is free, PoolArchived (which is one) where the pool
    is out of use, and PoolBusy when the last ones stay locked by transactions that may still give them up: "sold out" is
    never said falsely. Locks one code row until the transaction ends, so send no mail inside it.
    """
    values = {"merchant": current_merchant_id(), "pool": pool_id, "origin": origin, "holder": origin_id, "now": now}
    if is_new and (found := _take_new(values)):
        return found
    if not may_take(pool_id=pool_id, origin=origin, origin_ids=[origin_id]):
        return _held_or(OthersWait(), values)
    for _attempt in range(ATTEMPTS):
        try:
            taken = _run(lambda: list(Code.objects.raw(TAKE, values)))
        except HolderHasCode as error:
            return _held_or(error, values)
        if taken:
            leave(origin=origin, origin_ids=[origin_id])
            return taken[0]
        if CodePool.objects.filter(id=pool_id, archived_at__isnull=False).exists():
            return _held_or(PoolArchived(), values)
        # Stepping around locks cannot tell "sold out" from "the last one may be on its way back": look, and wait.
        if not Code.objects.filter(pool_id=pool_id, state=CodeState.FREE).exists():
            return _held_or(PoolEmpty(), values)
        _wait(values)
    raise PoolBusy


def _take_new(values: dict[str, Any]) -> Code | None:
    with prepared_cursor() as cursor:
        cursor.execute(TAKE_NEW, values)
        found = cursor.fetchone()
    return None if found is None else Code.from_db(connection.alias, COLUMNS, found)


def put_back(*, code_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "") -> Code:
    """Free a taken code for the next document, and audit it.

    Who waits for a code of its pool is served by a job. A code that is free already is returned as it is. Raises
    CodeNotTaken for a burnt one: what may have been seen elsewhere is not given out again.
    """
    meet_at(Code.objects.values_list("pool_id", flat=True).get(id=code_id))
    code = _locked(code_id)
    if code.state == CodeState.FREE:
        return code
    if code.state != CodeState.TAKEN:
        raise CodeNotTaken
    before = {"holder": f"{code.holder_origin}:{code.holder_id}"}
    code.state, code.holder_origin, code.holder_id, code.taken_at = CodeState.FREE, "", None, None
    code.save(update_fields=["state", "holder_origin", "holder_id", "taken_at"])
    audit(action="code.put_back", actor=actor, target=("code", code.id), before=before, reason=reason)
    serve(pool_id=code.pool_id, now=now)
    return code


def burn(*, code_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "", only_free: bool = False) -> Code:
    """Withdraw a code, free or taken, for good, and audit it; its last holder stays written on it.

    A code that is burnt already is returned as it is. With ``only_free`` one that somebody has got is left to them
    (HolderHasCode).
    """
    code = _locked(code_id)
    if code.state == CodeState.BURNT:
        return code
    if only_free and code.state == CodeState.TAKEN:
        raise HolderHasCode
    before = {"state": code.state}
    code.state = CodeState.BURNT
    code.save(update_fields=["state"])
    audit(action="code.burnt", actor=actor, target=("code", code.id), before=before, reason=reason)
    return code


def reveal(*, code_id: uuid.UUID, actor: Actor, now: datetime) -> str:
    """Return a code in full, and audit that it was looked at."""
    code: Code = Code.objects.get(id=code_id)
    audit(action="code.revealed", actor=actor, target=("code", code.id))
    return code.value


def note_export(*, pool_id: uuid.UUID, actor: Actor) -> None:
    """Audit that somebody takes all codes of a pool along, and how many there are."""
    number = Code.objects.filter(pool_id=pool_id).count()
    audit(action="code_pool.exported", actor=actor, target=("code_pool", pool_id), after={"codes": number})


def save_pool(*, pool: CodePool, actor: Actor, now: datetime) -> CodePool:
    """Create or change a pool as a form filled it in, and audit what changed. ``now`` is its birth if it is new."""
    new = pool._state.adding
    before = None if new else _facts(CodePool.objects.get(id=pool.id))
    if new:
        pool.created_at = now
    pool.save()
    action = "code_pool.created" if new else "code_pool.changed"
    audit(action=action, actor=actor, target=("code_pool", pool.id), before=before, after=_facts(pool))
    return pool


def archive(*, pool_id: uuid.UUID, archived: bool, actor: Actor, now: datetime) -> CodePool:
    """Put a pool out of the way, or back into use, and audit it.

    Codes already given stay valid; who waits keeps the place and is served once the pool is back. Twice is one act.
    """
    pool: CodePool = CodePool.objects.select_for_update(no_key=True).get(id=pool_id)
    if (pool.archived_at is not None) == archived:
        return pool
    pool.archived_at = now if archived else None
    pool.save(update_fields=["archived_at"])
    if not archived:
        serve(pool_id=pool.id, now=now)
    audit(action="code_pool.archived" if archived else "code_pool.restored", actor=actor, target=("code_pool", pool.id))
    return pool


def _facts(pool: CodePool) -> dict[str, Any]:
    return {name: getattr(pool, name) for name in ("name", "kind", "pattern", "excluded", "low_mark", "low_days")}


def _run(statement: Callable[[], Any]) -> Any:
    """Run a statement in a savepoint of its own, so that its refusal leaves the caller's transaction usable."""
    try:
        with transaction.atomic():
            return statement()
    except IntegrityError as error:
        raise HolderHasCode from error
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise PoolBusy from error
        raise


def _wait(values: dict[str, Any]) -> None:
    """Wait until the oldest free code is taken for good, or free after all; then its lock is kept.

    PostgreSQL also locks the row that turns out to be taken, until the transaction ends. Two who keep such locks of
    their earlier looks can end up waiting for each other, so a wait that was in vain is rolled back.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(WAIT, values)
            if cursor.fetchone() is None:
                transaction.set_rollback(True)
    except OperationalError as error:
        state = getattr(error.__cause__, "sqlstate", None)
        if state == LOCK_NOT_AVAILABLE:
            raise PoolBusy from error
        if state != DEADLOCK:
            raise


def _held_or(error: Exception, values: dict[str, Any]) -> Code:
    """Return the code of this pool that the document holds already, or raise."""
    holder = {"holder_origin": values["origin"], "holder_id": values["holder"]}
    found: Code | None = Code.objects.filter(pool_id=values["pool"], state=CodeState.TAKEN, **holder).first()
    if found is None:
        raise error
    return found


def _locked(code_id: uuid.UUID) -> Code:
    found: Code = Code.objects.select_for_update(no_key=True).get(id=code_id)
    return found
