"""What moved in a period, at any volume: sums by the hour, and what they do not hold yet.

Entries never change, so an hour's sum only grows. `fold` adds up what was written since the last time; `moved` adds to
the sums the entries that were written later, and those in the hours that a period begins and ends within. Both go by
the writing transaction's number (`change_xid`), below which everything is over: nothing is counted twice or left out,
whatever is written meanwhile and however late.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from ledger import feed
from ledger.feed import WITHIN
from ledger.models import HourState, HourSum
from ledger.units import Bucket
from tenancy.places import SERVER
from tenancy.scope import current_merchant_id

OURS = "ours AS MATERIALIZED (SELECT id, bucket FROM ledger.accounts WHERE merchant_id = %(m)s AND customer_id IS NULL)"
MOVES = """
FROM ledger.entries e
JOIN ledger.movements m ON m.merchant_id = %(m)s AND m.entry_id = e.id
LEFT JOIN ours s ON s.id = m.source_id
LEFT JOIN ours t ON t.id = m.target_id
WHERE e.merchant_id = %(m)s
"""
WAY = "m.unit, coalesce(s.bucket, 'HELD') AS source, coalesce(t.bucket, 'HELD') AS target"
# Whether the sums of `ledger_hourstate` go by the numbers of another server than this one.
ELSEWHERE = f"(server <> {SERVER} OR upto > pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
FOLD = f"""
WITH {OURS},
summed AS (
    INSERT INTO ledger_hoursum (merchant_id, id, hour, unit, source, target, amount)
    SELECT %(m)s, uuidv7(), one.* FROM (
        SELECT date_trunc('hour', e.occurred_at, 'UTC') AS hour, {WAY}, sum(m.amount) AS amount {MOVES}
            AND e.change_xid >= %(xid)s::text::xid8 {WITHIN}
        GROUP BY 1, 2, 3, 4) AS one
    ON CONFLICT (merchant_id, hour, unit, source, target)
    DO UPDATE SET amount = ledger_hoursum.amount + EXCLUDED.amount
    RETURNING amount)
SELECT count(*) FROM summed
"""  # noqa: S608 - put together from the constants above
# `also`: what a server that was restored has written under numbers that the sums seem to hold.
MOVED = f"""
WITH {OURS}, found AS (
    SELECT unit, source, target, amount FROM ledger_hoursum
    WHERE merchant_id = %(m)s AND hour >= %(first)s AND hour < %(last)s
    UNION ALL
    SELECT {WAY}, m.amount {MOVES} AND e.change_xid >= %(upto)s::text::xid8 AND e.recorded_at > %(after)s::timestamptz
        AND e.occurred_at >= %(first)s AND e.occurred_at < %(last)s
    {{also}}
    UNION ALL
    SELECT {WAY}, m.amount {MOVES} AND e.occurred_at >= %(since)s AND e.occurred_at < %(first)s
    UNION ALL
    SELECT {WAY}, m.amount {MOVES} AND e.occurred_at >= %(last)s AND e.occurred_at < %(until)s),
standing AS (
    SELECT upto, since, CASE WHEN {ELSEWHERE} THEN stood_at END AS restored_after
    FROM ledger_hourstate WHERE merchant_id = %(m)s)
SELECT coalesce((SELECT upto FROM standing), 0), (SELECT since FROM standing), (SELECT restored_after FROM standing),
    coalesce((SELECT json_agg(one) FROM (
        SELECT unit, source, target, sum(amount) AS amount FROM found GROUP BY 1, 2, 3) AS one), '[]')
"""  # noqa: S608 - as above
ALSO = f"""
    UNION ALL
    SELECT {WAY}, m.amount {MOVES}
        AND e.change_xid < %(upto)s::text::xid8 AND e.recorded_at > %(restored_after)s
        AND e.occurred_at >= %(first)s AND e.occurred_at < %(last)s
"""
# What the sums say and what the movements say, hour by hour, as far as the sums go; asked by check_ledger.
HOUR_SUMS = f"""
WITH ours AS MATERIALIZED (
    SELECT id, bucket FROM ledger.accounts WHERE merchant_id = %(merchant)s AND customer_id IS NULL),
far AS MATERIALIZED (
    SELECT upto::text::xid8 AS upto, coalesce(since, '-infinity') AS since,
        CASE WHEN {ELSEWHERE} THEN stood_at ELSE 'infinity' END AS until
    FROM ledger_hourstate WHERE merchant_id = %(merchant)s)
