"""Taking a bulk act back: each response becomes what it was before, as far as nobody has touched it since.

Where the act had an entry that moved something, that entry is reversed; what was a reversal itself is done anew. The
history tells it by the event that leads there (reopened, reversed, completed), else as a bulk action undone.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jobs.bulk.outcomes import DONE
from ledger.acts import Step
from ledger.units import Unit
from offers.bulk import rules
from offers.bulk.changes import Change
from offers.bulk.making import Desk, pairs_of, with_vouchers
from offers.models import BulkKind, BulkRow, OfferChange, OfferResponse
from offers.services import stock
from offers.states import Event, Status

# What an undo is called in the history, where it is not the plain one.
CALLED = {
    BulkKind.COMPLETE: Event.REVERSED,
    BulkKind.EXPIRE: Event.REOPENED,
    BulkKind.CANCEL: Event.REOPENED,
    BulkKind.REVERSE: Event.COMPLETED,
}


class Undo:
    """One batch of an undo: what the act left of its responses."""

    def __init__(self, kind: str, original_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> None:
        self.kind = kind
        rows = BulkRow.objects.filter(bulk_id=original_id, response_id__in=list(ids), outcome=DONE)
        self.rows: dict[uuid.UUID, BulkRow] = {row.response_id: row for row in rows}

    def judge(self, response: OfferResponse, now: datetime) -> str:
        """Return why a response stays as the act left it, "" where it goes back."""
        row = self.rows.get(response.id)
        before = row.before if row is not None else None
        is_kept = before is not None
        return rules.undo(response, now, is_kept=is_kept, goes_to=(before or {}).get("status", ""))

    def make(self, rows: Sequence[OfferResponse], desk: Desk) -> list[Change]:
        """Put them back; the limits count again who was canceled, or count who is canceled again no more."""
        if self.kind == BulkKind.CANCEL:
            stock.take_many(taken=pairs_of(rows))
        if self.kind == BulkKind.REOPEN:
            again = [row for row in rows if self._before(row)["status"] == Status.CANCELED]
            stock.give_back_many(taken=pairs_of(again))
        entries, left = self._entries(rows), with_vouchers(rows)
        return [self._back(row, desk, entries.get(row.id), left) for row in rows]

    def _back(self, row: OfferResponse, desk: Desk, entry_id: uuid.UUID | None, left: set[uuid.UUID]) -> Change:
        before = self._before(row)
        change = desk.change(row, self._event(before), undoes=self.kind)
        if self.kind in (BulkKind.COMPLETE, BulkKind.EXPIRE, BulkKind.CANCEL):
            change.reverse(row.closed_entry_id)
        elif self.kind == BulkKind.PROCESS and "grant_id" in before:
            change.reverse(entry_id)
        else:
            steps = self._steps(row, before, left)
            new_entry = change.post(*steps)
            if "closed_entry_id" in before:
                before["closed_entry_id"] = new_entry
        for name, value in before.items():
            setattr(row, name, value)
        return change

    def _steps(self, row: OfferResponse, before: dict[str, Any], left: set[uuid.UUID]) -> list[Step]:
        if self.kind == BulkKind.REVERSE:
            return [Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=row.grant_id)]
        if self.kind != BulkKind.REOPEN or row.grant_id not in left:
            return []
        is_canceled = before["status"] == Status.CANCELED
        return [Step.revoke(grant_id=row.grant_id) if is_canceled else Step.expire(grant_id=row.grant_id)]

    def _event(self, before: dict[str, Any]) -> Event:
        if self.kind == BulkKind.REOPEN:
            return Event.CANCELED if before["status"] == Status.CANCELED else Event.EXPIRED
        return CALLED.get(BulkKind(self.kind), Event.UNDONE)

    def _before(self, row: OfferResponse) -> dict[str, Any]:
        return restored(self.rows[row.id])

    def _entries(self, rows: Sequence[OfferResponse]) -> dict[uuid.UUID, uuid.UUID]:
        """Return the entry that the act had for each response."""
        changes = OfferChange.objects.filter(response__in=rows).values_list("response_id", "seq", "entry_id")
        acts = {row.response_id: row.seq for row in self.rows.values()}
        return {response_id: entry_id for response_id, seq, entry_id in changes if acts.get(response_id) == seq}


def restored(row: BulkRow) -> dict[str, Any]:
    """Return the columns that the act changed as they were, fit to be set on a response."""
    before: dict[str, Any] = row.before or {}
    fields: dict[str, Any] = {field.attname: field for field in OfferResponse._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in before.items()}
