"""What is to be written for one response of a bulk act, and writing that for hundreds by a handful of statements.

The rows are those that the single services write: an entry in the ledger, the response, its history.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from jobs.bulk.kit import Done
from jobs.bulk.rows import insert, update
from ledger.acts import Act as LedgerAct
from ledger.acts import Reversal, Step
from ledger.models import Grant
from ledger.services import post_many, reverse_many
from offers.models import OfferChange, OfferResponse
from offers.services.base import LONGEST_REASON, Act, close, ledger_facts
from offers.states import WAITING, Event, Status

COLUMNS = tuple(
    one.attname for one in OfferResponse._meta.concrete_fields if not one.generated and one.attname != "change_xid"
)
TOUCHED = "change_xid = pg_current_xact_id()::text::bigint"


@dataclass(slots=True)
class Change:
    """A locked response on its way: made when nothing was changed yet, then changed in memory, then written.

    `act` says what happens, by whom, when and why.
    """

    response: OfferResponse
    act: Act
    detail: dict[str, Any] = field(default_factory=dict)
    posted: LedgerAct | None = None
    reversal: Reversal | None = None
    before: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = {name: getattr(self.response, name) for name in COLUMNS}

    def post(self, *steps: Step) -> uuid.UUID:
        """Have an entry written for it, a memo where there are no steps; return its id."""
        self.posted = LedgerAct(steps=steps, **self._facts())
        return self.posted.entry_id

    def reverse(self, entry_id: uuid.UUID | None) -> uuid.UUID:
        """Have an entry taken back for it; return the id of the entry that does."""
        self.reversal = Reversal(reverses=cast("uuid.UUID", entry_id), **self._facts())
        return self.reversal.entry_id

    @property
    def entry_id(self) -> uuid.UUID:
        """Return the entry that belongs to it; every act has one."""
        return cast("LedgerAct | Reversal", self.posted or self.reversal).entry_id

    def changed(self) -> dict[str, Any]:
        """Return the columns that differ from before, with what they held."""
        return {name: was for name, was in self.before.items() if getattr(self.response, name) != was}

    def done(self) -> Done:
        """Return what an undo has to know: the number of the change, the columns as they were."""
        return Done(self.response.version, {name: was for name, was in self.changed().items() if name != "version"})

    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {**ledger_facts(response=self.response, act=self.act)}
        del facts["actor"]
        return facts


def write(*, changes: Sequence[Change]) -> None:
    """Write the changes of locked responses, each exactly as a single act would; all by one actor at one instant.

    1. The ledger's entries and reversals; it locks the members' accounts by id.
    2. The responses, with their next version; what was given back to a voucher that has ended meanwhile is expired.
    3. One row of history each.

    Raises what the ledger refuses, and IntegrityError; then nothing of the batch may stand.
    """
    if not changes:
        return
    actor = changes[0].act.actor
    post_many(acts=[change.posted for change in changes if change.posted], actor=actor)
    reverse_many(reversals=[change.reversal for change in changes if change.reversal], actor=actor)
    _lapse([change for change in changes if change.act.event == Event.REVERSED])
    for change in changes:
        change.response.version += 1
    columns = {name for change in changes for name in change.changed()}
    update([change.response for change in changes], columns, more=TOUCHED)
    insert([_history(change, change.act.now) for change in changes])


def _lapse(reversed_: Sequence[Change]) -> None:
    """Close those whose voucher came back and was gone again at once: its end had passed by the ledger's clock."""
    back = {change.response.grant_id: change for change in reversed_ if change.response.status in WAITING}
    if not back:
        return
    for grant_id in Grant.objects.filter(id__in=list(back), remaining=0).values_list("id", flat=True):
        change = back[grant_id]
        close(response=change.response, status=Status.EXPIRED, act=change.act, entry_id=change.entry_id)


def _history(change: Change, now: datetime) -> OfferChange:
    return OfferChange.made_with(
        response_id=change.response.id,
        seq=change.response.version,
        event=change.act.event,
        from_status=change.before["status"],
        to_status=change.response.status,
        actor=str(change.act.actor),
        at=now,
        reason=change.act.reason.strip()[:LONGEST_REASON],
        detail=change.detail,
        entry_id=change.entry_id,
    )
