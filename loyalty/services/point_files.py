"""Points given and taken by a file, in sets: each line is an adjustment with its reason."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from ledger.acts import Act, Reversal, Step, digest_of
from ledger.models import Grant
from ledger.services import post_many, reverse_many
from ledger.units import Unit
from loyalty.earning import validity
from loyalty.errors import KeyReused, NotEnoughPoints
from loyalty.models import PointAdjustment
from loyalty.services.adjustments import ORIGIN, adjust
from loyalty.services.purchases import settings_of_merchant
from loyalty.services.regained import settle_regained
from loyalty.states import AdjustmentState, PointEvent
from loyalty.waiting import look_again
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.selectors import merchant_zone


@dataclass(frozen=True, slots=True)
class Wanted:
    """Points to be given (positive) or taken (negative); `waits` says that a second person has to agree first."""

    op_key: str
    customer_id: uuid.UUID
    points: int
    reason: str
    waits: bool


def bring_in(*, wanted: Sequence[Wanted], actor: Actor, now: datetime) -> dict[str, uuid.UUID | str]:
    """Adjust the points of many members; return by ``op_key`` the new adjustment, or why there is none.

    1. What stands already under its key is left out, and does not appear in what is returned.
    2. Points that are given are posted by one call of the ledger, as lots that end as the settings say.
    3. What waits for a second person is written down as waiting, and moves nothing.
    4. Points that are taken go one by one, as `adjust` takes them: exactly so many, or none.

    In a savepoint; done once more where somebody brings the same keys in at the same moment. Whoever calls audits it.
    """
    try:
        with transaction.atomic():
            return _bring(wanted, actor, now)
    except IntegrityError:
        return _bring(wanted, actor, now)


def kept(*, adjustments: Mapping[uuid.UUID, PointAdjustment], now: datetime) -> dict[uuid.UUID, str]:
    """Return which of these adjustments cannot be taken back as they stand, and why; one query. ``now`` is UTC."""
    given = {row.entry_id: row for row in adjustments.values() if row.state == AdjustmentState.DONE and row.points > 0}
    lots = Grant.objects.filter(~Q(remaining=F("amount")) | Q(expires_at__lte=now), entry_id__in=list(given))
    touched = {given[entry_id].id for entry_id in lots.values_list("entry_id", flat=True)}
    found = dict.fromkeys(touched, _("Some of these points were spent, or have expired."))
    for row in adjustments.values():
        if row.state == AdjustmentState.UNDONE:
            found[row.id] = _("These points were taken back already.")
        elif row.state == AdjustmentState.DECLINED:
            found[row.id] = _("This was declined; nothing was given.")
    return found


def undo(*, adjustments: Sequence[PointAdjustment], actor: Actor, now: datetime, reason: str) -> None:
    """Take locked adjustments back, all of them or none; ``reason`` stands in the journal.

    1. Reverses the entries of those that are done, each on its own lot; what comes back is settled (see
       `settle_regained`).
    2. Notes all of them as taken back; one that waited for approval never happens.

    Raises NotReversible where points were spent since, AlreadyReversed.
    """
    done = [row for row in adjustments if row.state == AdjustmentState.DONE]
    reverse_many(reversals=[_reversal(row, reason) for row in done], actor=actor)
    taken = {row.customer_id for row in done if row.points < 0}
    if taken:
        settle_regained(customer_ids=taken, actor=actor, now=now)
    ids = [row.id for row in adjustments]
    PointAdjustment.objects.filter(id__in=ids).update(state=AdjustmentState.UNDONE)
    if len(done) < len(adjustments):
        look_again()


def _bring(wanted: Sequence[Wanted], actor: Actor, now: datetime) -> dict[str, uuid.UUID | str]:
    keys = [one.op_key for one in wanted]
    known = set(PointAdjustment.objects.filter(op_key__in=keys).values_list("op_key", flat=True))
    new = [one for one in wanted if one.op_key not in known]
    found: dict[str, uuid.UUID | str] = {}
    found |= _given([one for one in new if one.points > 0 and not one.waits], actor, now)
    found |= _waiting([one for one in new if one.waits], actor, now)
    for one in new:
        if one.points < 0 and not one.waits:
            found[one.op_key] = _taken(one, actor, now)
    return found


def _given(wanted: Sequence[Wanted], actor: Actor, now: datetime) -> dict[str, uuid.UUID | str]:
    expires_at = validity(now, settings_of_merchant(), merchant_zone()).expires_at
    rows = [_row(one, actor, now) for one in wanted]
    for row in rows:
        row.state, row.entry_id, row.expires_at = AdjustmentState.DONE, new_id(), expires_at
    post_many(acts=[_act(row) for row in rows], actor=actor)
    PointAdjustment.objects.bulk_create(rows, batch_size=1_000)
    return {row.op_key: row.id for row in rows}


def _waiting(wanted: Sequence[Wanted], actor: Actor, now: datetime) -> dict[str, uuid.UUID | str]:
    rows = [_row(one, actor, now) for one in wanted]
    PointAdjustment.objects.bulk_create(rows, batch_size=1_000)
    if rows:
        look_again()
    return {row.op_key: row.id for row in rows}


def _taken(one: Wanted, actor: Actor, now: datetime) -> uuid.UUID | str:
    facts = {"customer_id": one.customer_id, "points": one.points, "reason": one.reason, "op_key": one.op_key}
    try:
        done = adjust(**facts, actor=actor, now=now)  # type: ignore[arg-type] # each as its name says
    except (NotEnoughPoints, KeyReused) as refusal:
        return str(refusal.sentence)
    return done.id


def _row(one: Wanted, actor: Actor, now: datetime) -> PointAdjustment:
    return PointAdjustment.made_with(
        id=new_id(),
        customer_id=one.customer_id,
        op_key=one.op_key,
        points=one.points,
        reason=one.reason,
        state=AdjustmentState.WAITING,
        asked_by=str(actor),
        asked_at=now,
    )


def _act(row: PointAdjustment) -> Act:
    if row.entry_id is None:
        raise LookupError("An adjustment that waits has no entry.")
    return Act(
        event=PointEvent.ADJUSTED.value,
        origin=ORIGIN,
        origin_id=row.id,
        customer_id=row.customer_id,
        key=f"{ORIGIN}:{row.id}",
        digest=digest_of(ORIGIN, row.id, row.points),
        entry_id=row.entry_id,
        steps=(Step.grant(unit=Unit.POINT, amount=row.points, expires_at=row.expires_at),),
    )


def _reversal(row: PointAdjustment, reason: str) -> Reversal:
    if row.entry_id is None:
        raise LookupError("An adjustment that waits has no entry.")
    return Reversal(
        reverses=row.entry_id,
        event=PointEvent.UNDONE.value,
        origin=ORIGIN,
        origin_id=row.id,
        customer_id=row.customer_id,
        key=f"{ORIGIN}:{row.id}:undone",
        note=reason,
    )
