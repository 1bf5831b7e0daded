"""Ticks of the clock that are safe with two beats, none for a while, or one delivered twice.

A tick begins by inserting its `PeriodicRun` row for the period that the database's clock is in. Whoever inserts it
does the work, in the same transaction; everybody else leaves. The work is to put down jobs, nothing heavier.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from jobs.services import enqueue
from tenancy.ids import new_id
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

TAKE = """
INSERT INTO jobs_periodicrun (id, name, period_start, started_at)
VALUES (%(id)s, %(name)s, date_bin(%(every)s, now() - %(offset)s, timestamptz '2000-01-01 00:00+00') + %(offset)s, now())
ON CONFLICT DO NOTHING RETURNING period_start
"""
POKE_EVERY = timedelta(seconds=5)
EVERYBODY = "jobs.periodic.every_merchant"


@dataclass(frozen=True, slots=True)
class Tick:
    """One periodic piece of work: a job of ``kind`` for every merchant that ``merchants`` (dotted path) returns.

    ``every`` is the period, which begins ``offset`` after midnight UTC; the job's dedupe key is the period's start.
    """

    kind: str
    every: timedelta
    offset: timedelta = timedelta(0)
    merchants: str = EVERYBODY


def ticks() -> dict[str, Tick]:
    """Return all ticks by name."""
    found: dict[str, Tick] = import_string(getattr(settings, "JOB_TICKS", "config.beat.TICKS"))
    return found


def first_in_period(name: str, every: timedelta = POKE_EVERY, offset: timedelta = timedelta(0)) -> datetime | None:
    """Take this period's row and return the period's start; None if somebody else has taken it."""
    values: dict[str, Any] = {"id": new_id(), "name": name, "every": every, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        row = cursor.fetchone()
    return row[0] if row else None


def tick(name: str) -> int:
    """Put down this period's jobs once; return how many merchants got one."""
    wanted = ticks()[name]
    with transaction.atomic():
        start = first_in_period(name, wanted.every, wanted.offset)
        if start is None:
            return 0
        return _put_down(wanted, start)


def _put_down(wanted: Tick, start: datetime) -> int:
    count = 0
    now = timezone.now()
    for merchant_id in import_string(wanted.merchants)():
        with merchant_scope(merchant_id):
            enqueue(kind=wanted.kind, payload={}, dedupe_key=f"{start:%Y-%m-%dT%H:%M:%S}Z", now=now)
        count += 1
    return count


def every_merchant() -> Iterable[uuid.UUID]:
    """Return the ids of all merchants."""
    ids: Any = Merchant.objects.order_by("id").values_list("id", flat=True)
    return list(ids)
