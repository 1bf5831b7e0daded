"""Building synthetic merchants: what is small by the services, what is large by one statement a table."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta

from django.db import connections, transaction

from config.demo.base import Stage
from config.demo.business import found_merchant, hire, stock
from config.load.fill import OWNER, Loader
from config.load.lift import lifted
from config.load.rooms import ROOMS
from config.load.shares import DAYS
from config.load.story import story_of
from customers.models import Customer
from ledger.services import backdated
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope

Say = Callable[[str], None]
# From so many rows a merchant on, indexes are lifted, where the tables are not larger already.
MANY = 20_000
ROWS_NOW = """SELECT sum(greatest(reltuples, 0))::bigint FROM pg_class
WHERE oid IN ('claims_center_claim'::regclass, 'loyalty_redeemedreward'::regclass)"""


def build(*, numbers: range, wanted: Mapping[str, int], now: datetime, say: Say) -> list[Merchant]:
    """Make or fill those of the merchants `load-<number>` that are not filled yet; return them.

    1. Merchant, staff and catalogue by the services, as if since before the first claim; each in a transaction.
    2. The rooms' rows by the owner, set-based: many of them in one transaction with indexes and foreign keys lifted,
       few of them merchant by merchant under their indexes.

    ``wanted`` counts the rows of each room for one merchant. Times are UTC. Nothing is sent, no job is put down. A run
    that fails in the second part leaves merchants without rows, which the next run fills.
    """
    waiting = [found for number in numbers if (found := _found(number, wanted, now, say))]
    if not waiting:
        return []
    each = sum(wanted[name] for name in ROOMS)
    many = each >= MANY and each * len(waiting) * 2 > _rows_now()
    with ExitStack() as whole:
        if many:
            tables = [table for room in ROOMS.values() for table in room.tables]
            whole.enter_context(transaction.atomic(using=OWNER))
            _take_your_time()
            whole.enter_context(lifted(tables, using=OWNER, say=_timed(say)))
        for loader in waiting:
            _fill(loader)
    return [loader.merchant for loader in waiting]


def _found(number: int, wanted: Mapping[str, int], now: datetime, say: Say) -> Loader | None:
    story, opened = story_of(number), now - timedelta(days=DAYS + 30)
    merchant = Merchant.objects.filter(slug=story.slug).first()
    if merchant is None:
        with transaction.atomic(), merchant_scope(merchant := found_merchant(story)):
            stage = Stage(story=story, merchant=merchant, now=now)
            hire(stage)
            with backdated(at=opened):
                stock(stage, opened)
                for room in ROOMS.values():
                    if room.stock:
                        room.stock(stage, opened)
    with merchant_scope(merchant):
        if Customer.objects.exists():
            say(f"{story.slug}: was there")
            return None
    staff = {role.name.lower(): User.objects.get(email=f"{role.name.lower()}@{story.slug}.example") for role in Role}
    return Loader(merchant, staff, now, wanted, _timed(say), {"opened": opened} | dict(wanted))


def _fill(loader: Loader) -> None:
    with merchant_scope(loader.merchant, using=OWNER):
        _take_your_time()
        for name, room in ROOMS.items():
            if loader.wanted[name]:
                room.load(loader)
                loader.say(f"{loader.merchant.slug}: {loader.wanted[name]} {name} made")


def _take_your_time() -> None:
    settings = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0", "work_mem": "'256MB'"}
    settings |= {"maintenance_work_mem": "'1GB'", "temp_buffers": "'64MB'"}
    with connections[OWNER].cursor() as cursor:
        for name, value in settings.items():
            cursor.execute(f"SET LOCAL {name} = {value}")


def _rows_now() -> int:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(ROWS_NOW)
        return int(cursor.fetchone()[0])


def _timed(say: Say) -> Say:
    began = time.monotonic()
    return lambda text: say(f"{time.monotonic() - began:7.1f} s  {text}")
