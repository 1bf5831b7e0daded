"""Taking a bulk act back: each claim becomes what it was before, as far as that can honestly be done.

Only what nobody has touched since is restored (its version is still the one that the act left). The ledger's entry is
reversed; what was a reversal itself is done again. How often a gift was mailed stays counted, so that the next mail is
a new one. Three things stay done, each named: a gift whose mail has left the outbox, a gift that rejecting took back
(its code may have been seen or given to somebody else), and claims of a colleague who has left.
"""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from claims_center.bulk import outcomes
from claims_center.bulk.changes import Change
from claims_center.bulk.desk import Desk
from claims_center.bulk.making import draw
from claims_center.filters import colleagues
from claims_center.models import BulkKind, BulkRow, Claim, ClaimChange
from claims_center.services.base import GIFT_MAIL, ORIGIN
from claims_center.services.processing import what_was_given
from claims_center.states import Event
from codes.stock import give_up_many
from messaging.many import hold_queued, withdraw
from messaging.models import Message
from tenancy.roles import Role

BACK: dict[str, Event] = {
    BulkKind.VERIFY: Event.UNVERIFIED,
    BulkKind.SEND_GIFT: Event.GIFT_WITHDRAWN,
    BulkKind.PROCESS: Event.UNPROCESSED,
    BulkKind.UNPROCESS: Event.PROCESSED,
    BulkKind.REJECT: Event.REOPENED,
    BulkKind.ASSIGN: Event.ASSIGNED,
}
WITHDRAWN = "gift_withdrawn"


class Undo:
    """One batch of an undo: what the act left of its claims, and the mails that can still be stopped."""

    def __init__(self, kind: str, original_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> None:
        self.kind = kind
        self.rows: dict[uuid.UUID, BulkRow] = {
            row.claim_id: row
            for row in BulkRow.objects.filter(bulk_id=original_id, claim_id__in=list(ids), outcome=outcomes.DONE)
        }
        # Before the claims are locked: whoever sends a mail holds it first, and then its claim.
        self.mails: dict[uuid.UUID, Message] = {}
        if kind == BulkKind.SEND_GIFT:
            self.mails = hold_queued(origin=ORIGIN, origin_ids=ids, kind=GIFT_MAIL)
        self.staff = staff_for(kind)

    def judge(self, claim: Claim) -> str:
        """Return why a claim stays as the act left it, or ""."""
        row = self.rows.get(claim.id)
        return judge(self.kind, row.before if row else None, waits=claim.id in self.mails, staff=self.staff)

    def make(self, claims: Sequence[Claim], desk: Desk) -> list[Change]:
        """Put the claims back; codes that were not mailed return to their pools."""
        entries = self._entries(claims)
        if self.kind == BulkKind.SEND_GIFT:
            codes = [claim.code_id for claim in claims if claim.code_id is not None]
            give_up_many(code_ids=codes, burnt=False, actor=desk.actor)
            withdraw(messages=[self.mails[claim.id] for claim in claims], code=WITHDRAWN, now=desk.now)
        if self.kind == BulkKind.REJECT:
            desk.recheck += claims
        return [self._back(claim, entries.get(claim.id), desk) for claim in claims]

    def _back(self, claim: Claim, entry_id: uuid.UUID | None, desk: Desk) -> Change:
        change = Change(claim, BACK[self.kind], restores=True)
        if self.kind == BulkKind.SEND_GIFT:
            change.remember_words()
        for name, value in restored(self.rows[claim.id]).items():
            setattr(claim, name, value)
        if self.kind == BulkKind.UNPROCESS:
            self._again(change, desk)
        elif entry_id is not None:
            change.reverse(desk.actor, entry_id)
        if self.kind == BulkKind.ASSIGN:
            change.detail = {"user": str(claim.assignee_id or "")}
        return change

    @staticmethod
    def _again(change: Change, desk: Desk) -> None:
        """Process the claim once more as it was: a voucher that was taken back with the processing is a new one."""
        change.claim.grant_id = None if change.claim.is_physical else change.claim.grant_id
        change.claim.processed_entry_id = draw(change, desk)
        change.detail = what_was_given(claim=change.claim)

    def _entries(self, claims: Sequence[Claim]) -> dict[uuid.UUID, uuid.UUID | None]:
        """Return the ledger's entry of what was done to each claim."""
        rows = ClaimChange.objects.filter(claim_id__in=[claim.id for claim in claims])
        found = {(one.claim_id, one.seq): one.entry_id for one in rows.only("merchant", "claim", "seq", "entry_id")}
        return {claim.id: found.get((claim.id, claim.version)) for claim in claims}


def judge(kind: str, before: dict[str, Any] | None, *, waits: bool, staff: Collection[uuid.UUID]) -> str:
    """Return why what an act did cannot be taken back, or "".

    `before`: the columns it changed, as they were; `waits`: its mail still waits in the outbox; `staff`: who works on
    claims now.
    """
    if before is None:
        return outcomes.IMPOSSIBLE
    if kind == BulkKind.SEND_GIFT:
        return "" if waits else outcomes.MAIL_WENT
    if kind == BulkKind.REJECT:
        return outcomes.GIFT_GONE if before.get("grant_id") else ""
    if kind == BulkKind.ASSIGN:
        person = before.get("assignee_id")
        return outcomes.HAS_LEFT if person and uuid.UUID(person) not in staff else ""
    return ""


def staff_for(kind: str) -> set[uuid.UUID]:
    """Return who works on claims now, where undoing this act has to know."""
    return set(colleagues(least=Role.AGENT).values_list("id", flat=True)) if kind == BulkKind.ASSIGN else set()


def restored(row: BulkRow) -> dict[str, Any]:
    """Return the columns that the act changed as they were, fit to be set on a claim."""
    before: dict[str, Any] = row.before or {}
    fields: dict[str, Any] = {field.attname: field for field in Claim._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in before.items()}
