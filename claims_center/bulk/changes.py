"""What is to be written for one claim of a bulk act, and writing that for hundreds of claims by a handful of statements.

The rows are those that the single services write: an entry in the ledger, the claim, its history, the tallies.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from claims_center import tallies
from claims_center.bulk.outcomes import DONE
from claims_center.bulk.rows import change_words, update_claims
from claims_center.models import Claim, ClaimChange
from claims_center.search import words_for
from claims_center.services.base import EXPLAINED, LONGEST_REASON, SETTLES, ledger_facts
from claims_center.states import TRANSITIONS, Attention, Event, Status
from claims_center.tallies import Cell
from claims_center.triggers import processed
from jobs.bulk.rows import insert
from ledger.acts import Act, Reversal, Step
from ledger.services import post_many, reverse_many
from tenancy.actors import Actor
from triggers.services import answer

COLUMNS = tuple(field.attname for field in Claim._meta.concrete_fields if not field.generated)
# These tell of the writing itself, and run on whatever is taken back.
RUNNING_ON = frozenset({"version", "change_xid", "gift_seq"})


@dataclass(slots=True)
class Change:
    """A locked claim on its way: made when nothing was changed yet, then changed in memory, then written.

    `restores`: it puts back what stood before, what the customer said last included.
    """

    claim: Claim
    event: Event
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    outcome: str = DONE
    restores: bool = False
    act: Act | None = None
    reversal: Reversal | None = None
    before: dict[str, Any] = field(default_factory=dict)
    cell: Cell | None = None
    words: set[str] | None = None

    def __post_init__(self) -> None:
        self.before = {name: getattr(self.claim, name) for name in COLUMNS}
        self.cell = tallies.cell_of(self.claim)

    def move(self) -> None:
        """Take the claim along its way of the table of transitions."""
        self.claim.status = TRANSITIONS[self.event].target
        explained = self.claim.status in EXPLAINED
        self.claim.status_reason = self.reason.strip()[:LONGEST_REASON] if explained else ""

    def post(self, actor: Actor, *steps: Step) -> uuid.UUID:
        """Have an entry written for it, a memo where there are no steps; return its id."""
        self.act = Act(steps=steps, **self._facts(actor))
        return self.act.entry_id

    def reverse(self, actor: Actor, entry_id: uuid.UUID) -> None:
        """Have an entry taken back for it."""
        self.reversal = Reversal(reverses=entry_id, **self._facts(actor))

    @property
    def entry_id(self) -> uuid.UUID | None:
        """Return the entry that belongs to it, if there is one."""
        written = self.act or self.reversal
        return written.entry_id if written else None

    def changed(self) -> dict[str, Any]:
        """Return the columns that differ from before, with what they held."""
        return {name: was for name, was in self.before.items() if getattr(self.claim, name) != was}

    def to_restore(self) -> dict[str, Any]:
        """Return the same as it is kept for an undo, without what runs on."""
        return {name: was for name, was in self.changed().items() if name not in RUNNING_ON}

    def remember_words(self) -> None:
        """Note the words under which the claim is found, because the act will change them."""
        self.words = words_for(claim=self.claim)

    def _facts(self, actor: Actor) -> dict[str, Any]:
        facts: dict[str, Any] = {**ledger_facts(claim=self.claim, event=self.event, actor=actor)}
        del facts["actor"]
        return facts


def write(*, changes: Sequence[Change], actor: Actor, now: datetime) -> None:
    """Write the changes of locked claims, each exactly as a single act would.

    1. The ledger's entries and reversals; it locks the customers' accounts by id.
    2. The claims, with their next version; the tallies.
    3. One row of history each, then search words where they changed.
    4. What triggers give for claims that were processed.

    Raises what the ledger refuses, and IntegrityError; then nothing of the batch may stand.
    """
    if not changes:
        return
    post_many(acts=[change.act for change in changes if change.act], actor=actor)
    reverse_many(reversals=[change.reversal for change in changes if change.reversal], actor=actor)
    for change in changes:
        _settle(change, actor)
        change.claim.version += 1
    columns = {name for change in changes for name in change.changed()}
    update_claims([change.claim for change in changes], columns)
    _count(changes, now)
    insert([_history(change, actor, now) for change in changes])
    _words(changes)
    done = [(change.claim, change.entry_id) for change in changes if change.event == Event.PROCESSED]
    answer(
        happened=[processed(claim=claim, entry_id=entry_id, now=now) for claim, entry_id in done if entry_id], now=now
    )


def _settle(change: Change, actor: Actor) -> None:
    acted = actor.kind != "system" and not change.restores
    if acted and change.event in SETTLES.get(change.claim.attention, ()):
        change.claim.attention = Attention.NONE


def _count(changes: Sequence[Change], now: datetime) -> None:
    moved = [(change.cell, tallies.cell_of(change.claim)) for change in changes]
    moved = [(was, is_now) for was, is_now in moved if was != is_now]
    tallies.changed_many(before=[was for was, _ in moved if was], after=[is_now for _, is_now in moved], now=now)


def _history(change: Change, actor: Actor, now: datetime) -> ClaimChange:
    return ClaimChange.made_with(
        claim_id=change.claim.id,
        seq=change.claim.version,
        event=change.event,
        from_status=Status(change.before["status"]).value,
        to_status=Status(change.claim.status).value,
        actor=str(actor),
        at=now,
        reason=change.reason.strip()[:LONGEST_REASON],
        detail=change.detail,
        entry_id=change.entry_id,
    )


def _words(changes: Sequence[Change]) -> None:
    pairs = [
        (change.claim.id, change.words, words_for(claim=change.claim)) for change in changes if change.words is not None
    ]
    gone = {claim_id: was - is_now for claim_id, was, is_now in pairs}
    change_words(gone=gone, new={claim_id: is_now - was for claim_id, was, is_now in pairs})
