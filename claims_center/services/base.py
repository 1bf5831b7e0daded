"""What every act on a claim shares: the lock, the ledger's key, the row in the history."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from claims_center import tallies
from claims_center.errors import NotAllowed, ReasonNeeded
from claims_center.models import Claim, ClaimChange
from claims_center.states import TRANSITIONS, Attention, Event, Status
from codes.waiting import leave
from ledger.services import record
from tenancy.actors import Actor


class Facts(TypedDict):
    """What a ledger entry says of itself."""

    event: str
    origin: str
    origin_id: uuid.UUID
    subject_id: uuid.UUID
    customer_id: uuid.UUID
    actor: Actor
    key: str


ORIGIN = "claim"
GIFT_MAIL = "claim.gift"
LONGEST_REASON = 500
# What the customer said is settled once somebody of the staff has done one of these; nothing else takes the word away.
SETTLES: dict[str, frozenset[Event]] = {
    Attention.ANSWERED: frozenset(
        {Event.VERIFIED, Event.INFO_ASKED, Event.REJECTED, Event.GIFT_SENT, Event.PROCESSED, Event.UNPROCESSED}
    ),
    Attention.MAIL_MISSED: frozenset(
        {Event.GIFT_RESENT, Event.EMAIL_CORRECTED, Event.GIFT_CHANGED, Event.REJECTED, Event.PROCESSED}
    ),
}
# In these states the customer reads why.
EXPLAINED = (Status.NEEDS_INFO, Status.REJECTED)


def locked(*, claim_id: uuid.UUID) -> Claim:
    """Return the claim, held until the transaction ends. Raises Claim.DoesNotExist for an unknown id.

    Without a join: one over a column that the holder before us has just changed would find no row at all.
    """
    found: Claim = Claim.objects.select_for_update(no_key=True).get(id=claim_id)
    return found


def check_transition(*, claim: Claim, event: Event, reason: str = "") -> None:
    """Raise NotAllowed where the table of transitions has no such way, ReasonNeeded where it asks for a reason."""
    transition = TRANSITIONS[event]
    if claim.status not in transition.sources:
        text = _("A claim that is “%(status)s” cannot be changed like this.")
        raise NotAllowed(text, status=claim.get_status_display())
    if transition.needs_reason and not reason.strip():
        raise ReasonNeeded


def ledger_facts(*, claim: Claim, event: Event, actor: Actor) -> Facts:
    """Return what every ledger entry of this claim's next change says of itself.

    The key holds the change's number, so that the same change is one entry however often it is tried. Reasons stay in
    the claim's history: the journal holds no words about people.
    """
    return {
        "event": event.value,
        "origin": ORIGIN,
        "origin_id": claim.id,
        "subject_id": claim.promotion_id,
        "customer_id": claim.customer_id,
        "actor": actor,
        "key": f"claim:{claim.id}:{claim.version + 1}",
    }


def memo(*, claim: Claim, event: Event, actor: Actor) -> uuid.UUID:
    """Write an entry without movements for the claim's next change, and return its id."""
    return record(**ledger_facts(claim=claim, event=event, actor=actor)).entry_id


def keep(
    *,
    claim: Claim,
    event: Event,
    fields: Iterable[str],
    actor: Actor,
    now: datetime,
    before: str | None = None,
    reason: str = "",
    detail: dict[str, Any] | None = None,
    entry_id: uuid.UUID | None = None,
) -> ClaimChange:
    """Save the named fields of a locked claim and write the change into its history, with the next number.

    ``before`` is the status that the claim came from; left out where the act changes none.
    """
    claim.version += 1
    fields = {*fields, "version"}
    if actor.kind != "system" and event in SETTLES.get(claim.attention, ()):
        claim.attention = Attention.NONE
        fields.add("attention")
    counted = tallies.stored(claim=claim, fields=fields)
    claim.save(update_fields=fields)
    if counted is not None:
        tallies.changed(before=counted, after=tallies.cell_of(claim), now=now)
    change: ClaimChange = ClaimChange.made_with(
        claim_id=claim.id,
        seq=claim.version,
        event=event,
        from_status=claim.status if before is None else before,
        to_status=claim.status,
        actor=str(actor),
        at=now,
        reason=reason.strip()[:LONGEST_REASON],
        detail=detail or {},
        entry_id=entry_id,
    )
    change.save(force_insert=True)
    return change


def move(
    *,
    claim: Claim,
    event: Event,
    actor: Actor,
    now: datetime,
    reason: str = "",
    fields: Iterable[str] = (),
    detail: dict[str, Any] | None = None,
    entry_id: uuid.UUID | None = None,
) -> Claim:
    """Take a locked claim along one way of the table of transitions.

    Checks the way, writes the ledger's memo unless ``entry_id`` names the entry already written, saves the status and
    the given fields, writes the history. A claim that is not verified any more leaves the line of those who wait for a
    code.
    """
    check_transition(claim=claim, event=event, reason=reason)
    before = claim.status
    entry = entry_id or memo(claim=claim, event=event, actor=actor)
    claim.status = TRANSITIONS[event].target
    claim.status_reason = reason.strip()[:LONGEST_REASON] if claim.status in EXPLAINED else ""
    keep(
        claim=claim,
        event=event,
        fields={*fields, "status", "status_reason"},
        actor=actor,
        now=now,
        before=before,
        reason=reason,
        detail=detail,
        entry_id=entry,
    )
    if claim.status != Status.VERIFIED and not claim.is_physical:
        # Only a verified claim waits for a code.
        leave(origin=ORIGIN, origin_ids=[claim.id])
    return claim
