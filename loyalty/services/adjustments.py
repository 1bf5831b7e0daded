"""Points given or taken by hand; above the merchant's limit two people decide."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from ledger.acts import About, Posted, digest_of
from ledger.errors import NotEnough
from ledger.services import grant, revoke
from ledger.units import Unit
from loyalty.earning import validity
from loyalty.errors import KeyReused, NotAllowed, ReasonNeeded, TooFewPoints
from loyalty.models import PointAdjustment, PointReminder, ReminderStop
from loyalty.services.purchases import settings_of_merchant
from loyalty.states import AdjustmentState, PointEvent
from loyalty.waiting import look_again
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.selectors import merchant_zone

ORIGIN = "adjustment"


def adjust(
    *, customer_id: uuid.UUID, points: int, reason: str, op_key: str, actor: Actor, now: datetime
) -> PointAdjustment:
    """Give (positive) or take (negative) points, for a reason.

    1. One row for each ``op_key``; the same request again returns it.
    2. More than the merchant's limit waits for a second person; everything else is done at once: a new lot that ends
       as the settings say, or points taken in the order of spending, those that are still locked among them.
    3. Audits who asked.

    Raises ReasonNeeded, NotAllowed for 0 and for giving to a customer who was erased, TooFewPoints (taken more than
    there is), KeyReused.
    """
    if not reason.strip():
        raise ReasonNeeded
    if not points:
        raise NotAllowed(_("Name a number of points other than 0."))
    known: PointAdjustment | None = PointAdjustment.objects.filter(op_key=op_key).first()
    if known is not None:
        if (known.customer_id, known.points) != (customer_id, points):
            raise KeyReused
        return known
    row: PointAdjustment = PointAdjustment.made_with(
        customer_id=customer_id,
        op_key=op_key,
        points=points,
        reason=reason.strip()[:500],
        state=AdjustmentState.WAITING,
        asked_by=str(actor),
        asked_at=now,
    )
    limit = settings_of_merchant().approval_above
    with transaction.atomic():
        if points > 0:
            _hold(customer_id)
        row.save(force_insert=True)
        if limit is None or abs(points) <= limit:
            _apply(row, actor=actor, now=now)
        audit(
            action="points.adjustment_asked",
            actor=actor,
            target=(ORIGIN, row.id),
            after={"points": points, "state": row.state},
            reason=row.reason,
        )
        look_again()
    return row


def approve(*, adjustment_id: uuid.UUID, actor: Actor, now: datetime) -> PointAdjustment:
    """Let a waiting adjustment happen. Locks the row; one that is done already is returned as it is.

    Raises NotAllowed for whoever asked for it, for one that was declined, and for a customer who was erased meanwhile;
    TooFewPoints.
    """
    row = _waiting(adjustment_id, actor, settled=AdjustmentState.DONE)
    if row.state == AdjustmentState.WAITING:
        if Customer.objects.filter(id=row.customer_id, erased_at__isnull=False).exists():
            raise NotAllowed(_("The customer was erased meanwhile. Decline it."))
        row.decided_by, row.decided_at = str(actor), now
        _apply(row, actor=actor, now=now)
        audit(action="points.adjustment_approved", actor=actor, target=(ORIGIN, row.id), after={"points": row.points})
    return row


def decline(*, adjustment_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "") -> PointAdjustment:
    """Refuse a waiting adjustment. Locks the row; one that was declined already is returned as it is.

    Raises NotAllowed for whoever asked for it, and for one that is done.
    """
    row = _waiting(adjustment_id, actor, settled=AdjustmentState.DECLINED)
    if row.state == AdjustmentState.WAITING:
        row.state, row.decided_by, row.decided_at = AdjustmentState.DECLINED, str(actor), now
        row.save(update_fields=["state", "decided_by", "decided_at"])
        audit(action="points.adjustment_declined", actor=actor, target=(ORIGIN, row.id), reason=reason)
    return row


def forget(*, customer_id: uuid.UUID) -> int:
    """Forget what was said of a customer: reasons are emptied, reminders and the wish for none go; return how many.

    Points, times and who decided stay: the ledger keeps its numbers and loses the person.
    """
    PointReminder.objects.filter(customer_id=customer_id).delete()
    ReminderStop.objects.filter(customer_id=customer_id).delete()
    return int(PointAdjustment.objects.filter(customer_id=customer_id).exclude(reason="").update(reason=""))


def _hold(customer_id: uuid.UUID) -> None:
    """Lock a customer who is to be given points against being erased meanwhile."""
    held = Customer.objects.select_for_update(no_key=True).filter(id=customer_id, erased_at__isnull=True)
    if not held.only("merchant", "id"):
        raise NotAllowed(_("The customer was erased."))


def _waiting(adjustment_id: uuid.UUID, actor: Actor, *, settled: AdjustmentState) -> PointAdjustment:
    row: PointAdjustment = PointAdjustment.objects.select_for_update(no_key=True).get(id=adjustment_id)
    look_again()
    if row.state not in (AdjustmentState.WAITING, settled):
        raise NotAllowed(_("This adjustment was decided already."))
    if row.asked_by == str(actor):
        raise NotAllowed(_("Somebody else has to agree to what you asked for."))
    return row


def _apply(row: PointAdjustment, *, actor: Actor, now: datetime) -> None:
    facts: About = {
        "event": PointEvent.ADJUSTED.value,
        "origin": ORIGIN,
        "origin_id": row.id,
        "customer_id": row.customer_id,
        "actor": actor,
        "key": f"{ORIGIN}:{row.id}",
        "digest": digest_of(ORIGIN, row.id, row.points),
    }
    if row.points > 0:
        row.expires_at = validity(now, settings_of_merchant(), merchant_zone()).expires_at
        posted = grant(unit=Unit.POINT, amount=row.points, expires_at=row.expires_at, **facts)
    else:
        posted = _taken(-row.points, facts)
    row.state, row.entry_id = AdjustmentState.DONE, posted.entry_id
    row.save(update_fields=["state", "entry_id", "expires_at", "decided_by", "decided_at"])


def _taken(points: int, facts: About) -> Posted:
    """Revoke exactly so many points, or none."""
    try:
        with transaction.atomic():
            posted = revoke(unit=Unit.POINT, amount=points, **facts)
            if posted.shortfall:
                raise TooFewPoints(posted.shortfall)
            return posted
    except NotEnough as refusal:
        raise TooFewPoints(refusal.missing) from refusal
