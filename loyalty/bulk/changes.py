"""What is to be written for one redeemed reward of a bulk act, and writing that for hundreds by a handful of statements.

The rows are those that the single services write: an entry in the ledger, the redeemed reward, its history.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobs.bulk.kit import Done
from jobs.bulk.rows import insert, update
from ledger.acts import Act, Reversal, Step
from ledger.services import post_many, reverse_many
from loyalty.models import RedeemedChange, RedeemedReward
from loyalty.services.base import LONGEST_REASON, ledger_facts
from loyalty.services.regained import settle_regained
from loyalty.states import Event
from tenancy.actors import Actor

COLUMNS = tuple(
    one.attname for one in RedeemedReward._meta.concrete_fields if not one.generated and one.attname != "change_xid"
)
TOUCHED = "change_xid = pg_current_xact_id()::text::bigint"


@dataclass(slots=True)
class Change:
    """A locked redeemed reward on its way: made when nothing was changed yet, then changed in memory, then written."""

    redeemed: RedeemedReward
    event: Event
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    act: Act | None = None
    reversal: Reversal | None = None
    before: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = {name: getattr(self.redeemed, name) for name in COLUMNS}

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
        return {name: was for name, was in self.before.items() if getattr(self.redeemed, name) != was}

    def done(self) -> Done:
        """Return what an undo has to know: the number of the change, the columns as they were."""
        return Done(self.redeemed.version, {name: was for name, was in self.changed().items() if name != "version"})

    def _facts(self, actor: Actor) -> dict[str, Any]:
        facts: dict[str, Any] = {**ledger_facts(redeemed=self.redeemed, event=self.event, actor=actor)}
        del facts["actor"]
        return facts


def write(*, changes: Sequence[Change], actor: Actor, now: datetime) -> None:
    """Write the changes of locked redeemed rewards, each exactly as a single act would.

    1. The ledger's entries and reversals; it locks the customers' accounts by id. What comes back to customers is
       settled: see `settle_regained`.
    2. The redeemed rewards, with their next version.
    3. One row of history each.

    Raises what the ledger refuses, and IntegrityError; then nothing of the batch may stand.
    """
    if not changes:
        return
    post_many(acts=[change.act for change in changes if change.act], actor=actor)
    reversals = [change.reversal for change in changes if change.reversal]
    reverse_many(reversals=reversals, actor=actor)
    settle_regained(customer_ids={one.customer_id for one in reversals}, actor=actor, now=now)
    for change in changes:
        change.redeemed.version += 1
    columns = {name for change in changes for name in change.changed()}
    update([change.redeemed for change in changes], columns, more=TOUCHED)
    insert([_history(change, actor, now) for change in changes])


def _history(change: Change, actor: Actor, now: datetime) -> RedeemedChange:
    return RedeemedChange.made_with(
        redeemed_id=change.redeemed.id,
        seq=change.redeemed.version,
        event=change.event,
        actor=str(actor),
        at=now,
        reason=change.reason.strip()[:LONGEST_REASON],
        detail=change.detail,
        entry_id=change.entry_id,
    )
