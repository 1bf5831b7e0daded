"""The ledger's verbs. The only module that calls the functions in the database, one round trip an act.

All run inside the caller's transaction and the merchant's scope (NoMerchant otherwise), after everything else that
the act locks: document, stock row, code row, then the ledger. Each returns a `Posted`. The same key with the same
contents is a replay: the first answer again, nothing written. Refusals are the exceptions of `ledger.errors`; an
unknown customer is an IntegrityError.
"""

import contextlib
import contextvars
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Unpack

from django.db import DatabaseError, connection

from ledger.acts import About, Act, Moved, Posted, Reversal, Step, Swept, digest_of
from ledger.errors import refusal
from ledger.units import Unit, Verb
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.prepared import prepared_cursor
from tenancy.scope import current_merchant_id

POST = """
SELECT entry, replayed, entries, grants, units, amounts, held
FROM ledger.post(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::timestamptz,
    %s::text[], %s::text[], %s::bigint[], %s::uuid[], %s::text[], %s::timestamptz[], %s::timestamptz[])
"""
REVERSE = """
SELECT entry, replayed, entries, grants, units, amounts, held
FROM ledger.reverse(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::timestamptz)
"""
POST_MANY = """
SELECT standing, is_new
FROM ledger.post_many(%s, %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::uuid[], %s, %s::text[],
    %s::bytea[], %s::text[], %s::timestamptz[], %s::integer[],
    %s::text[], %s::text[], %s::bigint[], %s::uuid[], %s::text[], %s::timestamptz[], %s::timestamptz[])
"""
REVERSE_MANY = """
SELECT standing, is_new
FROM ledger.reverse_many(%s, %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::uuid[], %s,
    %s::text[], %s::bytea[], %s::text[])
"""
EXPIRE_DUE = "SELECT swept, amount FROM ledger.expire_due(%s, %s, %s, %s, %s)"

_happened: contextvars.ContextVar[datetime | None] = contextvars.ContextVar("happened", default=None)


@contextlib.contextmanager
def backdated(*, at: datetime) -> Iterator[None]:
    """Let every act inside this block have happened at `at` (aware): for imports and demo data alone.

    Sets the transaction's permission to name a time, which the functions ask for; the entries' `recorded_at` stays
    the clock's. What is pending or expired is judged at `at` too.
    """
    outer = _happened.get()
    token = _happened.set(at)
    try:
        _permit_times("on")
        yield
        if outer is None:
            _permit_times("off")
    finally:
        _happened.reset(token)


def post(*, steps: Sequence[Step], **about: Unpack[About]) -> Posted:
    """Write one entry and do its steps in their order, all or nothing.

    1. Locks the customer's accounts (opens those in which something is granted) and then reads the clock.
    2. Writes the entry, or finds the one that stands for the same key.
    3. Moves amounts step by step; times are UTC instants, amounts whole numbers of their unit.

    `Posted.shortfall` is what revocations were asked for and did not find. Raises NotEnough, GrantNotUsable,
    NothingLeft, LedgerConflict, WrongTime.
    """
    row = _call(POST, [new_id(), *_entry_values(about, _digest(about, None, steps)), *_step_arrays(steps)])
    return _posted(row, steps)


def record(**about: Unpack[About]) -> Posted:
    """Write an entry that moves nothing: a memorandum (verified, rejected, clipped, shipped)."""
    return post(steps=(), **about)


def grant(
    *,
    unit: Unit,
    amount: int,
    grant_id: uuid.UUID | None = None,
    code: str | None = None,
    valid_from: datetime | None = None,
    expires_at: datetime | None = None,
    **about: Unpack[About],
) -> Posted:
    """Give the customer an amount as a new grant (ISSUED -> HELD), usable from `valid_from` until before `expires_at`.

    `grant_id` is the new grant's id where the caller needs to know it beforehand; a replay answers with the first
    one's. `code` is what the customer presents.
    """
    step = Step.grant(
        unit=unit, amount=amount, grant_id=grant_id, code=code, valid_from=valid_from, expires_at=expires_at
    )
    return post(steps=[step], **about)


def draw(*, unit: Unit, amount: int, grant_id: uuid.UUID | None = None, **about: Unpack[About]) -> Posted:
    """Use an amount (HELD -> REDEEMED), all or nothing: of one grant, or the one that ends first, first.

    Only what is usable at the clock read after the lock. Raises NotEnough, GrantNotUsable.
    """
    return post(steps=[Step.draw(unit=unit, amount=amount, grant_id=grant_id)], **about)


def expire(*, grant_id: uuid.UUID, **about: Unpack[About]) -> Posted:
    """Let what is left of a grant expire (HELD -> EXPIRED), before its end too. Raises NothingLeft, GrantNotUsable."""
    return post(steps=[Step.expire(grant_id=grant_id)], **about)


def revoke(
    *,
    grant_id: uuid.UUID | None = None,
    unit: Unit | None = None,
    amount: int | None = None,
    **about: Unpack[About],
) -> Posted:
    """Take away up to an amount, or all, of a grant (HELD -> REVOKED); `shortfall` is what was no longer there.

    Without `grant_id`, up to `amount` of a unit in the order of drawing, what is still locked included. Finding
    nothing is no error: the entry stands, nothing moves. Raises GrantNotUsable for an unknown grant.
    """
    return post(steps=[Step.revoke(grant_id=grant_id, unit=unit, amount=amount)], **about)


