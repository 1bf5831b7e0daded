"""A customer's points line by line: what moved them, how many were left, and which lots paid or were filled.

Lines stand in the order in which things happened; what comes back to a lot that is over ends the moment after. A lot
that is past its end is told as expired from that instant on, whether or not the sweep has written it down: its line has
the very id that the sweep's entry will have.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from django.db import connection
from django.utils import timezone

from tenancy.scope import current_merchant_id

EXPIRED = "grant.expired"
ENDED = "_e"
# After every id that there can be.
LAST_ID = uuid.UUID(int=2**128 - 1)
LINES = """
WITH held AS (
    SELECT id, balance FROM ledger.accounts
    WHERE merchant_id = %(merchant)s AND customer_id = %(customer)s AND bucket = 'HELD' AND unit = 'POINT'),
due AS (
    SELECT g.id, g.expires_at, g.earned_at, g.remaining FROM ledger.grants g JOIN held ON held.id = g.account_id
    WHERE g.merchant_id = %(merchant)s AND g.is_open AND g.expires_at <= %(at)s),
written AS (
    SELECT e.id, e.event, e.occurred_at, e.note, e.origin, e.origin_id, e.actor FROM ledger.entries e
    WHERE e.merchant_id = %(merchant)s AND e.customer_id = %(customer)s
        AND e.occurred_at <= %(before)s::timestamptz
        AND (e.occurred_at, e.event = 'grant.expired', e.id) < (%(before)s::timestamptz, %(before_end)s, %(before_id)s)
        AND EXISTS (SELECT FROM ledger.movements m
            WHERE m.merchant_id = %(merchant)s AND m.entry_id = e.id AND m.unit = 'POINT')
    ORDER BY e.occurred_at DESC, e.event = 'grant.expired' DESC, e.id DESC LIMIT %(limit)s)
SELECT w.*, l.ids, l.points, l.ends, l.earned, (SELECT balance FROM held)
FROM written w CROSS JOIN LATERAL (
    SELECT array_agg(m.grant_id ORDER BY m.position) AS ids, array_agg(m.points ORDER BY m.position) AS points,
        array_agg(g.expires_at ORDER BY m.position) AS ends, array_agg(g.earned_at ORDER BY m.position) AS earned
    FROM (
        SELECT v.grant_id, min(v.position) AS position,
            sum(CASE WHEN v.target_id = held.id THEN v.amount ELSE -v.amount END)::bigint AS points
        FROM ledger.movements v CROSS JOIN held
        WHERE v.merchant_id = %(merchant)s AND v.entry_id = w.id AND v.unit = 'POINT' GROUP BY v.grant_id) AS m
    JOIN ledger.grants g ON g.merchant_id = %(merchant)s AND g.id = m.grant_id) AS l
UNION ALL
SELECT NULL, '', d.expires_at, '', 'grant', d.id, 'system', ARRAY[d.id], ARRAY[-d.remaining], ARRAY[d.expires_at],
    ARRAY[d.earned_at], (SELECT balance FROM held)
FROM due d
"""


class Cursor(NamedTuple):
    """Where a page of the statement ended: the last line's time and id, and how many points there were before it.

    `is_end`: it tells of points that ended, which comes behind what else happened at the very same time.
    """

    at: datetime
    line_id: uuid.UUID
    left: int
    is_end: bool = False

    @property
    def token(self) -> str:
        """Return it as a word that may stand in an address."""
        plain = f"{self.at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}_{self.line_id}_{self.left}"
        return f"{plain}{ENDED}" if self.is_end else plain

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a `token`; raises ValueError for anything else."""
        at, line_id, left = text.removesuffix(ENDED).split("_")
        found = datetime.strptime(at, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
        return cls(found, uuid.UUID(line_id), int(left), text.endswith(ENDED))


@dataclass(frozen=True, slots=True)
class LotShare:
    """How many of a line's points came from one lot, or went into it; `points` is above zero either way."""

    grant_id: uuid.UUID
    points: int
    expires_at: datetime | None
    earned_at: datetime


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One thing that moved a customer's points: `points` signed, `points_after` all that were held right after it.

    Points that cannot be spent yet are held too. `source_type` and `source_id` name the document; times are UTC.
    """

    id: uuid.UUID
    event: str
    points: int
    points_after: int
    occurred_at: datetime
    note: str
    source_type: str
    source_id: uuid.UUID
    actor: str
    lots: tuple[LotShare, ...]

    @property
    def cursor(self) -> Cursor:
        """Return where the lines before this one are to be read from."""
        return Cursor(self.occurred_at, self.id, self.points_after - self.points, self.event == EXPIRED)


def statement(
    *, customer_id: uuid.UUID, before: Cursor | None = None, limit: int = 50, at: datetime | None = None
) -> list[StatementLine]:
    """Return a customer's points line by line, the latest first, at most ``limit``; one query.

    ``before`` is the `cursor` of the last line of the page before. What is past its end is judged at ``at`` (now where
    it is left out). Entries that moved no points are left out. Runs in the merchant's scope.
    """
    found = _rows(customer_id, before, limit, at or timezone.now())
    if not found:
        return []
    overdue = sum(row.points for row in found if row.is_overdue)
    left = before.left if before else found[0].balance + overdue
    edge = (before.at, before.is_end, before.line_id) if before else None
    wanted = [row for row in found if edge is None or row.place < edge]
    lines = []
    for row in sorted(wanted, key=lambda row: row.place, reverse=True)[:limit]:
        lines.append(row.line(left))
        left -= row.points
    return lines


class _Row(NamedTuple):
    """A line before it is known how many points were left."""

    id: uuid.UUID
    event: str
    at: datetime
    note: str
    origin: str
    origin_id: uuid.UUID
    actor: str
    lots: list[LotShare]
    points: int
    balance: int
    is_overdue: bool

    @property
    def place(self) -> tuple[datetime, bool, uuid.UUID]:
        """Return what lines are sorted by."""
        return self.at, self.event == EXPIRED, self.id

    def line(self, left: int) -> StatementLine:
        return StatementLine(
            self.id,
            self.event,
            self.points,
            left,
            self.at,
            self.note,
            self.origin,
            self.origin_id,
            self.actor,
            tuple(self.lots),
        )


def _rows(customer_id: uuid.UUID, before: Cursor | None, limit: int, at: datetime) -> list[_Row]:
    values = {
        "merchant": current_merchant_id(),
        "customer": customer_id,
        "before": before.at if before else "infinity",
        "before_id": before.line_id if before else LAST_ID,
        "before_end": before.is_end if before else True,
        "limit": limit,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(LINES, values)
        return [_row(*row) for row in cursor.fetchall()]


def _row(
    line_id: uuid.UUID | None,
    event: str,
    at: datetime,
    note: str,
    origin: str,
    origin_id: uuid.UUID,
    actor: str,
    *more: Any,
) -> _Row:
    ids, points, ends, earned, balance = more
    lots = [LotShare(one, abs(n), end, got) for one, n, end, got in zip(ids, points, ends, earned, strict=True) if n]
    known = line_id or _id_of_sweep(origin_id)
    return _Row(
        known, event or EXPIRED, at, note, origin, origin_id, actor, lots, sum(points), balance, line_id is None
    )


def _id_of_sweep(grant_id: uuid.UUID) -> uuid.UUID:
    """Return the id that the entry of a lot's expiry has or will have; `ledger.derived` in the database."""
    digest = hashlib.md5(f"{grant_id}:expire".encode(), usedforsecurity=False).hexdigest()
    return uuid.UUID(f"{grant_id.hex[:12]}7{digest[13:16]}8{digest[17:]}")
