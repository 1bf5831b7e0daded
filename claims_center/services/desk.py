"""Staff among themselves: who looks after a claim, and what they note about it."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from claims_center.errors import Incomplete
from claims_center.models import Claim, ClaimNote
from claims_center.services.base import keep, locked
from claims_center.states import Event
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import current_merchant_id
from tenancy.selectors import members_of


def assign(*, claim_id: uuid.UUID, user_id: uuid.UUID | None, actor: Actor, now: datetime) -> Claim:
    """Give a claim to a member of the merchant's staff, or to nobody, with history. The same person changes nothing.

    Raises Incomplete for somebody who does not work for this merchant, or may only look.
    """
    claim = locked(claim_id=claim_id)
    if claim.assignee_id == user_id:
        return claim
    name = _name_of(user_id) if user_id else ""
    claim.assignee_id, claim.assignee_name = user_id, name
    keep(
        claim=claim,
        event=Event.ASSIGNED,
        fields=["assignee", "assignee_name"],
        actor=actor,
        now=now,
        detail={"user": str(user_id or "")},
    )
    return claim


def add_note(*, claim_id: uuid.UUID, text: str, op_key: str, actor: Actor, now: datetime) -> ClaimNote:
    """Write a note on a claim; the customer never sees it. The same ``op_key`` again is the same note.

    Raises Incomplete for an empty note and Claim.DoesNotExist for an unknown claim.
    """
    words = text.replace("\x00", "").strip()[:4000]
    if not words:
        raise Incomplete("text", _("Write something first."))
    claim = Claim.objects.only("id", "merchant").get(id=claim_id)
    note: ClaimNote = ClaimNote.made_with(claim_id=claim.id, op_key=op_key, text=words, actor=str(actor), at=now)
    ClaimNote.objects.bulk_create([note], ignore_conflicts=True)
    found: ClaimNote = ClaimNote.objects.get(claim_id=claim.id, op_key=op_key)
    return found


def _name_of(user_id: uuid.UUID) -> str:
    members = members_of(Merchant(id=current_merchant_id()))
    member = members.filter(user_id=user_id, role__gte=Role.AGENT).first()
    if member is None:
        raise Incomplete("user", _("Choose somebody who works on claims."))
    return str(member.user)[:200]
