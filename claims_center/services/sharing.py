"""The customer shares the feedback on the marketplace."""

import uuid
from datetime import datetime

from claims_center.models import Claim, Journey
from claims_center.services.base import keep, locked, memo
from claims_center.states import Event
from tenancy.actors import Actor


def record_redirect(*, claim_id: uuid.UUID, now: datetime, actor: Actor | None = None) -> Claim:
    """Note the first press of Share: time on claim and journey, memo claim.shared, history. Later ones change nothing.

    Nothing about the gift depends on it.
    """
    claim = locked(claim_id=claim_id)
    if claim.did_redirect_at is not None:
        return claim
    by = actor or Actor.customer(claim.customer_id)
    entry_id = memo(claim=claim, event=Event.SHARED, actor=by)
    claim.did_redirect_at = now
    keep(claim=claim, event=Event.SHARED, fields=["did_redirect_at"], actor=by, now=now, entry_id=entry_id)
    if claim.journey_id is not None:
        Journey.objects.filter(id=claim.journey_id, shared_at__isnull=True).update(shared_at=now)
    return claim
