"""The whole journal played again, movement by movement, beside what the tables say.

Written without the functions' code in mind: a lot may never hold less than nothing nor more than it was given, the
balances noted on movements must be those that come out, and points must have been taken from the lot that ended first.
Entries count in the order in which they were written: the account was locked when each read its clock.
"""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from ledger.findings import MOST_PER_CHECK, Finding
from tenancy.scope import current_merchant_id

MOVEMENTS = """
SELECT g.account_id, e.recorded_at, e.occurred_at, m.entry_id, m.grant_id, g.unit, g.amount AS granted, g.remaining,
    g.usable_from, g.expires_at, m.entry_id = g.entry_id AND m.target_id = g.account_id AS issues,
    t.bucket = 'REDEEMED' AND e.reverses IS NULL AS draws,
    CASE WHEN m.target_id = g.account_id THEN m.amount ELSE -m.amount END AS signed, m.held_after
FROM ledger.movements m
JOIN ledger.entries e ON e.merchant_id = %(merchant)s AND e.id = m.entry_id
JOIN ledger.grants g ON g.merchant_id = %(merchant)s AND g.id = m.grant_id
JOIN ledger.accounts t ON t.merchant_id = %(merchant)s AND t.id = m.target_id
WHERE m.merchant_id = %(merchant)s
ORDER BY g.account_id, e.recorded_at, m.entry_id, m.position
"""
NEVER = datetime.max.replace(tzinfo=UTC)


class Row(NamedTuple):
    """One movement with what is needed to judge it."""

    account_id: uuid.UUID
    recorded_at: datetime
    occurred_at: datetime
    entry_id: uuid.UUID
    grant_id: uuid.UUID
    unit: str
    granted: int
    remaining: int
    usable_from: datetime
    expires_at: datetime | None
    issues: bool
    draws: bool
    signed: int
    held_after: int

    @property
    def turn(self) -> tuple[datetime, datetime, uuid.UUID]:
        """Return when it is this grant's turn to be drawn from."""
        return (self.expires_at or NEVER, self.usable_from, self.grant_id)

    def usable_at(self, at: datetime) -> bool:
        """Say whether the grant could be drawn at an instant."""
        return self.usable_from <= at and (self.expires_at is None or at < self.expires_at)


@dataclass
class Books:
    """What one account holds as the movements go by."""

    balance: int = 0
    left: dict[uuid.UUID, int] = field(default_factory=dict)
    grants: dict[uuid.UUID, Row] = field(default_factory=dict)

    def play(self, moment: list[Row]) -> Iterator[Finding]:
        """Apply what was written at one moment and yield what is wrong with it."""
        for row in moment:
            self.balance += row.signed
            self.left[row.grant_id] = self.left.get(row.grant_id, 0) + row.signed
            self.grants.setdefault(row.grant_id, row)
        for row in moment:
            if not 0 <= self.left[row.grant_id] <= row.granted:
                yield _finding("grant_bounds", row, f"{self.left[row.grant_id]} of {row.granted} after this")
        if self.balance not in {row.held_after for row in moment}:
            yield _finding("held_after", moment[-1], f"{self.balance} after this, noted {moment[-1].held_after}")
        yield from self._out_of_turn(moment)

    def _out_of_turn(self, moment: list[Row]) -> Iterator[Finding]:
        drawn = [row for row in moment if row.draws and row.unit == "POINT"]
        if not drawn:
            return
        last = max(drawn, key=lambda row: row.turn)
        new = {row.grant_id for row in moment if row.issues}
        for grant_id, left in self.left.items():
            other = self.grants[grant_id]
            if left > 0 and grant_id not in new and other.turn < last.turn and other.usable_at(last.occurred_at):
                yield _finding("draw_order", last, f"grant {grant_id} ended sooner and had {left} left")

    def forget_empty(self, finished: set[uuid.UUID]) -> None:
        """Let go of used up grants, so that a long life of many lots stays quick to play."""
        for grant_id in finished:
            if self.left.get(grant_id) == 0:
                del self.left[grant_id]

    def compare(self) -> Iterator[Finding]:
        """Yield the grants whose remaining amount is not what came out."""
        for grant_id, row in self.grants.items():
            if self.left.get(grant_id, 0) != row.remaining:
                yield _finding(
                    "grant_remaining", row, f"{row.remaining} left, {self.left.get(grant_id, 0)} by movements"
                )


def replay() -> list[Finding]:
    """Play the merchant's journal, account by account, in the merchant's scope."""
    return list(itertools.islice(_replay(), MOST_PER_CHECK))


def _replay() -> Iterator[Finding]:
    for _, rows in itertools.groupby(_rows(), key=lambda row: row.account_id):
        books = Books()
        for _, moment in itertools.groupby(rows, key=lambda row: row.recorded_at):
            movements = list(moment)
            yield from books.play(movements)
            books.forget_empty({row.grant_id for row in movements})
        yield from books.compare()


def _rows() -> Iterator[Row]:
    # A cursor in the server: the journal of a large merchant does not fit into memory.
    with connection.chunked_cursor() as cursor:
        cursor.execute(MOVEMENTS, {"merchant": current_merchant_id()})
        while chunk := cursor.fetchmany(2000):
            yield from (Row(*values) for values in chunk)


def _finding(check: str, row: Any, detail: str) -> Finding:
    ids = {"account": str(row.account_id), "entry": str(row.entry_id), "grant": str(row.grant_id)}
    return Finding(check, detail, ids)