SELECT format('%%s: summed %%s, moved %%s', coalesce(h.hour, x.hour), h.amount, x.amount) AS detail
FROM (SELECT * FROM ledger_hoursum WHERE merchant_id = %(merchant)s) AS h
FULL JOIN (
    SELECT date_trunc('hour', e.occurred_at, 'UTC') AS hour, {WAY}, sum(m.amount) AS amount
    {MOVES.replace("%(m)s", "%(merchant)s")} AND (e.recorded_at <= (SELECT since FROM far)
        OR (e.change_xid < (SELECT upto FROM far) AND e.recorded_at <= (SELECT until FROM far)))
    GROUP BY 1, 2, 3, 4) AS x USING (hour, unit, source, target)
WHERE h.amount IS DISTINCT FROM x.amount
"""  # noqa: S608 - as above
HOUR = timedelta(hours=1)


class Standing(NamedTuple):
    """How far sums go: below `upto`, and what was recorded by `since`; `restored_after` on a server that was restored."""

    upto: int = 0
    since: datetime | None = None
    restored_after: datetime | None = None


# How far each merchant's sums went when last read. The planner needs the number; each answer says whether it was right.
_seen: dict[uuid.UUID, Standing] = {}


class StillFolding(RuntimeError):  # noqa: N818 - reads as a sentence where it is raised
    """The sums moved on under every one of several reads."""


@dataclass(frozen=True, slots=True)
class Way:
    """How much of a unit went from one kind of account to another."""

    unit: str
    source: str
    target: str
    amount: int


def fold() -> int:
    """Add what was written since the last time to the merchant's sums; return how many sums grew.

    Locks the merchant's HourState, so that two do not add the same. Runs in the merchant's scope; the first time at a
    great volume takes as long as reading all movements, and is not limited in time. On a server that was restored
    what is left of the former one's entries is added first.
    """
    HourState.objects.bulk_create([HourState.made_with()], ignore_conflicts=True)
    state: HourState = HourState.objects.select_for_update(no_key=True).get()
    if state.stood_at is None:
        # As it was made, or by a release that did not note where it stood: count anew.
        HourSum.objects.all().delete()
        state.upto = 0
    sight = feed.look(xid=state.upto)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        (limit,) = cursor.fetchone()
        cursor.execute("SET LOCAL statement_timeout = 0")
        grown, goes_on = 0, True
        while goes_on:
            stretch = state.next_stretch(sight)
            cursor.execute(FOLD, feed.bounds_of(stretch) | {"m": current_merchant_id()})
            grown += cursor.fetchone()[0]
            state.stand_at_end(stretch)
            goes_on = stretch.is_former
        cursor.execute(f"SET LOCAL statement_timeout = '{limit}'")
    return grown


def moved(*, since: datetime, until: datetime) -> list[Way]:
    """Return what went which way from `since` (included) until before `until`; instants are aware, and any will do.

    One query in the merchant's scope, and once more where the sums have moved on since this process last looked.
    """
    first, last = _whole_hours(since, until)
    merchant_id = current_merchant_id()
    values: dict[str, Any] = {"m": merchant_id, "first": first, "last": last, "since": since, "until": until}
    for _ in range(5):
        known = _seen.get(merchant_id, Standing())
        far = {"upto": known.upto, "after": known.since or "-infinity", "restored_after": known.restored_after}
        with connection.cursor() as cursor:
            cursor.execute(MOVED.format(also=ALSO if known.restored_after else ""), values | far)
            *standing, rows = cursor.fetchone()
        _seen[merchant_id] = Standing(*standing)
        if _seen[merchant_id] == known:
            return [Way(**row) for row in rows]
    raise StillFolding


def net(ways: list[Way], *, unit: str, bucket: Bucket) -> int:
    """Return what came into one of the merchant's own accounts, less what went out of it."""
    came = sum(way.amount for way in ways if way.unit == unit and way.target == bucket)
    return came - sum(way.amount for way in ways if way.unit == unit and way.source == bucket)


def _whole_hours(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """Return the first and the end of the last whole hour of a period; both its end where it has none."""
    floor = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    first = floor if floor == since else floor + HOUR
    last = until.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return (first, last) if first < last else (until, until)