def reverse(*, reverses: uuid.UUID, **about: Unpack[About]) -> Posted:
    """Move every movement of an entry the other way, on the same grants with their own end. Once.

    What comes back to a grant that has ended meanwhile expires again at once, with an entry `grant.expired` of its
    own (`Posted.lapsed`). Raises AlreadyReversed; NotReversible where what was given has been used, where an expiry's
    time has passed, for a reversal, and for an entry of another customer.
    """
    values = _entry_values(about, _digest(about, reverses, ()))
    return _posted(_call(REVERSE, [new_id(), values[0], reverses, *values[1:]]), ())


def post_many(*, acts: Sequence[Act], actor: Actor) -> list[Posted]:
    """Write many acts by a handful of set-based statements: imports, bulk actions, synthetic volume.

    Every step but a grant names its grant, and a batch names each grant once (besides issuing it). One refusal
    refuses the batch; a key that stands already with the same contents is a replay. Some thousand acts a call are
    a good size. Answers in the order of the acts, without movements.
    """
    if not acts:
        return []
    steps = [(number, step) for number, act in enumerate(acts, 1) for step in act.steps]
    happened = _happened.get()
    row = _call(
        POST_MANY,
        [
            [act.entry_id for act in acts],
            [act.customer_id for act in acts],
            [act.event for act in acts],
            [act.origin for act in acts],
            [act.origin_id for act in acts],
            [act.subject_id for act in acts],
            str(actor),
            [act.key for act in acts],
            [_digest_of_act(act) for act in acts],
            [act.note for act in acts],
            [act.occurred_at or happened for act in acts],
            [number for number, _ in steps],
            *_step_arrays([step for _, step in steps]),
        ],
    )
    return [Posted(entry_id, not is_new) for entry_id, is_new in zip(*row, strict=True)]


def reverse_many(*, reversals: Sequence[Reversal], actor: Actor) -> list[Posted]:
    """Take many entries back, each as `reverse` does, by one round trip; a customer may come several times.

    1. Locks all their customers' accounts in the order in which `post_many` does.
    2. Reverses one after the other. One refusal refuses the batch.

    Answers in the order given, without movements. Raises what `reverse` raises.
    """
    if not reversals:
        return []
    rows = [
        (
            one.entry_id,
            one.customer_id,
            one.reverses,
            one.event,
            one.origin,
            one.origin_id,
            one.subject_id,
            one.key,
            _fingerprint(_about(one), one.reverses, ()),
            one.note,
        )
        for one in reversals
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    row = _call(REVERSE_MANY, [*columns[:7], str(actor), *columns[7:]])
    return [Posted(entry_id, not is_new) for entry_id, is_new in zip(*row, strict=True)]


def expire_due(*, unit: Unit, actor: Actor, now: datetime, limit: int = 2000) -> Swept:
    """Expire up to `limit` grants of a unit whose end has passed by `now` (and by the database's clock).

    One entry `grant.expired` each, dated at the grant's own end, origin "grant". Customers who are busy at this
    moment are left for the next call; reads never wait for the sweep, since they judge the end themselves. Call it
    again until it returns fewer than `limit`.
    """
    return Swept(*_call(EXPIRE_DUE, [unit, str(actor), now, limit]))


def _permit_times(state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ledger.backdating = '{state}'")


def _entry_values(about: About, digest: bytes) -> list[Any]:
    return [
        about["customer_id"],
        about["event"],
        about["origin"],
        about["origin_id"],
        about.get("subject_id"),
        str(about["actor"]),
        about["key"],
        digest,
        about.get("note", ""),
        about.get("occurred_at") or _happened.get(),
    ]


def _digest(about: About, reverses: uuid.UUID | None, steps: Sequence[Step]) -> bytes:
    given = about.get("digest")
    return given or _fingerprint(about, reverses, steps)


def _digest_of_act(act: Act) -> bytes:
    return act.digest or _fingerprint(_about(act), None, act.steps)


def _about(act: Act | Reversal) -> dict[str, Any]:
    return {name: getattr(act, name) for name in ("customer_id", "event", "origin", "origin_id", "subject_id")}


def _fingerprint(about: Any, reverses: uuid.UUID | None, steps: Sequence[Step]) -> bytes:
    return digest_of(
        about["customer_id"],
        about["event"],
        about["origin"],
        about["origin_id"],
        about.get("subject_id"),
        reverses,
        [step.contents() for step in steps],
    )


def _step_arrays(steps: Sequence[Step]) -> list[str]:
    names = ("verb", "unit", "amount", "grant_id", "code", "valid_from", "expires_at")
    return [_array([getattr(step, name) for step in steps]) for name in names]


def _array(values: Sequence[Any]) -> str:
    """Return an array as PostgreSQL reads it; the driver would look for the kind of each value, a dozen times an act."""
    return "{" + ",".join("NULL" if value is None else _quoted(str(value)) for value in values) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _call(statement: str, values: list[Any]) -> Any:
    merchant_id = current_merchant_id()
    try:
        with prepared_cursor() as cursor:
            cursor.execute(statement, [merchant_id, *values])
            return cursor.fetchone()
    except DatabaseError as error:
        refused = refusal(error)
        if refused is None:
            raise
        raise refused from error


def _posted(row: Any, steps: Sequence[Step]) -> Posted:
    entry_id, replayed, *columns = row
    moved = tuple(
        Moved(entry, grant, Unit(unit), amount, held)
        for entry, grant, unit, amount, held in zip(*(column or () for column in columns), strict=True)
    )
    return Posted(entry_id, replayed, moved, _shortfall(steps, moved))


def _shortfall(steps: Sequence[Step], moved: tuple[Moved, ...]) -> int:
    revoked = [step.amount for step in steps if step.verb == Verb.REVOKE]
    if not revoked or any(amount is None for amount in revoked) or len(revoked) != len(steps):
        return 0
    return sum(amount for amount in revoked if amount) + sum(one.amount for one in moved)
